"""How a date or time is read: its instant in UTC, and the first and last day at the facility that it can mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.intake.columns import Picked
from auditor.intake.faults import Check, Fault
from auditor.intake.profiles import Years
from auditor.intake.source_types import family
from auditor.intake.sql_text import quote_list, quote_name, quote_text

# How a clock time is written, as the macro ``clock_kind`` numbers it, which calls a day alone 0.
LOCAL, OFFSET, UTC = 1, 2, 3


@dataclass(frozen=True)
class Conventions:
    """How one source writes times: the facility's zone if known, the formats besides ISO, the years a date may lie in.

    ``longest_days`` is the most days that a row may span; None where any span is possible.
    """

    zone: str | None
    formats: tuple[str, ...]
    years: Years
    longest_days: int | None = None


@dataclass(frozen=True)
class TimeParts:
    """SQL for a time: ``at`` its instant and ``local`` the facility's clock, both NULL where no clock time is known.

    ``ways`` are the ways in which it may be written (``LOCAL``, ``OFFSET``, ``UTC``; a day alone is none of them), each with its
    condition. ``before`` are columns worked out first.
    """

    at: str
    local: str
    day: str
    last_day: str
    ways: Mapping[int, str]
    before: tuple[tuple[str, str], ...] = ()


def read_time(name: str, cell: Picked, conventions: Conventions) -> TimeParts:
    """The parts of a time column, by the type its cell has in the file."""
    column = quote_name(name)
    match family(cell.type):
        case "date":
            return TimeParts("NULL", "NULL", column, column, {})
        case "clock":
            return _clock(column, cell, conventions)
        case "instant":
            local = _local(column, conventions)
            day = f"CAST({local} AS DATE)"
            return TimeParts(f"timezone('UTC', {column})", local, day, day, {UTC: f"{column} IS NOT NULL"})
        case _:
            return _text(name, cell, conventions)


def _clock(column: str, cell: Picked, conventions: Conventions) -> TimeParts:
    day, local = f"CAST({column} AS DATE)", f"CAST({column} AS TIMESTAMP)"
    if cell.midnight == "day":
        local = f"CASE WHEN {column} <> {day} THEN {local} END"
    return TimeParts(_instant(local, conventions), local, day, day, {LOCAL: f"{local} IS NOT NULL"})


def _text(name: str, cell: Picked, conventions: Conventions) -> TimeParts:
    column, wall, kind = quote_name(name), quote_name(f"@{name} wall"), quote_name(f"@{name} kind")
    zoned = f"instant_of({column})"
    clock = f"CASE WHEN {wall} IS NULL OR {kind} = 0 THEN NULL"
    at = f"{clock} WHEN {kind} = {LOCAL} THEN {_instant(wall, conventions)} ELSE timezone('UTC', {zoned}) END"
    local = f"{clock} WHEN {kind} = {UTC} THEN {_local(zoned, conventions)} ELSE {wall} END"
    whole_day = f"CAST(CASE WHEN {kind} = {UTC} THEN {_local(zoned, conventions)} ELSE {wall} END AS DATE)"
    day = f"CASE WHEN {wall} IS NULL THEN first_day({column}) ELSE {whole_day} END"
    last_day = f"CASE WHEN {wall} IS NULL THEN final_day({column}) ELSE {whole_day} END"
    before = ((wall, _wall(column, conventions)), (kind, _kind(column, cell)))
    ways = {way: f"{wall} IS NOT NULL AND {kind} = {way}" for way in (LOCAL, OFFSET, UTC)}
    return TimeParts(at, local, day, last_day, ways, before)


def _wall(column: str, conventions: Conventions) -> str:
    if not conventions.formats:
        return f"wall_clock({column})"
    return f"coalesce(wall_clock({column}), try_strptime({column}, {quote_list(conventions.formats)}))"


def _kind(column: str, cell: Picked) -> str:
    if cell.midnight == "clock":
        return f"clock_kind({column})"
    return f"CASE WHEN written_midnight({column}) THEN 0 ELSE clock_kind({column}) END"


def _instant(wall: str, conventions: Conventions) -> str:
    """UTC of a local clock time; the clock as it is where no zone is known."""
    return wall if conventions.zone is None else f"timezone('UTC', timezone({quote_text(conventions.zone)}, {wall}))"


def _local(zoned: str, conventions: Conventions) -> str:
    """The facility's clock at an instant; UTC where no zone is known, which is refused later."""
    return f"timezone({quote_text(conventions.zone or 'UTC')}, {zoned})"


def date_checks(name: str, cell: Picked, day: str, years: Years) -> tuple[Check, ...]:
    """What can be wrong with a date: unreadable, or a year outside the profile's.

    A typed cell is compared as it lies in the file, which costs no calendar.
    """
    raw = quote_name(f"@{name}")
    checked = day if family(cell.type) == "text" else raw
    possible = f"BETWEEN {cell_literal(cell, f'{years.first}-01-01')} AND {cell_literal(cell, f'{years.last}-12-31')}"
    outside = Check(name, Fault.YEAR_IMPOSSIBLE, f"{checked} NOT {possible}", (f"{cell.sql} NOT {possible}",) if checked == raw else None)
    if checked == raw:
        return (outside,)
    unread = f"{raw} IS NOT NULL AND {day} IS NULL"
    short = f"{raw} IS NOT NULL AND ({day} {possible}) IS NOT TRUE AND two_digit_year({raw})"
    return (Check(name, Fault.TWO_DIGIT_YEAR, short), Check(name, Fault.DATE_UNREADABLE, unread), outside)


def cell_literal(cell: Picked, day: str) -> str:
    """A day as a literal of the cell's type."""
    match family(cell.type):
        case "clock":
            return f"TIMESTAMP '{day}'"
        case "instant":
            return f"TIMESTAMPTZ '{day} 00:00:00+00'"
        case _:
            return f"DATE '{day}'"
