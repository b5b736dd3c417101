"""Reads delimited text as a stream of text cells with the row numbers a spreadsheet shows, refusing what cannot be trusted."""

from __future__ import annotations

import codecs
import csv
import io
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import IO, Any, Literal, cast

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.csv

from auditor.errors import ExtractRefused
from auditor.intake.faults import Fault
from auditor.intake.found_files import FoundFile
from auditor.intake.text_bytes import open_text

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 4 << 20
HEADER_BLOCK = 1 << 20
ROW = "@row"


@dataclass(frozen=True)
class CsvLayout:
    """A delimited file: its column names in order, what parts its cells, and its encoding."""

    file: FoundFile
    names: tuple[str, ...]
    delimiter: str
    encoding: str


@dataclass
class Tally:
    """What a stream has met so far: rows, blank lines, and malformed rows by number; at the end its hash and size.

    ``swallowed`` is the first malformed row that runs over several lines.
    """

    rows: int = 0
    blank: int = 0
    malformed: list[tuple[int, Fault]] = field(default_factory=list)
    swallowed: int | None = None
    sha256: str = ""
    size: int = 0


def text_schema(columns: Iterable[str]) -> pyarrow.Schema:
    """The schema of every stream of text cells: the columns as text, then ``@row``."""
    fields: list[pyarrow.Field[Any]] = [pyarrow.field(column, pyarrow.string()) for column in columns]
    return pyarrow.schema([*fields, pyarrow.field(ROW, pyarrow.int64())])


def read_layout(file: FoundFile, delimiter: str | None, encoding: str | None) -> CsvLayout:
    """The layout by the file's first record; the delimiter is the one that parts it into most cells, unless given."""
    coding = encoding or "utf-8"
    with open_text(file) as (_, text):
        start = _decode(file, text.read(HEADER_BLOCK) or b"", coding)
    if not start.strip():
        raise ExtractRefused(f"{file.name}: is empty, without even a header; export it again or take it out of the extract")
    headers = {mark: _first_record(start, mark) for mark in ((delimiter,) if delimiter else DELIMITERS)}
    best = max(headers, key=lambda mark: len(headers[mark]))
    names = tuple(name.strip() for name in headers[best])
    if any("\ufffd" in name for name in names):
        raise _not_encoded(file, coding, ", row 1")
    refuse_repeated(file, names)
    return CsvLayout(file, names, best, coding)


def _decode(file: FoundFile, block: bytes, encoding: str) -> str:
    """The start of the file; what cannot be decoded is refused later, by its row."""
    try:
        return codecs.getincrementaldecoder(encoding)("replace").decode(block).removeprefix("\ufeff")
    except LookupError:
        raise ExtractRefused(f"{file.name}: the profile gives an encoding that does not exist; write utf-8 or windows-1252") from None


def _not_encoded(file: FoundFile, encoding: str, row: str = "") -> ExtractRefused:
    return ExtractRefused(
        f"{file.name}{row}: holds bytes that are not {encoding}; save the file as UTF-8, "
        "or declare `encoding: windows-1252` for it in the profile"
    )


def _first_record(start: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])


def refuse_repeated(file: FoundFile, names: tuple[str, ...]) -> None:
    """ExtractRefused where a header names a column twice."""
    lowered = [name.lower() for name in names if name]
    for name in names:
        if lowered.count(name.lower()) > 1:
            raise ExtractRefused(f"{file.name}: the header names the column {name} more than once; rename or remove one")


def stream_rows(layout: CsvLayout, columns: list[str], tally: Tally) -> Iterator[pyarrow.RecordBatch]:
    """Batches of the given columns as text and ``@row``, a record's number as a spreadsheet shows it; fills the tally."""
    with open_text(layout.file) as (hashed, text):
        try:
            reader = _open(layout, columns, text, tally)
            for batch in _numbered(reader, tally):
                yield batch.rename_columns([*columns, ROW])
        except pyarrow.ArrowInvalid as mistake:
            raise _refusal(layout, str(mistake)) from None
        tally.rows += len(tally.malformed)
        tally.sha256, tally.size = hashed.finish(), hashed.size
        if tally.swallowed:
            raise _open_quote(layout.file, tally.swallowed)
        if text.quotes % 2:
            _refuse_open_quote(layout)


