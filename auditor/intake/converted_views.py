"""Reads converted rows in place, as a native table is read, each row with the file, the number and the fault it came with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from pathlib import Path

import duckdb

from auditor.intake.columns import Header, pick
from auditor.intake.converted import Converted
from auditor.intake.found_files import FoundFile
from auditor.intake.parquet_files import ParquetRows
from auditor.intake.sql_text import quote_list, quote_name, quote_text
from auditor.intake.typed_select import CLOCK_COLUMNS, FAULT_COLUMNS, FILE, MEMBER, ROW, SCOPE, SOURCE_COLUMNS, view_columns
from auditor.intake.views import Intake, Views, count_rows
from auditor.tables import Table

OWN = (*FAULT_COLUMNS, *SOURCE_COLUMNS)
AT_FAULT = "fault IS NOT NULL"


def converted_selects(native: Intake, table: Table, converted: Iterable[Converted]) -> Views:
    """The SELECTs over converted rows of a table; ``native`` has the profile of the contract's own names."""
    alike: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for part in converted:
        if part.table == table.name:
            alike.setdefault(_columns(native.connection, part.path), []).append(part.path)
    scans = [_scan(native, table, dict(columns), paths) for columns, paths in alike.items()]
    return reduce(Views.joined, scans, Views())


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[str, str], ...]:
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quote_text(str(path))})").fetchall()
    return tuple((name, kind) for name, kind, *_ in described)


def _scan(native: Intake, table: Table, columns: dict[str, str], paths: list[Path]) -> Views:
    rows = f"read_parquet({quote_list(map(str, paths))})"
    own = ", ".join(name for name, _ in OWN if name in columns)
    trusted = f" WHERE NOT ({AT_FAULT})" if "fault" in columns else ""
    relation = f"(SELECT * EXCLUDE ({own}), source_file AS {FILE}, source_row AS {ROW} FROM {rows}{trusted})"
    own_names = {name for name, _ in OWN}
    header = Header(table.name, {name: kind for name, kind in columns.items() if name not in own_names})
    source = native.profile.sources(table)[0]
    scan = native.scan(table, source, header, ParquetRows(relation, [FoundFile(path, path.name) for path in paths]))
    own_rows = Views(
        (scan.every,), (scan.scope,), (scan.words,), (count_rows(scan.every),), frozenset(pick(native.profile, table, source, header).cells)
    )
    return own_rows.joined(_at_fault(table, columns, rows)) if "fault" in columns else own_rows


def _at_fault(table: Table, columns: dict[str, str], rows: str) -> Views:
    """Rows that come with their fault: nothing is typed of them but whose they are and where they lie."""
    kept = {MEMBER, *(name for name, _ in OWN)} & set(columns)
    cells = ", ".join(
        f"CAST({quote_name(name) if name in kept else 'NULL'} AS {kind}) AS {quote_name(name)}"
        for name, kind in (*view_columns(table), *CLOCK_COLUMNS)
    )
    every = f"SELECT {cells} FROM {rows} WHERE {AT_FAULT}"
    scope = f"SELECT * FROM ({every}) WHERE {MEMBER} IN (SELECT {MEMBER} FROM {SCOPE})"
    return Views((every,), (scope,), counts=(count_rows(every),))
