"""A file of any kind behind one face: its header, and its rows as something SQL can select from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow

from auditor.errors import AuditorError, ExtractRefused
from auditor.intake.columns import Header
from auditor.intake.csv_files import CsvLayout, Tally, read_layout, stream_rows, text_schema
from auditor.intake.discovery import EXCEL_SUFFIXES, PARQUET_SUFFIXES
from auditor.intake.excel_files import Sheet, read_sheet, stream_sheet
from auditor.intake.found_files import FoundFile
from auditor.intake.parquet_files import ParquetFile, describe_parquet, hash_file, scan_parquet
from auditor.intake.sql_text import quote_text
from auditor.intake.typed_select import FILE

STREAM = "intake_stream"


@dataclass(frozen=True)
class OpenedFile:
    """A file whose header has been read."""

    file: FoundFile
    content: CsvLayout | Sheet | ParquetFile

    @property
    def header(self) -> Header:
        """The file's columns; text where the kind of file has no types."""
        if isinstance(self.content, ParquetFile):
            return Header(self.file.name, self.content.columns)
        return Header(self.file.name, {name: "VARCHAR" for name in self.content.names if name})


@dataclass(frozen=True)
class Manner:
    """How a file is to be opened: what parts its cells, its encoding, and the sheet to look for."""

    delimiter: str | None
    encoding: str | None
    sheet: str


def open_file(connection: duckdb.DuckDBPyConnection, file: FoundFile, manner: Manner) -> OpenedFile:
    """Opens a file by the ending of its name; ExtractRefused where it cannot be trusted."""
    if file.has_suffix(PARQUET_SUFFIXES):
        return OpenedFile(file, describe_parquet(connection, file))
    if file.has_suffix(EXCEL_SUFFIXES):
        return OpenedFile(file, read_sheet(file, manner.sheet))
    return OpenedFile(file, read_layout(file, manner.delimiter, manner.encoding))


@dataclass(frozen=True)
class Landing:
    """An INSERT waiting for its rows: ``insert`` is SQL with ``{relation}`` where the rows go; ``columns`` are read."""

    columns: list[str]
    insert: str


def land(connection: duckdb.DuckDBPyConnection, opened: OpenedFile, landing: Landing) -> Tally:
    """Runs the INSERT over the file's rows, streaming; the tally says what was met."""
    tally = Tally()
    match opened.content:
        case ParquetFile() as parquet:
            tally.rows = parquet.rows
            tally.sha256, tally.size = hash_file(opened.file)
            _execute(connection, opened.file.name, landing.insert.replace("{relation}", scan_parquet([opened.file])))
        case CsvLayout() as layout:
            _land_stream(connection, opened.file.name, stream_rows(layout, landing.columns, tally), landing)
        case Sheet() as sheet:
            _land_stream(connection, opened.file.name, stream_sheet(sheet, landing.columns, tally), landing)
    return tally


def _land_stream(connection: duckdb.DuckDBPyConnection, name: str, batches: Iterator[pyarrow.RecordBatch], landing: Landing) -> None:
    refused: list[AuditorError] = []
    reader = pyarrow.RecordBatchReader.from_batches(text_schema(landing.columns), _kept(batches, refused))
    connection.register(STREAM, reader)
    try:
        _execute(connection, name, landing.insert.replace("{relation}", f"(SELECT *, {quote_text(name)} AS {FILE} FROM {STREAM})"))
    except ExtractRefused:
        raise (refused or [_unreadable(name)])[0] from None
    finally:
        connection.unregister(STREAM)


def _kept(batches: Iterator[pyarrow.RecordBatch], refused: list[AuditorError]) -> Iterator[pyarrow.RecordBatch]:
    """The engine turns a refusal raised while it reads into an error of its own; the first is kept for the user."""
    try:
        yield from batches
    except AuditorError as refusal:
        refused.append(refusal)
        raise


def _execute(connection: duckdb.DuckDBPyConnection, name: str, statement: str) -> None:
    try:
        connection.execute(statement)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise _unreadable(name) from None


def _unreadable(name: str) -> ExtractRefused:
    return ExtractRefused(f"{name}: cannot be read to its end; it is damaged, so write or copy it again")
