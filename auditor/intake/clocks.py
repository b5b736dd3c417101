"""Refuses clock times that cannot be placed on the facility's calendar: UTC, or a mixture, where no zone is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import duckdb

from auditor.errors import ExtractRefused, SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.intake.sql_text import quote_name
from auditor.intake.typed_select import CLOCK_COLUMNS
from auditor.parts import ClockUse
from auditor.tables import CANONICAL, Table

MEND = "pass --time-zone (such as America/Boise), or set time_zone in the profile"


def check_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """SettingsRefused where the engine knows no such time zone."""
    known = [name for (name,) in connection.execute("SELECT name FROM pg_timezone_names()").fetchall()]
    if zone not in known:
        raise SettingsRefused(f"no time zone is named {zone}; write a name such as America/Boise.{did_you_mean(zone, known)}")


def find_clocks(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, str] | None = None) -> tuple[ClockUse, ...]:
    """The ways in which rows in scope write clock times, each with a file and column that does. Asked where no time zone is known.

    ``kept`` is SQL, by table, for the rows that were read and kept, so that none is read twice.
    """
    rows = {table.name: quote_name(f"{table.name}_scope") for table in CANONICAL} | dict(kept or {})
    return tuple(ClockUse(way, place) for table in CANONICAL for way, place in _places(connection, table, rows[table.name]))


def refuse_clocks(clocks: Iterable[ClockUse]) -> None:
    """ExtractRefused where clock times cannot be placed."""
    if why := misplaced(clocks):
        raise ExtractRefused(why)


def misplaced(clocks: Iterable[ClockUse]) -> str:
    """Why clock times cannot be placed: they are in UTC, or some have an offset and others none. Empty where they can."""
    firsts: dict[str, list[str]] = {name: [] for name, _ in CLOCK_COLUMNS}
    for clock in clocks:
        firsts[clock.way].append(clock.place)
    local, offset, utc = (min(places, default=None) for places in firsts.values())
    if utc:
        return f"{utc}: times are in UTC and the facility's time zone is not known; {MEND}"
    if local and offset:
        return f"{offset}: clock times have an offset, but those of {local} have none; {MEND}"
    return ""


def _places(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Iterator[tuple[str, str]]:
    """Each way of writing a clock time that occurs, with a file and column where it does."""
    names = [name for name, _ in CLOCK_COLUMNS]
    written = " OR ".join(f"{quote_name(name)} IS NOT NULL" for name in names)
    found = connection.execute(f"SELECT DISTINCT source_file, {', '.join(map(quote_name, names))} FROM {rows} WHERE {written}").fetchall()
    for file, *numbers in found:
        for name, number in zip(names, numbers, strict=True):
            if number is not None:
                yield name, f"{file}, column {table.columns[number - 1].name}"
