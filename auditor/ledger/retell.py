"""Tells what a recorded run changed, from what the ledger keeps: the rows of that run, and what stood as it stood."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, select

from auditor.changes import Cause, Change, Changes, EpisodeChange, FindingChange, Kinship, Why
from auditor.changes.snapshot import LOOSE
from auditor.ledger.nouns import RunRecord
from auditor.ledger.record import BAR, COMMA
from auditor.ledger.schema import FINDINGS, RUN_COURSES, RUN_FINDINGS, RUNS

PLACE = "place"


def retell(connection: Connection, record: RunRecord) -> Changes:
    """What a run changed since the run recorded before it."""
    before = connection.scalar(select(RUNS.c.run).where(RUNS.c.ordinal == record.ordinal - 1))
    courses = {row["course"]: row for row in said_last(connection, RUN_COURSES, record.ordinal)}
    findings = said_last(connection, RUN_FINDINGS, record.ordinal)
    told = {row["finding"]: row for row in connection.execute(select(FINDINGS)).mappings()}
    return Changes(
        before or "",
        tuple(_episode(row, row["run"] == record.run) for row in courses.values() if _is_told(row, record.run)),
        tuple(
            _finding(row, (told[row["finding"]], courses[row["course"]]), row["run"] == record.run)
            for row in findings
            if _is_told(row, record.run)
        ),
    ).in_order


def said_last(connection: Connection, table: Table, ordinal: int) -> tuple[RowMapping, ...]:
    """The latest row of each course, or finding, up to a run."""
    subject = table.c.course if table is RUN_COURSES else table.c.finding
    place: ColumnElement[int] = func.row_number().over(partition_by=subject, order_by=RUNS.c.ordinal.desc())
    rows = select(table, place.label(PLACE)).join(RUNS, RUNS.c.run == table.c.run).where(RUNS.c.ordinal <= ordinal).subquery()
    return tuple(connection.execute(select(rows).where(rows.c[PLACE] == 1)).mappings())


def _is_told(row: RowMapping, run: str) -> bool:
    """Not what was resolved before; nor lines of no course, nor a course that is told with the one that it is now part of."""
    resolved = row["change"] == Change.RESOLVED
    if "kind" not in row:
        return not resolved or row["run"] == run
    return row["kind"] != LOOSE and (not resolved or (row["run"] == run and row["kinship"] != Kinship.MERGED))


def _episode(row: RowMapping, tonight: bool) -> EpisodeChange:
    gone = row["change"] == Change.RESOLVED
    dollars = (row["at_risk_low_cents"], row["at_risk_high_cents"])
    if not tonight:
        name, word = row["episode_id"], row["determination"]
        return EpisodeChange(Change.UNCHANGED, Kinship.SAME, name, (name,), word, (word or "",), dollars, dollars, name)
    return EpisodeChange(
        change=Change(row["change"]),
        kinship=Kinship(row["kinship"]),
        episode_id=None if gone else row["episode_id"],
        earlier_ids=split(row["earlier_ids"]),
        determination=None if gone else row["determination"],
        earlier_determinations=split(row["earlier_determinations"]),
        at_risk_cents=(0, 0) if gone else dollars,
        earlier_at_risk_cents=(row["earlier_low_cents"], row["earlier_high_cents"]),
        keeps=row["keeps"],
        what=split(row["what"]),
    )


def _finding(row: RowMapping, of: tuple[RowMapping, RowMapping], tonight: bool) -> FindingChange:
    known, course = of
    high = row["at_risk_high_cents"]
    change = Change(row["change"]) if tonight else Change.UNCHANGED
    return FindingChange(
        change=change,
        episode_id=row["episode_id"] if tonight else course["episode_id"],
        finding_id=known["finding_id"],
        paragraph=known["paragraph"],
        what=split(row["what"]) if tonight else (),
        at_risk_cents=0 if change is Change.RESOLVED else high,
        earlier_at_risk_cents=row["earlier_high_cents"] if tonight else high,
        why=decode_why(row["why"]) if tonight else Why(),
    )


def split(text: str) -> tuple[str, ...]:
    """A list kept with commas."""
    return tuple(text.split(COMMA)) if text else ()


def decode_why(text: str) -> Why:
    """Causes as they are kept."""
    sure, _, perhaps = text.partition(BAR)
    return Why(_causes(split(sure)), _causes(split(perhaps)))


def _causes(words: Iterable[str]) -> tuple[Cause, ...]:
    return tuple(Cause(word) for word in words)
