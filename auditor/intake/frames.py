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
from auditor.intake.typed_select import FILE

if TYPE_CHECKING:
    import pandas

FRAME = "intake_frame"


def name_frame(table: str) -> str:
    """What users read as the source file of a frame's rows."""
    return f"frame:{table}"


def as_arrow(table: str, frame: pandas.DataFrame | pyarrow.Table) -> pyarrow.Table:
    """The frame as an Arrow table; ExtractRefused names a column that mixes kinds of values, or says that text is none."""
    if isinstance(frame, pyarrow.Table):
        return frame
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
    """The frame as a relation with ``@row`` from 1 and ``@file``, and its header."""
    numbered = frame.append_column(ROW, pyarrow.array(range(1, frame.num_rows + 1), pyarrow.int64()))
    connection.register(FRAME, numbered)
    described = connection.execute(f"DESCRIBE {FRAME}").fetchall()
    columns = {name: kind for name, kind, *_ in described if name != ROW}
    return f"(SELECT *, {quote_text(name_frame(table))} AS {FILE} FROM {FRAME})", Header(name_frame(table), columns)


def describe_frame(table: str, frame: pyarrow.Table) -> InputFile:
    """What identifies a frame: the SHA-256 of its Arrow stream in one chunk, and its size in memory."""
    sink = pyarrow.BufferOutputStream()
    whole = frame.replace_schema_metadata(None).combine_chunks()
    with pyarrow.ipc.new_stream(sink, whole.schema) as stream:
        stream.write_table(whole)
    return InputFile(name_frame(table), table, frame.num_rows, hashlib.sha256(sink.getvalue()).hexdigest(), frame.nbytes)
