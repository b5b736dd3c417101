"""Writes small extracts for the tests of intake, and reads them back as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from auditor.engine import open_engine
from auditor.intake import Extract, Reading, find_clocks, open_extract, refuse_clocks
from auditor.intake.formats import FORMATS, Format

CLAIM = "claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code"
CLAIM_ROW = "C1,1,M1,2026-01-05,00001"

EVENT = "member_id,start,code_system,code"

Row = dict[str, Any]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files by name; a claim line is added where no file holds any, since an extract needs one."""
    if not any("claim" in name.lower() for name in files):
        files = {"claim_lines.csv": f"{CLAIM}\n{CLAIM_ROW}\n", **files}
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def take_everyone_in(connection: duckdb.DuckDBPyConnection) -> None:
    """Puts every member of the extract in scope, as the audit puts those with a listed service."""
    tables = ("claim_lines", "members", "events", "authorizations")
    union = " UNION ".join(f"SELECT member_id FROM {table}_read WHERE member_id IS NOT NULL" for table in tables)
    connection.execute(f"INSERT INTO scope_members {union}")
    for end in ("min", "max"):
        name = "lowest_member" if end == "min" else "highest_member"
        connection.execute(f"SET VARIABLE {name} = (SELECT {end}(member_id) FROM scope_members)")


@contextmanager
def opened(extract: Extract, formats: Sequence[Format] = FORMATS) -> Iterator[tuple[duckdb.DuckDBPyConnection, Reading]]:
    """A connection with the extract's views, closed at the end."""
    with open_engine() as connection:
        reading = open_extract(connection, extract, formats)
        take_everyone_in(connection)
        if reading.time_zone is None:
            refuse_clocks(find_clocks(connection))
        yield connection, reading


def rows_of(extract: Extract, table: str, formats: Sequence[Format] = FORMATS) -> list[Row]:
    """The rows of a ``_read`` view in order of file and row, their empty columns left out."""
    with opened(extract, formats) as (connection, _):
        found = connection.execute(f"SELECT * FROM {table}_read ORDER BY source_file, source_row")
        names = [column[0] for column in found.description or []]
        return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in found.fetchall()]


def claim_rows(folder: Path, text: str, **options: Any) -> list[Row]:
    """The rows of one file of claim lines."""
    return rows_of(Extract((write(folder, {"claim_lines.csv": text}),), **options), "claim_lines")


def event_rows(folder: Path, text: str, **options: Any) -> list[Row]:
    """The rows of one file of events."""
    return rows_of(Extract((write(folder, {"events.csv": text}),), **options), "events")
