"""Writes sample tables: as CSV, and as typed Parquet of the same rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.samples.cases import Row
from auditor.tables import Column, Kind, Table

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "date": pa.date32(),
    "money": pa.decimal128(18, 2),
    "number": pa.float64(),
    "integer": pa.int64(),
}
ROW_GROUP_OF_SAMPLES = 100_000


def columns_used(table: Table, rows: Sequence[Row]) -> tuple[Column, ...]:
    """Columns of the table that any row fills, in the table's order."""
    filled = {name for row in rows for name, value in row.items() if value}
    unknown = filled - {column.name for column in table.columns}
    if unknown:
        raise KeyError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return tuple(column for column in table.columns if column.name in filled)


def write_csv(path: Path, table: Table, rows: Sequence[Row]) -> None:
    """The rows as text, header first, a newline after each."""
    names = [column.name for column in columns_used(table, rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, table: Table, rows: Sequence[Row]) -> None:
    """The rows typed; a cell that its type cannot hold is null, as it would be in a warehouse."""
    columns = columns_used(table, rows)
    arrays = {column.name: pa.array([_typed(column, row.get(column.name, "")) for row in rows], arrow_type(column)) for column in columns}
    with open_parquet(path, pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])) as writer:
        writer.write_table(pa.table(arrays), row_group_size=ROW_GROUP_OF_SAMPLES)


def open_parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer whose options are all stated, so that the same rows give the same bytes."""
    return pq.ParquetWriter(path, schema, version="2.6", data_page_version="1.0", compression="zstd", store_schema=False)


def arrow_type(column: Column) -> pa.DataType:
    """The type of a column in Parquet; times stay text, because a partial time and an offset do."""
    return ARROW_TYPES.get(column.kind, pa.string())


def _typed(column: Column, text: str) -> Any:
    if not text:
        return None
    readers: dict[Kind, Any] = {"date": date.fromisoformat, "money": Decimal, "number": float, "integer": int}
    try:
        return readers.get(column.kind, str)(text)
    except (ValueError, InvalidOperation):
        return None
