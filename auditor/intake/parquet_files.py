"""Describes Parquet files without reading their rows: columns, types, row counts, and what identifies each file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile, Span
from auditor.intake.sql_text import choose, literal_path, quote_list, quote_text
from auditor.intake.typed_select import FILE, ROW

OPTIONS = "binary_as_string = true, hive_partitioning = false"


# Numbers of a dictionary's words take less for each value; words themselves take more.
FEW_BYTES = 3


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file: its columns with their DuckDB types in file order, and its rows."""

    file: FoundFile
    columns: Mapping[str, str]
    rows: int


def describe_parquet(connection: duckdb.DuckDBPyConnection, file: FoundFile) -> ParquetFile:
    """Reads the footer; ExtractRefused where the file is not whole."""
    relation = f"read_parquet({quote_text(_literal(file))}, {OPTIONS})"
    try:
        columns = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
        [(rows,)] = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()
    except duckdb.Error:
        raise ExtractRefused(f"{file.name}: cannot be read as Parquet; it is damaged or not whole, so write or copy it again") from None
    return ParquetFile(file, columns, rows if file.span is None else min(rows, file.span.end) - file.span.first)


@dataclass(frozen=True)
class ParquetRows:
    """The relation of all rows of some Parquet files."""

    relation: str
    files: Sequence[FoundFile]


def scan_parquet(files: Sequence[FoundFile]) -> str:
    """Files of one folder and one schema as a relation: their columns, ``@row`` from 1, and ``@file``, the name users know."""
    paths = quote_list(_literal(file) for file in files)
    name = choose("parse_filename(filename)", {file.path.name: file.name for file in files}, "NULL")
    return (
        f"(SELECT * EXCLUDE (file_row_number, filename), file_row_number + {1 + files[0].before} AS {ROW}, {name} AS {FILE} "
        f"FROM read_parquet({paths}, {OPTIONS}, file_row_number = true, filename = true){_within(files[0].span)})"
    )


def few_columns(connection: duckdb.DuckDBPyConnection, files: Sequence[FoundFile]) -> frozenset[str]:
    """Columns of Parquet files that hold few distinct values, by the bytes that the footers count for each value."""
    paths = quote_list(_literal(file) for file in files)
    sizes = f"FROM parquet_metadata({paths}) GROUP BY 1 HAVING sum(total_uncompressed_size) < {FEW_BYTES} * sum(num_values)"
    return frozenset(name for (name,) in connection.execute(f"SELECT path_in_schema {sizes}").fetchall())


def _within(span: Span | None) -> str:
    return "" if span is None else f" WHERE file_row_number >= {span.first} AND file_row_number < {span.end}"


def _literal(file: FoundFile) -> str:
    return literal_path(file.path.resolve())


def hash_file(file: FoundFile) -> tuple[str, int]:
    """SHA-256 and size in bytes; of a file read in spans, told with the first of them."""
    if file.digest or (file.span is not None and file.span.first):
        return file.digest, 0
    with file.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest(), file.path.stat().st_size
