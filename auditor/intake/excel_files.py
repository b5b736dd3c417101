"""Reads a sheet of a workbook as a stream of text cells with the row numbers the spreadsheet shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow

from auditor.errors import ExtractRefused
from auditor.intake.csv_files import Tally, refuse_repeated, text_schema
from auditor.intake.found_files import FoundFile

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

BATCH = 10_000


@dataclass(frozen=True)
class Sheet:
    """A sheet: the column names of its first filled row, the row number of that header, and the sheet itself."""

    file: FoundFile
    names: tuple[str, ...]
    header_row: int
    sheet: CalamineSheet


def read_sheet(file: FoundFile, table: str) -> Sheet:
    """The sheet named as the table, else the first one."""
    from python_calamine import CalamineError, CalamineWorkbook  # a compiled reader, loaded only for workbooks

    try:
        workbook = CalamineWorkbook.from_path(str(file.path))
        named = [name for name in workbook.sheet_names if name.strip().lower() == table]
        sheet = workbook.get_sheet_by_name((named or workbook.sheet_names)[0])
        rows = enumerate(sheet.iter_rows(), start=1)
        header_row, header = next(((number, row) for number, row in rows if any(map(_text, row))), (0, []))
    except (CalamineError, OSError, ValueError, IndexError):
        raise ExtractRefused(f"{file.name}: cannot be read as a workbook; open it in a spreadsheet and save it again") from None
    if not header:
        raise ExtractRefused(f"{file.name}: the sheet is empty, without even a header; export it again or take it out of the extract")
    names = tuple((_text(cell) or "").strip() for cell in header)
    refuse_repeated(file, names)
    return Sheet(file, names, header_row, sheet)


def stream_sheet(sheet: Sheet, columns: list[str], tally: Tally) -> Iterator[pyarrow.RecordBatch]:
    """Batches of the given columns as text and ``@row``; fills the tally."""
    places = [sheet.names.index(name) for name in columns]
    schema = text_schema(columns)
    rows = islice(enumerate(sheet.sheet.iter_rows(), start=1), sheet.header_row, None)
    while chunk := list(islice(rows, BATCH)):
        filled = [(number, cells) for number, row in chunk if any(cells := [_cell(row, place) for place in places])]
        tally.rows += len(filled)
        tally.blank += len(chunk) - len(filled)
        texts = [pyarrow.array([cells[at] for _, cells in filled], pyarrow.string()) for at in range(len(places))]
        yield pyarrow.RecordBatch.from_arrays([*texts, pyarrow.array([number for number, _ in filled], pyarrow.int64())], schema=schema)
    content = sheet.file.path.read_bytes()
    tally.sha256, tally.size = hashlib.sha256(content).hexdigest(), len(content)


def _cell(row: Sequence[Any], place: int) -> str | None:
    return _text(row[place]) if place < len(row) else None


def _text(value: Any) -> str | None:
    """A typed cell as a text file would write it: ISO dates, whole numbers without a fraction; None where empty."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="auto")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value) or None
