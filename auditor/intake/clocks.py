"""Refuses clock times that cannot be placed on the facility's calendar: UTC, or a mixture, where no zone is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from auditor.errors import ExtractRefused, SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.intake.sql_text import quote_name
from auditor.intake.typed_select import CLOCK_COLUMNS
from auditor.tables import Table

MEND = "pass --time-zone (such as America/Boise), or set time_zone in the profile"

Place = tuple[str, str]


def check_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """SettingsRefused where the engine knows no such time zone."""
    known = [name for (name,) in connection.execute("SELECT name FROM pg_timezone_names()").fetchall()]
    if zone not in known:
        raise SettingsRefused(f"no time zone is named {zone}; write a name such as America/Boise.{did_you_mean(zone, known)}")


def check_clocks(connection: duckdb.DuckDBPyConnection, selects: Mapping[Table, Sequence[str]]) -> None:
    """ExtractRefused where times are in UTC, or some have an offset and others none, and no zone is known."""
    local: list[Place] = []
    offset: list[Place] = []
    for table, rows in selects.items():
        for select in rows:
            utc_here, offset_here, local_here = _first_clocks(connection, table, select)
            if utc_here:
                file, column = utc_here
                raise ExtractRefused(f"{file}, column {column}: times are in UTC and the facility's time zone is not known; {MEND}")
            local += [local_here] if local_here else []
            offset += [offset_here] if offset_here else []
    if local and offset:
        (some, some_column), (others, other_column) = offset[0], local[0]
        raise ExtractRefused(
            f"{some}, column {some_column}: clock times have an offset, but those of {others}, column {other_column}, have none; {MEND}"
        )


def _first_clocks(connection: duckdb.DuckDBPyConnection, table: Table, select: str) -> list[Place | None]:
    """For UTC, offset and local clock times, the first file and column that has one."""
    firsts = ", ".join(
        f"min({{'file': source_file, 'column': {quote_name(name)}}}) FILTER ({quote_name(name)} IS NOT NULL)"
        for name, _ in reversed(CLOCK_COLUMNS)
    )
    [found] = connection.execute(f"SELECT {firsts} FROM ({select})").fetchall()
    return [first and (first["file"], table.columns[first["column"] - 1].name) for first in found]
