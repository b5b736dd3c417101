"""Result tables as CSV: dollars for cents, ISO dates and times, lists joined, formulas defused, LF and UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from auditor.report.cells import defuse_column
from auditor.report.schemas import arrow_schema
from auditor.results import ResultColumn, ResultTable, result

# The file of each table; a table that people know by another name is written under that.
CSV_FILES = {
    "episodes": "episodes.csv",
    "findings": "findings.csv",
    "lines": "lines.csv",
    "therapy_days": "days.csv",
    "criteria": "criteria.csv",
    "settling": "settling.csv",
    "evidence": "evidence.csv",
    "measurements": "measurements.csv",
    "set_aside": "set_aside.csv",
    "line_days": "line_days.csv",
    "providers": "providers.csv",
}
OPTIONS = csv.WriteOptions(include_header=False, quoting_style="needed")
CENT = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def write_csv(name: str, rows: pa.Table, folder: Path) -> None:
    """Writes one result table under its CSV name."""
    _write(csv_table(result(name), rows), folder / CSV_FILES[name])


def write_rows(table: ResultTable, rows: Iterable[Mapping[str, object]], folder: Path) -> None:
    """Writes rows that are made for readers, and are no result of the audit, as the CSV of their table."""
    kinds = arrow_schema(table)
    _write(csv_table(table, pa.Table.from_pylist(list(rows), schema=kinds)), folder / f"{table.name}.csv")


def _write(table: pa.Table, path: Path) -> None:
    with path.open("wb") as file:
        file.write(f"{','.join(table.column_names)}\n".encode())
        csv.write_csv(table, file, OPTIONS)


def csv_table(table: ResultTable, rows: pa.Table) -> pa.Table:
    """The rows as a spreadsheet should read them."""
    return pa.table({csv_name(column): _column(column, rows[column.name]) for column in table.columns})


def csv_name(column: ResultColumn) -> str:
    """A column of cents is named for its dollars."""
    return column.name.removesuffix("_cents") if column.kind == "cents" else column.name


def _column(column: ResultColumn, values: Any) -> Any:
    match column.kind:
        case "text":
            return defuse_column(values)
        case "list":
            return defuse_column(pc.binary_join(values, "; "))
        case "cents":
            return pc.multiply(values.cast(pa.decimal128(19, 0)), CENT)
        case "time":
            return pc.strftime(values.cast(pa.timestamp("s", tz="UTC"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
        case _:
            return values
