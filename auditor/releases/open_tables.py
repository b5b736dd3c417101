"""A reference file as rows of text with their row numbers: plain text, CSV, a workbook, or a zip that holds one of these."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from auditor.errors import ReferenceRefused

TEXT_SUFFIXES = (".txt", ".csv")
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls")
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
LONGEST_CELL = 1 << 20
LARGEST_TABLE = 1 << 28  # several times the largest that CMS publishes
NOT_TABLES = ("__MACOSX/", "._")  # what a Mac adds beside each file


@dataclass(frozen=True)
class RawTable:
    """One table: the name of its file, its rows with their numbers, and whether the last line was ended."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    ended: bool = True


def open_table(path: Path) -> RawTable:
    """The table of a file; ReferenceRefused where it cannot be read to its end."""
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise _too_large(path.name)
        content = path.read_bytes()
    except OSError as fault:
        raise ReferenceRefused(f"{path.name}: cannot be opened ({fault.strerror}). Check the name, and that you may read it.") from fault
    return _open(path.name, content)


def _open(name: str, content: bytes) -> RawTable:
    suffix = PurePosixPath(name).suffix.lower()
    if not content:
        raise ReferenceRefused(f"{name}: is empty. Download it again.")
    if suffix == ".zip":
        return _open_zip(name, content)
    if suffix in BOOK_SUFFIXES:
        return RawTable(name, tuple(_book_rows(name, content)))
    if suffix in TEXT_SUFFIXES:
        return _open_text(name, content)
    raise ReferenceRefused(f"{name}: expected a file that ends in .zip, .txt, .csv or .xlsx, as CMS publishes them.")


def _open_zip(name: str, content: bytes) -> RawTable:
    """The one table of a zip; where it holds the same table as text and as workbook, the text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [one for one in packed.namelist() if _is_table(one)]
            text = [one for one in members if PurePosixPath(one).suffix.lower() in TEXT_SUFFIXES]
            chosen = text or members
            if len(chosen) != 1:
                held = f"holds {len(chosen)} tables" if chosen else "holds no table"
                raise ReferenceRefused(f"{name}: {held}; expected one .txt, .csv or .xlsx. Unpack it and add its files one by one.")
            # the size that a zip states of itself may be false
            with packed.open(chosen[0]) as member:
                unpacked = member.read(LARGEST_TABLE + 1)
            if len(unpacked) > LARGEST_TABLE:
                raise _too_large(f"{name}, {PurePosixPath(chosen[0]).name}")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as fault:
        raise ReferenceRefused(
            f"{name}: cannot be unpacked to its end; the download was cut short or damaged. Download it again."
        ) from fault
    return _open(PurePosixPath(chosen[0]).name, unpacked)


def _is_table(member: str) -> bool:
    path = PurePosixPath(member)
    return path.suffix.lower() in (*TEXT_SUFFIXES, *BOOK_SUFFIXES) and not (
        member.startswith(NOT_TABLES) or path.name.startswith(NOT_TABLES)
    )


def _too_large(name: str) -> ReferenceRefused:
    return ReferenceRefused(f"{name}: is larger than {LARGEST_TABLE >> 20} MB, so it is no reference file. Download it again.")


def _open_text(name: str, content: bytes) -> RawTable:
    if b"\0" in content:
        raise ReferenceRefused(f"{name}: holds NUL bytes, so it is not plain text. Download it again.")
    text = _decode(content)
    head = text[: 1 << 16]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    # in text parted by tabs a quotation mark is only a mark
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    )
    try:
        rows = tuple((reader.line_num, tuple(cell.strip() for cell in row)) for row in reader)
    except csv.Error as fault:
        raise ReferenceRefused(f"{name}, row {reader.line_num}: cannot be read as text in columns. Download it again.") from fault
    return RawTable(name, rows, text.endswith(("\n", "\r")))


def _decode(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads any bytes")


def _book_rows(name: str, content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # a compiled reader, loaded only for workbooks

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        for number, row in enumerate(sheet.iter_rows(), 1):
            yield number, tuple(_cell(value) for value in row)
    except (CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile) as fault:
        raise ReferenceRefused(f"{name}: cannot be read as a workbook to its end; the download was cut short or damaged.") from fault


def _cell(value: Any) -> str:
    """A cell as a text file would hold it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[: len("2024-07-01")]
    return str(value).strip()
