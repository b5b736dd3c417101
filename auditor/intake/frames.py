"""Takes in canonical tables that a caller already holds as pandas frames or Arrow tables."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import duckdb
import pyarrow

from auditor.errors import ExtractRefused
from auditor.intake.columns import Header
from auditor.intake.csv_files import ROW
from auditor.intake.reading import InputFile
from auditor.intake.sql_text import quote_text
from auditor.intake.typed_select import FILE, SOURCE_COLUMNS

if TYPE_CHECKING:
    import pandas

FRAME = "intake_frame"
FILE_NAME = "@file"
SOURCES = SOURCE_FILE, SOURCE_ROW = tuple(name for name, _ in SOURCE_COLUMNS)


def name_frame(table: str) -> str:
    """What users read as the source file of a frame's rows."""
    return f"frame:{table}"


def as_arrow(table: str, frame: pandas.DataFrame | pyarrow.Table) -> pyarrow.Table:
    """The frame as an Arrow table; ExtractRefused where it is none, mixes kinds of values in a column, or holds what is no text."""
    if isinstance(frame, pyarrow.Table):
        return frame
    import pandas

    if not isinstance(frame, pandas.DataFrame):
        raise ExtractRefused(f"{name_frame(table)}: is no table but {type(frame).__name__}; give a pandas DataFrame or a pyarrow Table")
    try:
        return pyarrow.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
    except pyarrow.ArrowException as mistake:
        column = re.search(r"for column (\S+) with type", str(mistake))
        where = f", column {column[1]}" if column else ""
        raise ExtractRefused(f"{name_frame(table)}{where}: mixes kinds of values; make the column one type, text for instance") from None
    except UnicodeEncodeError:
        raise ExtractRefused(
            f"{name_frame(table)}: holds half of a surrogate pair, which is no text; decode the text anew as UTF-8"
        ) from None


def register_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pyarrow.Table) -> tuple[str, Header]:
    """The frame as a relation with ``@row`` and ``@file``, and its header.

    Rows are counted from 1 in ``frame:<table>``, unless the frame itself says by ``source_file`` and ``source_row`` where each was.
    """
    own = set(SOURCES) <= set(frame.column_names)
    numbered = _sourced(table, frame) if own else frame.append_column(ROW, pyarrow.array(range(1, frame.num_rows + 1), pyarrow.int64()))
    connection.register(FRAME, numbered)
    described = connection.execute(f"DESCRIBE {FRAME}").fetchall()
    columns = {name: kind for name, kind, *_ in described if name not in (ROW, FILE_NAME)}
    place = "" if own else f", {quote_text(name_frame(table))} AS {FILE}"
    return f"(SELECT *{place} FROM {FRAME})", Header(name_frame(table), columns)


def _sourced(table: str, frame: pyarrow.Table) -> pyarrow.Table:
    """The frame with its own files and row numbers in place of counted ones."""
    types = {SOURCE_FILE: pyarrow.string(), SOURCE_ROW: pyarrow.int64()}
    try:
        cells = [frame[name].cast(kind) for name, kind in types.items()]
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        cells = []
    if not cells or any(cell.null_count for cell in cells):
        raise ExtractRefused(
            f"{name_frame(table)}: {SOURCE_FILE} and {SOURCE_ROW} say where a row was, a name and a whole number for each row; "
            "fill both, or leave both out"
        )
    return frame.drop_columns(list(types)).append_column(FILE_NAME, cells[0]).append_column(ROW, cells[1])


def describe_frame(table: str, frame: pyarrow.Table) -> InputFile:
    """What identifies a frame: the SHA-256 of its Arrow stream in one chunk, and its size in memory."""
    sink = pyarrow.BufferOutputStream()
    whole = frame.replace_schema_metadata(None).combine_chunks()
    with pyarrow.ipc.new_stream(sink, whole.schema) as stream:
        stream.write_table(whole)
    return InputFile(name_frame(table), table, frame.num_rows, hashlib.sha256(sink.getvalue()).hexdigest(), frame.nbytes)
