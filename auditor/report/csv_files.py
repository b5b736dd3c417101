"""Result tables as CSV: dollars for cents, ISO dates and times, lists joined, formulas defused, LF and UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from auditor.report.cells import defuse_column
from auditor.report.schemas import arrow_schema
from auditor.results import ResultColumn, ResultTable, result
from auditor.shelf import Shelf

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
ROWS_TOGETHER = 1024
CENT = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def write_csv(name: str, tables: Shelf, folder: Path) -> None:
    """Writes one result table under its CSV name."""
    with (folder / CSV_FILES[name]).open("wb") as file:
        _write_head(result(name), file)
        for batch in tables.batches(name):
            _write(result(name), pa.Table.from_batches([batch]), file)


def write_rows(table: ResultTable, rows: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Writes rows that are made for readers, and are no result of the audit, as the CSV of their table."""
    with open_rows(table, folder) as file:
        for row in rows:
            file.add(row)


class RowsFile:
    """A CSV file of such rows that is open to be written; some are held until there are enough to write together."""

    def __init__(self, table: ResultTable, file: BinaryIO) -> None:
        self._table, self._file, self._schema = table, file, arrow_schema(table)
        self._held: list[Mapping[str, Any]] = []
        _write_head(table, file)

    def add(self, row: Mapping[str, Any]) -> None:
        """Adds one row."""
        self._held.append(row)
        if len(self._held) == ROWS_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Writes what is held."""
        _write(self._table, pa.Table.from_pylist(self._held, schema=self._schema), self._file)
        self._held.clear()


@contextmanager
def open_rows(table: ResultTable, folder: Path) -> Iterator[RowsFile]:
    """The CSV of rows that come one at a time."""
    with (folder / f"{table.name}.csv").open("wb") as file:
        rows = RowsFile(table, file)
        yield rows
        rows.flush()


def _write_head(table: ResultTable, file: BinaryIO) -> None:
    file.write(f"{','.join(map(csv_name, table.columns))}\n".encode())


def _write(table: ResultTable, rows: pa.Table, file: BinaryIO) -> None:
    csv.write_csv(csv_table(table, rows), file, OPTIONS)


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
