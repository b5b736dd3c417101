"""Streams one query into a Parquet file, batch by batch: what is in memory does not grow with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.errors import ExtractRefused, SettingsRefused
from auditor.warehouse.settings import WarehouseSettings, parts_of
from auditor.warehouse.statement import Statement
from auditor.warehouse.troubles import refusal

if TYPE_CHECKING:
    from arrow_odbc import BatchReader

MOST_ROWS, ROW_GROUP = 50_000, 100_000
# Without these the PostgreSQL driver holds the whole answer in memory before it hands out the first row.
STREAMING = {"usedeclarefetch": "UseDeclareFetch=1", "fetch": "Fetch=5000"}
POSTGRES = "psqlodbc"


@dataclass(frozen=True)
class Fetched:
    """One answer on disk, as the driver gave it: its rows, and columns whose type the driver only guesses.

    Decimals come as text: a driver may guess a scale from the first rows and cut what is finer. Floats come as doubles.
    """

    path: Path
    rows: int
    decimals: tuple[str, ...]
    singles: tuple[str, ...]


def fetch(settings: WarehouseSettings, password: str | None, table: str, path: Path) -> Fetched:
    """Fetches the query of one table. ExtractRefused where the database refuses, or is lost half-way."""
    rows = [0]
    with _refusing(table, rows):
        reader, types = _open(settings, password, settings.statements[table], table)
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for group in _groups(reader):
                rows[0] += group.num_rows
                writer.write_table(group)
    return Fetched(path, rows[0], types.decimals, types.singles)


def columns_of(settings: WarehouseSettings, password: str | None, table: str) -> pa.Schema:
    """The columns that a query answers with; it is begun, and none of its rows is fetched. ExtractRefused where the database refuses."""
    with _refusing(table, [0]):
        reader, _ = _open(settings, password, settings.statements[table], table)
    schema: pa.Schema = reader.schema
    return schema


@contextmanager
def _refusing(table: str, rows: list[int]) -> Iterator[None]:
    """Turns what a driver says into a refusal; ``rows`` counts those that were fetched before it."""
    try:
        yield
    except (ExtractRefused, SettingsRefused):
        raise
    except pa.ArrowException:
        raise refusal(table, RuntimeError(), rows[0]) from None
    except Exception as fault:
        if type(fault).__module__.partition(".")[0] != "arrow_odbc":
            raise
        raise refusal(table, fault, rows[0]) from None


@dataclass
class _Types:
    """Columns whose type was changed for the fetch."""

    decimals: tuple[str, ...] = ()
    singles: tuple[str, ...] = ()


def _open(settings: WarehouseSettings, password: str | None, statement: Statement, table: str) -> tuple[BatchReader, _Types]:
    odbc = _odbc()
    types = _Types()

    def exact(schema: pa.Schema) -> pa.Schema:
        _refuse_columns(schema, table)
        types.decimals = tuple(field.name for field in schema if pa.types.is_decimal(field.type))
        types.singles = tuple(field.name for field in schema if pa.types.is_float32(field.type))
        return pa.schema([field.with_type(_exact(field.type)) for field in schema])

    reader = odbc.read_arrow_batches_from_odbc(
        statement.sql,
        _streaming(settings.connection),
        batch_size=MOST_ROWS,
        user=settings.user,
        password=password,
        parameters=list(statement.values) or None,
        max_bytes_per_batch=settings.batch_bytes,
        max_text_size=settings.max_text,
        max_binary_size=1,
        login_timeout_sec=settings.timeout_seconds,
        map_schema=exact,
        fetch_concurrently=False,
        query_timeout_sec=settings.timeout_seconds,
        payload_text_encoding=odbc.TextEncoding.UTF16,  # the narrow one depends on the machine's locale
    )
    return reader, types


def _odbc() -> Any:
    try:
        import arrow_odbc
    except (ImportError, OSError):
        raise SettingsRefused(
            "warehouse: install auditor[warehouse], and the system's ODBC manager (unixODBC) with the driver of your database."
        ) from None
    return arrow_odbc


def _exact(kind: pa.DataType) -> pa.DataType:
    """The type to fetch as: nothing is rounded, and no time is too late for it."""
    if pa.types.is_decimal(kind):
        return pa.string()
    if pa.types.is_float32(kind):
        return pa.float64()
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind


def _refuse_columns(schema: pa.Schema, table: str) -> None:
    twice = sorted(name for name, count in Counter(name.lower() for name in schema.names).items() if count > 1)
    if twice:
        raise ExtractRefused(f"warehouse, {table}: the query gives {', '.join(twice)} twice. Name each column once, with AS.")
    for field in schema:
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type) or pa.types.is_fixed_size_binary(field.type):
            raise ExtractRefused(f"warehouse, {table}: {field.name} is binary. Leave it out of the query, or cast it to text.")


def _streaming(connection: str) -> str:
    """The connection string, with the PostgreSQL driver told to stream unless it is told already."""
    parts = parts_of(connection)
    if POSTGRES not in parts.get("driver", "").lower():
        return connection
    missing = [text for key, text in STREAMING.items() if key not in parts]
    return ";".join([connection.rstrip().rstrip(";"), *missing, ""])


def _groups(reader: BatchReader) -> Iterator[pa.Table]:
    """Batches gathered to row groups; an answer without rows is one empty group."""
    held: list[pa.RecordBatch] = []
    for batch in reader:
        held.append(batch)
        if sum(one.num_rows for one in held) >= ROW_GROUP or sum(one.nbytes for one in held) >= ROW_GROUP << 9:
            yield pa.Table.from_batches(held)
            held = []
    yield pa.Table.from_batches(held, reader.schema)