def _open(layout: CsvLayout, columns: list[str], text: io.RawIOBase, tally: Tally) -> pyarrow.csv.CSVStreamingReader:
    def set_aside(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        number = row.number or 0  # always known to a reader with one thread
        if "\n" in row.text.strip():
            tally.swallowed = tally.swallowed or number
        tally.malformed.append((number, Fault.FEW_CELLS if row.actual_columns < row.expected_columns else Fault.MANY_CELLS))
        return "skip"

    places = [str(layout.names.index(name)) for name in columns]
    return pyarrow.csv.open_csv(
        cast(IO[bytes], text),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False,
            block_size=BLOCK,
            column_names=[str(place) for place in range(len(layout.names))],
            skip_rows_after_names=1,
            encoding=layout.encoding,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=set_aside
        ),
        convert_options=pyarrow.csv.ConvertOptions(include_columns=places, column_types=dict.fromkeys(places, pyarrow.string())),
    )


def _numbered(reader: pyarrow.csv.CSVStreamingReader, tally: Tally) -> Iterator[pyarrow.RecordBatch]:
    """Gives each record its number: malformed rows leave gaps, and blank lines are counted and left out."""
    next_number = 2
    for batch in reader:
        skipped = [number for number, _ in tally.malformed[bisect_left(tally.malformed, next_number, key=itemgetter(0)) :]]
        numbers = numpy.arange(next_number, next_number + batch.num_rows + len(skipped))
        numbers = numbers[~numpy.isin(numbers, skipped)][: batch.num_rows]
        next_number = int(numbers[-1]) + 1 if len(numbers) else next_number
        full = pyarrow.RecordBatch.from_arrays([*batch.columns, pyarrow.array(numbers)], [*batch.schema.names, ROW])
        kept = _without_blank(full)
        tally.blank += full.num_rows - kept.num_rows
        tally.rows += kept.num_rows
        yield kept


def _without_blank(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    filled = numpy.zeros(batch.num_rows, dtype=bool)
    for column in batch.columns[:-1]:
        filled |= pyarrow.compute.not_equal(column, pyarrow.scalar("")).to_numpy(zero_copy_only=False)
        if filled.all():
            return batch
    return batch.filter(pyarrow.array(filled))


def _refusal(layout: CsvLayout, message: str) -> ExtractRefused:
    """Names what pyarrow met without repeating its words, which may hold a member's value."""
    row = re.search(r"Row #(\d+)", message)
    if "UTF8" in message:
        return _not_encoded(layout.file, layout.encoding, f", row {row[1]}" if row else "")
    if "straddling" in message:
        return ExtractRefused(
            f"{layout.file.name}: a row is longer than {BLOCK >> 20} MB; a quotation mark is probably opened and never closed"
        )
    return ExtractRefused(f"{layout.file.name}: cannot be read as delimited text; open it in a text editor and export it again")


def _open_quote(file: FoundFile, row: int) -> ExtractRefused:
    return ExtractRefused(
        f"{file.name}, row {row} or shortly before: a quotation mark is opened and never closed, so later rows would be lost; "
        "close it, or write a quotation mark inside a cell twice"
    )


def _refuse_open_quote(layout: CsvLayout) -> None:
    """ExtractRefused where a quotation mark is never closed, by Python's own parser: slow, so only for an odd count of them."""
    with open_text(layout.file) as (_, text):
        lines = io.TextIOWrapper(io.BufferedReader(text), encoding=layout.encoding, newline="")
        row = 0
        try:
            for _cells in csv.reader(lines, delimiter=layout.delimiter, strict=True):
                row += 1
        except csv.Error:
            raise _open_quote(layout.file, row + 1) from None
