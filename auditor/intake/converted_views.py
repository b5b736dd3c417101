"""Reads converted rows in place, as a native table is read, each row with the file, the number and the fault it came with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from auditor.intake.columns import Header
from auditor.intake.converted import Converted
from auditor.intake.sql_text import quote_list, quote_name, quote_text
from auditor.intake.typed_select import CLOCK_COLUMNS, FAULT_COLUMNS, FILE, MEMBER, ROW, SCOPE, SOURCE_COLUMNS, view_columns
from auditor.intake.views import Intake, Views
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
    return Views(tuple(sql for scan in scans for sql in scan.every), tuple(sql for scan in scans for sql in scan.scope))


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
    [source] = native.profile.sources(table)
    every = [native.select(table, source, header, relation)]
    scope = [native.select_scope(table, source, header, relation)]
    if "fault" in columns:
        every.append(_at_fault(table, columns, rows))
        scope.append(f"SELECT * FROM ({every[1]}) WHERE {MEMBER} IN (SELECT {MEMBER} FROM {SCOPE})")
    return Views(tuple(every), tuple(scope))


def _at_fault(table: Table, columns: dict[str, str], rows: str) -> str:
    """Rows that come with their fault: nothing is typed of them but whose they are and where they lie."""
    kept = {MEMBER, *(name for name, _ in OWN)} & set(columns)
    cells = ", ".join(
        f"CAST({quote_name(name) if name in kept else 'NULL'} AS {kind}) AS {quote_name(name)}"
        for name, kind in (*view_columns(table), *CLOCK_COLUMNS)
    )
    return f"SELECT {cells} FROM {rows} WHERE {AT_FAULT}"
