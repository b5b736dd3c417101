"""Tables of what arrived: members, clocks, columns, measurements, files and rows."""

from __future__ import annotations

from auditor.readiness.model import Clock, Measurement, Members, Readiness
from auditor.readiness.share_grids import share
from auditor.report.grids import days, numbers, texts, wides
from auditor.report.phrases import NOTHING, shorten, spaced
from auditor.report.view import Grid

PLACED_BY = {
    "zone": "the time zone that is named",
    "offset": "the offset that each time bears",
    "local": "nothing: taken as the facility's own clock",
    "none": "nothing: there are no clock times",
}


def member_grid(readiness: Readiness) -> Grid:
    """Who could be matched with whom."""
    members = readiness.members
    return Grid(
        caption="Members matched",
        headings=(*wides("Members"), *numbers("Number", "Of those in scope")),
        rows=tuple(
            (label, f"{number:,}", share(number, members.in_scope) if within else NOTHING) for label, number, within in _members(members)
        ),
        note="In scope: members with a line of the listed services, a line that shows iNO, or iNO on the chart.",
    )


def _members(members: Members) -> tuple[tuple[str, int, bool], ...]:
    return (
        ("in scope", members.in_scope, True),
        ("… with a claim line", members.with_claims, True),
        ("… with a members row", members.with_member_row, True),
        ("… with a birth date", members.with_birth_date, True),
        ("… with several birth dates, which hold the episode", members.with_several_birth_dates, True),
        ("… with any chart row", members.with_chart, True),
        ("… with iNO charted", members.with_charted_ino, True),
        ("in the claims of the extract", members.in_claims, False),
        ("in its members rows", members.in_members, False),
        ("in its charts", members.in_charts, False),
        ("in its charts and in no claim", members.charts_without_claims, False),
    )


def clock_grid(readiness: Readiness) -> Grid:
    """How clock times are placed on the facility's calendar."""
    clock = readiness.clock
    return Grid(
        caption="Clock times",
        headings=(*wides("Rows in scope"), *numbers("Rows", "With a clock time", "Share")),
        rows=(
            ("chart rows", f"{clock.chart_rows:,}", f"{clock.with_clock:,}", share(clock.with_clock, clock.chart_rows)),
            ("births", f"{clock.births:,}", f"{clock.births_with_clock:,}", share(clock.births_with_clock, clock.births)),
        ),
        note=f"Placed by {_placed(clock)}.",
    )


def _placed(clock: Clock) -> str:
    return PLACED_BY[clock.placed_by] + (f", {clock.zone}" if clock.zone else "")


def column_grid(readiness: Readiness) -> Grid:
    """Columns on which the audit leans and that some row leaves empty."""
    return Grid(
        caption="Columns that some rows leave empty",
        headings=(*texts("File", "Column"), *numbers("Rows", "Filled", "Share"), *wides("Where it is empty")),
        rows=tuple(
            (shorten(one.file), one.column, f"{one.rows:,}", f"{one.filled:,}", share(one.filled, one.rows), one.lack)
            for one in readiness.columns
            if one.filled < one.rows
        ),
        note="Rows in scope only; of the column end, starts of iNO only. A column that every row fills is left out.",
        empty="Every column on which the audit leans is filled in every row in scope.",
    )


def measurement_grid(readiness: Readiness) -> Grid:
    """Measurements, and what of their rows cannot be used."""
    return Grid(
        caption="Measurements",
        headings=(
            *wides("Measurement"),
            *numbers("Rows", "Members", "No value", "Unit unknown", "Impossible"),
            *texts("First such row"),
        ),
        rows=tuple(_measurement(one) for one in readiness.measurements),
        note="An unknown unit is one that the concept does not name: the value is read as if in the concept's own. "
        "Impossible values are not used.",
    )


def _measurement(one: Measurement) -> tuple[str, ...]:
    numbers_told = (one.rows, one.members, one.without_value, one.unknown_unit, one.impossible)
    first = f"{shorten(one.first_file)} row {one.first_row}" if one.first_file else NOTHING
    return (f"{one.label}, {one.unit}", *(f"{number:,}" for number in numbers_told), first)


def file_grid(readiness: Readiness) -> Grid:
    """Every file, and where its rows went."""
    rows = [(one.rows, one.in_scope, one.out_of_scope, one.set_aside) for one in readiness.files]
    return Grid(
        caption="Files, and where their rows went",
        headings=(*texts("File"), *days("Table"), *numbers("Records", "Rows", "In scope", "Out of scope", "Set aside")),
        rows=tuple(
            (shorten(one.file), spaced(one.table), f"{one.records:,}", *(f"{number:,}" for number in row))
            for one, row in zip(readiness.files, rows, strict=True)
        ),
        totals=("Sum", "", f"{sum(one.records for one in readiness.files):,}", *(f"{sum(column):,}" for column in zip(*rows, strict=True)))
        if rows
        else (),
        note="Rows are in scope, out of scope and set aside together. A record may make several rows.",
        empty="No file was read.",
    )


def set_aside_grid(readiness: Readiness) -> Grid:
    """Rows that could not be trusted, and what to do about them."""
    return Grid(
        caption="Rows set aside",
        headings=(*texts("File", "Column"), *wides("What is wrong"), *numbers("Rows", "First row"), *wides("What to do")),
        rows=tuple(
            (
                shorten(one.file),
                shorten(one.column) or NOTHING,
                shorten(one.reason),
                f"{one.rows:,}",
                str(one.first_row),
                one.mend or NOTHING,
            )
            for one in readiness.set_aside
        ),
        empty="Every row could be trusted.",
    )
