"""The result tables as Arrow schemas, and frames made to fit them: columns, types and the order of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.results import RESULTS, ResultKind, ResultTable
from auditor.shelf import Frames, Shelf, TableShelf

KINDS: dict[ResultKind, pa.DataType] = {
    "text": pa.string(),
    "list": pa.list_(pa.string()),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
    "integer": pa.int64(),
    "number": pa.float64(),
    "cents": pa.int64(),
    "flag": pa.bool_(),
    "outcome": pa.int8(),
}


def arrow_schema(table: ResultTable) -> pa.Schema:
    """The schema of one result table; each field carries its meaning, so that a Parquet file explains itself."""
    return pa.schema([pa.field(column.name, KINDS[column.kind], metadata={"meaning": column.meaning}) for column in table.columns])


def conform(table: ResultTable, frame: pd.DataFrame) -> pa.Table:
    """The frame with exactly the columns of ``table``, in its types and order, empty values first.

    ValueError where a column is missing or unknown, or a value does not fit.
    """
    schema = arrow_schema(table)
    if set(frame.columns) != set(schema.names):
        raise ValueError(f"{table.name}: columns {sorted(set(frame.columns) ^ set(schema.names))} are missing or unknown")
    columns = [_column(table, frame[field.name], field.name, field.type) for field in schema]
    return sort_rows(table, pa.Table.from_arrays(columns, schema=schema))


def sort_rows(table: ResultTable, rows: pa.Table) -> pa.Table:
    """The rows in their order, which is total."""
    keys = _keys(table, rows)
    return rows.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))


def _keys(table: ResultTable, rows: pa.Table) -> pa.Table:
    """The columns to sort by: the table's order, then the rest, so that rows which that order leaves equal still stand the same way.

    Before each column that has empty values stands whether it has one, so that these come first.
    """
    keys: dict[str, Any] = {}
    for name in dict.fromkeys((*table.order, *rows.column_names)):
        if rows[name].null_count:
            keys[f"{name} given"] = pc.is_valid(rows[name]).cast(pa.int8())
        keys[name] = pc.binary_join(rows[name], "\n") if pa.types.is_list(rows[name].type) else rows[name]
    return pa.table(keys)


def _column(table: ResultTable, values: pd.Series, name: str, kind: pa.DataType) -> Any:
    try:
        return pa.array(values, from_pandas=True).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as fault:
        raise ValueError(f"{table.name}.{name}: values do not fit {kind}") from fault


def conform_all(frames: Mapping[str, pd.DataFrame]) -> TableShelf:
    """Every result table, in memory. ValueError where one is missing."""
    _refuse_missing(frames)
    return TableShelf({table.name: conform(table, frames[table.name]) for table in RESULTS})


def as_shelf(results: Shelf | Mapping[str, pd.DataFrame]) -> Shelf:
    """The result tables as a shelf: as they stand where they are on one, else made to fit, in memory.

    ValueError where a table is missing or does not fit.
    """
    if isinstance(results, Frames):
        return as_shelf(results.shelf)
    if not isinstance(results, Shelf):
        return conform_all(results)
    _refuse_missing(results)
    for table in RESULTS:
        if not results.schema(table.name).equals(arrow_schema(table)):
            raise ValueError(f"{table.name}: columns or types are not those of the result table")
    return results


def _refuse_missing(results: Mapping[str, object]) -> None:
    there = set(results)
    if missing := [table.name for table in RESULTS if table.name not in there]:
        raise ValueError(f"no frame for the result tables {', '.join(missing)}")
