"""What an analyst must know before the counts are used: a sentence each, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.readiness.model import Clock, Members, Readiness
from auditor.report.facts import without_papers
from auditor.report.phrases import counted, shorten, spaced
from auditor.tables import CANONICAL, CLAIM_LINES, EVENTS, MEMBERS

WITHOUT_A_TABLE = {
    CLAIM_LINES.name: "no dollars can be audited",
    MEMBERS.name: "no birth date is known, and every episode is held",
    EVENTS.name: "nothing is known but what claims say",
}


def notices(readiness: Readiness) -> tuple[str, ...]:
    """Sentences about what arrived; none of them names a value of a row."""
    return (
        *_tables(readiness),
        *_members(readiness.members),
        *_clock(readiness.clock),
        *_names(readiness),
        *_facilities(readiness),
        *readiness.notices,
        *(f"Not read: {shorten(file)}" for file in without_papers(readiness.not_read)),
    )


def _tables(readiness: Readiness) -> Iterator[str]:
    rows = {table.name: sum(file.rows for file in readiness.files if file.table == table.name) for table in CANONICAL}
    for table, cost in WITHOUT_A_TABLE.items():
        if not rows[table]:
            yield f"No row of {spaced(table)} is in the extract: {cost}."


def _members(members: Members) -> Iterator[str]:
    if members.in_scope and not members.with_charted_ino:
        yield "No chart shows iNO: only what claims say of it can be audited."
    for number, what in ((members.near_charts, "chart"), (members.near_member_rows, "members row")):
        if number:
            yield (
                f"{counted(number, 'member')} without a {what} would find one if case, punctuation and leading zeros of ids "
                "were left aside: one file may write its ids in another way."
            )
    if members.charts_without_claims:
        yield f"{counted(members.charts_without_claims, 'member')} with a chart and no claim line: for these no dollars can be audited."


def _clock(clock: Clock) -> Iterator[str]:
    if clock.placed_by == "local":
        yield (
            "Clock times bear no offset and no time zone is named: they are taken as the facility's own clock. "
            "Pass --time-zone if they are not."
        )
    if clock.placed_by == "none" and clock.chart_rows:
        yield "No time of the extract has a clock time: every limit of hours is judged by whole days."


def _names(readiness: Readiness) -> Iterator[str]:
    for unknown in readiness.unknown_concepts:
        hint = f" Did you mean {unknown.nearest}?" if unknown.nearest else ""
        yield (
            f"{counted(unknown.rows, 'chart row')} from {shorten(unknown.file)} row {unknown.first_row} on bear a name "
            f"that no concept has, and say nothing.{hint}"
        )
    for measured in readiness.measurements:
        if measured.unknown_unit:
            yield (
                f"{counted(measured.unknown_unit, 'row')} of {measured.label} bear a unit that is not known "
                f"(first: {shorten(measured.first_file)} row {measured.first_row}); they are read as {measured.unit}."
            )
    coded = readiness.coded_rows
    unknown_codes = coded.rows - coded.known
    if unknown_codes:
        yield f"{unknown_codes:,} of {counted(coded.rows, 'coded chart row')} bear a code that no value set knows, and say nothing."


def _facilities(readiness: Readiness) -> Iterator[str]:
    billing = {place.facility for place in readiness.facilities if place.lines and place.facility}
    charting = {place.facility for place in readiness.facilities if place.chart_rows and place.facility}
    if billing and charting and not billing & charting:
        yield "Claims and charts name facilities in different ways: what a facility charts cannot be set against what it bills."
