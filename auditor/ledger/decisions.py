"""Keeps what people decided, and lets decisions lapse as the table of ``lapses.py`` says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select, update

from auditor.changes import Change
from auditor.errors import LedgerRefused
from auditor.ledger.lapses import RULES, Night, night_of
from auditor.ledger.nouns import RunRecord, Standing
from auditor.ledger.retell import said_last
from auditor.ledger.runs import all_runs, need_run
from auditor.ledger.schema import DISPOSITIONS, FINDINGS, RUN_COURSES, RUN_FINDINGS
from auditor.review import Decision, Disposition

ANEW = "decided anew"
WHO_LETTERS = 120


@dataclass(frozen=True)
class Target:
    """What was decided of: a course, or one finding of it."""

    course: str
    finding: str | None

    @property
    def where(self) -> Any:
        """The decisions about it."""
        if self.finding is not None:
            return DISPOSITIONS.c.finding == self.finding
        return (DISPOSITIONS.c.course == self.course) & DISPOSITIONS.c.finding.is_(None)


def add_decision(connection: Connection, given: Disposition) -> bool:
    """Keeps a decision, which takes the place of one that stands; False where the very same is kept already.

    What came after the run that it was decided on may make it lapse at once.
    """
    run = _checked(connection, given)
    target = find_target(connection, given, run)
    told = _row(given)
    if connection.scalar(select(DISPOSITIONS.c.disposition).where(target.where, *(DISPOSITIONS.c[name] == told[name] for name in told))):
        return False
    standing = target.where & DISPOSITIONS.c.lapsed_run.is_(None)
    later = [one for one in all_runs(connection) if one.ordinal > run.ordinal]
    tonight = later[-1] if later else run
    connection.execute(update(DISPOSITIONS).where(standing).values(lapsed_run=tonight.run, lapsed_why=ANEW))
    made = DISPOSITIONS.insert().values(**told, course=target.course, finding=target.finding).returning(DISPOSITIONS.c.disposition)
    kept = connection.scalar(made)
    for one in later:
        _lapse(connection, one, DISPOSITIONS.c.disposition == kept)
    return True


def _checked(connection: Connection, given: Disposition) -> RunRecord:
    """The run that it was decided on; LedgerRefused for a decision that cannot be kept."""
    if (given.until is not None) is not (given.decision is Decision.ACCEPTED_UNTIL):
        raise LedgerRefused("a date is given with accepted_until, and with it alone.")
    if not given.who or len(given.who) > WHO_LETTERS:
        raise LedgerRefused(f"say who decided, in at most {WHO_LETTERS} letters.")
    return need_run(connection, given.run)


def find_target(connection: Connection, given: Disposition, run: RunRecord) -> Target:
    """What a decision is about, as the run said it that it was decided on; LedgerRefused where that run said no such thing."""
    course = find_course(connection, given.episode_id, run)
    if given.finding_id is None:
        return Target(course, None)
    known = {
        row["finding"]: row for row in connection.execute(select(FINDINGS).where(FINDINGS.c.finding_id == given.finding_id)).mappings()
    }
    found = [
        row["finding"]
        for row in said_last(connection, RUN_FINDINGS, run.ordinal)
        if row["course"] == course
        and row["change"] != Change.RESOLVED
        and row["finding"] in known
        and given.paragraph in (None, known[row["finding"]]["paragraph"])
    ]
    if not found:
        raise LedgerRefused(
            f"{run.run} did not say {given.finding_id} of {given.episode_id}, or of another paragraph. See `auditor history`."
        )
    if len(found) > 1:
        raise LedgerRefused(f"{given.episode_id} has {given.finding_id} of several paragraphs. Say which, with --paragraph.")
    return Target(course, found[0])


def find_course(connection: Connection, name: str, run: RunRecord) -> str:
    """The course that a run called so."""
    for row in said_last(connection, RUN_COURSES, run.ordinal):
        if row["episode_id"] == name and row["change"] != Change.RESOLVED:
            return str(row["course"])
    raise LedgerRefused(f"run {run.run} has no episode {name}. `auditor history {name}` says which runs had one.")


def lapse(connection: Connection, run: RunRecord) -> None:
    """Lets every decision lapse to which a run did what its rule does not bear."""
    _lapse(connection, run, DISPOSITIONS.c.lapsed_run.is_(None))


def _lapse(connection: Connection, run: RunRecord, which: Any) -> None:
    standing = connection.execute(select(DISPOSITIONS).where(which, DISPOSITIONS.c.lapsed_run.is_(None))).mappings().all()
    courses, findings = _rows(connection, RUN_COURSES, run), _rows(connection, RUN_FINDINGS, run)
    for row in standing:
        night = night_of(findings.get(row["finding"]) if row["finding"] else courses.get(row["course"]))
        why = _why(Decision(row["decision"]), (night, *_date(row["until"], run.as_of)))
        if why:
            where = DISPOSITIONS.c.disposition == row["disposition"]
            connection.execute(update(DISPOSITIONS).where(where).values(lapsed_run=run.run, lapsed_why=why))


def _rows(connection: Connection, table: Table, run: RunRecord) -> dict[str, RowMapping]:
    subject = "course" if table is RUN_COURSES else "finding"
    return {row[subject]: row for row in connection.execute(select(table).where(table.c.run == run.run)).mappings()}


def _date(until: date | None, today: date) -> tuple[Night, ...]:
    return (Night.DATE_PASSED,) if until is not None and today >= until else ()


def _why(decision: Decision, nights: Iterable[Night]) -> str:
    """The first that the decision does not bear."""
    return next((night.value for night in nights if RULES[decision][night]), "")


def all_decisions(connection: Connection) -> tuple[Standing, ...]:
    """Every decision, in the order kept."""
    query = (
        select(DISPOSITIONS, FINDINGS.c.finding_id, FINDINGS.c.paragraph)
        .join(FINDINGS, FINDINGS.c.finding == DISPOSITIONS.c.finding, isouter=True)
        .order_by(DISPOSITIONS.c.disposition)
    )
    return tuple(standing(row) for row in connection.execute(query).mappings())


def standing(row: RowMapping) -> Standing:
    """A decision as it was given, and where it stands."""
    given = Disposition(
        run=row["run"],
        episode_id=row["episode_id"],
        finding_id=row["finding_id"],
        paragraph=row["paragraph"] or None,
        decision=Decision(row["decision"]),
        who=row["who"],
        when=row["decided_on"],
        why=row["why"],
        until=row["until"],
    )
    return Standing(given, row["lapsed_run"], row["lapsed_why"])


def _row(given: Disposition) -> dict[str, Any]:
    return {
        "run": given.run,
        "episode_id": given.episode_id,
        "decision": given.decision.value,
        "who": given.who,
        "decided_on": given.when,
        "why": given.why,
        "until": given.until,
    }
