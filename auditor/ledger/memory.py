"""What the ledger remembers of courses and findings, as snapshots that the comparison of runs takes; and how it keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select

from auditor.changes.snapshot import Course, CourseFacts, FindingFacts, FindingKey, Snapshot, days_between
from auditor.ledger.schema import COURSE_LINES, COURSE_SPANS, COURSES, FINDINGS, RUN_COURSES, RUN_FINDINGS

COURSE_FACTS = tuple(one.name for one in fields(CourseFacts))
FINDING_FACTS = tuple(one.name for one in fields(FindingFacts))


@dataclass(frozen=True)
class Memory:
    """What was said last: ``earlier`` of courses and findings that are there, ``past`` of those that were resolved.

    Courses bear the ledger's names; ``findings`` are the ledger's names of findings.
    """

    earlier: Snapshot
    past: Snapshot
    findings: dict[FindingKey, str]


def remember(connection: Connection) -> Memory:
    """Everything that a run may be compared with."""
    courses, open_ones = _courses(connection), set(connection.scalars(select(COURSES.c.course).where(COURSES.c.is_open)))
    facts, names, open_keys = _findings(connection)
    earlier, past = (
        Snapshot(
            {name: course for name, course in courses.items() if (name in open_ones) is wanted},
            {key: one for key, one in facts.items() if (key in open_keys) is wanted},
        )
        for wanted in (True, False)
    )
    return Memory(earlier, past, names)


def _courses(connection: Connection) -> dict[str, Course]:
    days: dict[str, set[date]] = defaultdict(set)
    for course, first, last in connection.execute(select(COURSE_SPANS)):
        days[course].update(days_between(first, last))
    lines: dict[str, set[str]] = defaultdict(set)
    for course, line in connection.execute(select(COURSE_LINES)):
        lines[course].add(line)
    latest = (RUN_COURSES.c.course == COURSES.c.course) & (RUN_COURSES.c.run == COURSES.c.last_run)
    told = [RUN_COURSES.c[name] for name in COURSE_FACTS]
    found = connection.execute(select(COURSES.c.course, COURSES.c.member_token, *told).join_from(COURSES, RUN_COURSES, latest)).mappings()
    return {row["course"]: _course(row, days[row["course"]], lines[row["course"]]) for row in found}


def _course(row: RowMapping, days: Iterable[date], lines: Iterable[str]) -> Course:
    facts = CourseFacts(**{name: row[name] for name in COURSE_FACTS})
    return Course(row["course"], row["member_token"], frozenset(days), frozenset(lines), facts)


def _findings(connection: Connection) -> tuple[dict[FindingKey, FindingFacts], dict[FindingKey, str], set[FindingKey]]:
    """What was said last of each finding, its name, and which are there. Of two of one key, the one that is there, else the later."""
    latest = (RUN_FINDINGS.c.finding == FINDINGS.c.finding) & (RUN_FINDINGS.c.run == FINDINGS.c.last_run)
    known = [FINDINGS.c[name] for name in ("finding", "course", "finding_id", "paragraph", "is_open")]
    told = [RUN_FINDINGS.c[name] for name in FINDING_FACTS]
    query = select(*known, *told).join_from(FINDINGS, RUN_FINDINGS, latest).order_by(FINDINGS.c.is_open, FINDINGS.c.finding)
    facts, names, open_keys = {}, {}, set()
    for row in connection.execute(query).mappings():
        key = FindingKey(row["course"], row["finding_id"], row["paragraph"])
        facts[key] = FindingFacts(**{name: row[name] for name in FINDING_FACTS})
        names[key] = row["finding"]
        if row["is_open"]:
            open_keys.add(key)
    return facts, names, open_keys


def keep_days(connection: Connection, name: str, course: Course, before: Course | None) -> None:
    """Keeps the days and lines of a course, where they are not those kept already."""
    kept: tuple[tuple[Any, object, list[dict[str, object]]], ...] = (
        (COURSE_SPANS, before and before.days, [{"course": name, "first_day": one, "last_day": last} for one, last in spans(course.days)]),
        (COURSE_LINES, before and before.lines, [{"course": name, "line_token": line} for line in sorted(course.lines)]),
    )
    for (table, old, rows), new in zip(kept, (course.days, course.lines), strict=True):
        if old != new:
            connection.execute(delete(table).where(table.c.course == name))
            if rows:
                connection.execute(table.insert(), rows)


def spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Runs of days that follow each other, as first and last."""
    first = last = None
    for day in sorted(days):
        if first is None or last is None or day - last > timedelta(1):
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def facts_row(facts: CourseFacts | FindingFacts) -> dict[str, Any]:
    """Facts as columns."""
    return asdict(facts)
