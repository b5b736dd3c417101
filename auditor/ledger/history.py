"""What is remembered of an episode, and of the runs."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, select

from auditor.changes import Change, Kinship
from auditor.errors import LedgerRefused
from auditor.ledger.decisions import all_decisions
from auditor.ledger.nouns import CourseHistory, CourseNight, FindingNight, RunNight
from auditor.ledger.requests import requests_of
from auditor.ledger.retell import decode_why, retell, split
from auditor.ledger.runs import all_runs
from auditor.ledger.schema import COURSES, DISPOSITIONS, FINDINGS, RUN_COURSES, RUN_FINDINGS, RUNS


def course_history(connection: Connection, name: str) -> CourseHistory:
    """Everything of one episode, by any name that a run gave it."""
    course = _find(connection, name)
    into = connection.scalar(select(COURSES.c.merged_into).where(COURSES.c.course == course))
    mine = _decisions(connection, course)
    order = connection.scalars(select(DISPOSITIONS.c.disposition).order_by(DISPOSITIONS.c.disposition)).all()
    return CourseHistory(
        course=course,
        merged_into=_label(connection, into) if into else None,
        nights=_nights(connection, course),
        findings=_findings(connection, course),
        dispositions=tuple(one for number, one in zip(order, all_decisions(connection), strict=True) if number in mine),
        requests=requests_of(connection, course),
    )


def _find(connection: Connection, name: str) -> str:
    """The course that a run called so last, or that the ledger calls so."""
    query = (
        select(RUN_COURSES.c.course)
        .join(RUNS, RUNS.c.run == RUN_COURSES.c.run)
        .where((RUN_COURSES.c.episode_id == name) | (RUN_COURSES.c.course == name), RUN_COURSES.c.change != Change.RESOLVED.value)
        .order_by(RUNS.c.ordinal.desc())
    )
    course: str | None = connection.scalars(query).first()
    if course is None:
        raise LedgerRefused(f"no recorded run had an episode {name}. Its name stands in the report, and in episodes.csv.")
    return course


def _decisions(connection: Connection, course: str) -> set[int]:
    """Those of the course, and of findings that are its own now."""
    findings = select(FINDINGS.c.finding).where(FINDINGS.c.course == course)
    its_own = (DISPOSITIONS.c.course == course) & DISPOSITIONS.c.finding.is_(None)
    query = select(DISPOSITIONS.c.disposition).where(its_own | DISPOSITIONS.c.finding.in_(findings))
    return set(connection.scalars(query))


def _label(connection: Connection, course: str) -> str | None:
    latest = (RUN_COURSES.c.course == COURSES.c.course) & (RUN_COURSES.c.run == COURSES.c.last_run)
    return connection.scalar(select(RUN_COURSES.c.episode_id).join_from(COURSES, RUN_COURSES, latest).where(COURSES.c.course == course))


def _nights(connection: Connection, course: str) -> tuple[CourseNight, ...]:
    query = select(RUN_COURSES).join(RUNS, RUNS.c.run == RUN_COURSES.c.run).where(RUN_COURSES.c.course == course).order_by(RUNS.c.ordinal)
    return tuple(_night(row) for row in connection.execute(query).mappings())


def _night(row: RowMapping) -> CourseNight:
    return CourseNight(
        **{name: row[name] for name in ("run", "episode_id", "determination", "start_day", "end_day")},
        change=Change(row["change"]),
        kinship=Kinship(row["kinship"]),
        earlier_ids=split(row["earlier_ids"]),
        what=split(row["what"]),
        at_risk_cents=(row["at_risk_low_cents"], row["at_risk_high_cents"]),
    )


def _findings(connection: Connection, course: str) -> tuple[FindingNight, ...]:
    query = (
        select(RUN_FINDINGS, FINDINGS.c.finding_id, FINDINGS.c.paragraph)
        .join(FINDINGS, FINDINGS.c.finding == RUN_FINDINGS.c.finding)
        .join(RUNS, RUNS.c.run == RUN_FINDINGS.c.run)
        .where(RUN_FINDINGS.c.course == course)
        .order_by(RUNS.c.ordinal, FINDINGS.c.finding_id, FINDINGS.c.paragraph, RUN_FINDINGS.c.finding)
    )
    return tuple(_finding(row) for row in connection.execute(query).mappings())


def _finding(row: RowMapping) -> FindingNight:
    return FindingNight(
        **{name: row[name] for name in ("run", "finding_id", "paragraph", "severity")},
        change=Change(row["change"]),
        why=decode_why(row["why"]),
        what=split(row["what"]),
        at_risk_cents=(row["at_risk_low_cents"], row["at_risk_high_cents"]),
    )


def run_nights(connection: Connection) -> tuple[RunNight, ...]:
    """Every run, and how many findings each change befell."""
    return tuple(
        RunNight(record, {change: changes.count(change) for change in Change})
        for record in all_runs(connection)
        for changes in (retell(connection, record),)
    )
