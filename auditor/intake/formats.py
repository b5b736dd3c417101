"""Foreign formats: files recognised by their content, whatever the profile, and converted to canonical rows."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import ExtractRefused
from auditor.intake.converted import Conversion
from auditor.intake.found_files import FoundFile

HEAD = 1 << 16
PACKED = b"\x1f\x8b"
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Format:
    """A format: its name as users know it, how names of its files end (each also with .gz), and what knows and reads them.

    ``recognises`` is given the unpacked start of a file, without a byte-order mark or blanks before it, and the file's name.
    ``doubts`` is given the same of a file that no format recognised, and says what is wrong with one that by its name ought to be of
    this format; None where the name may be of anything.
    ``convert`` is given all files of the format in the order of their names, and an empty folder that lasts as long as the run.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    convert: Callable[[Sequence[FoundFile], Path], Conversion]
    doubts: Callable[[bytes, str], str | None] = lambda head, name: None


# A format's functions import its package when they are called: start-up stays fast.
def _is_x12(head: bytes, name: str) -> bool:
    from auditor.intake.x12 import is_x12

    return is_x12(head)


def _doubt_x12(head: bytes, name: str) -> str | None:
    return None if name.lower().removesuffix(".gz").endswith(ANYBODYS) else "does not begin as X12 (ISA), though its name says X12"


def _convert_x12(files: Sequence[FoundFile], folder: Path) -> Conversion:
    from auditor.intake.x12 import convert

    return convert(files, folder)


def _is_fhir(head: bytes, name: str) -> bool:
    from auditor.intake.fhir import is_fhir

    return is_fhir(head, name)


def _doubt_fhir(head: bytes, name: str) -> str | None:
    from auditor.intake.fhir import doubt_of

    return doubt_of(head, name, whole=len(head) < HEAD // 2)


def _convert_fhir(files: Sequence[FoundFile], folder: Path) -> Conversion:
    from auditor.intake.fhir import convert

    return convert(files, folder)


ANYBODYS = (".clm", ".dat", ".txt")
X12_SUFFIXES = (".x12", ".edi", ".837", ".837p", ".837i", ".835", ".era", *ANYBODYS)

FORMATS: tuple[Format, ...] = (
    Format("X12 EDI", X12_SUFFIXES, _is_x12, _convert_x12, _doubt_x12),
    Format("FHIR", (".json", ".ndjson", ".jsonl"), _is_fhir, _convert_fhir, _doubt_fhir),
)


@dataclass(frozen=True)
class Foreign:
    """The files of an extract that are of one format."""

    format: Format
    files: tuple[FoundFile, ...]


def sort_by_format(files: Iterable[FoundFile], formats: Sequence[Format]) -> tuple[Foreign, ...]:
    """The files that are of one of the formats, format by format; a file belongs to the first that knows it."""
    known = [(file, recognise(file, formats)) for file in files]
    sorted_files = ((form, tuple(file for file, its in known if its is form)) for form in formats)
    return tuple(Foreign(form, found) for form, found in sorted_files if found)


def recognise(file: FoundFile, formats: Iterable[Format]) -> Format | None:
    """The format that a file's name allows and its content shows."""
    name = file.path.name.lower().removesuffix(".gz")
    allowed = [form for form in formats if name.endswith(form.suffixes)]
    if not allowed:
        return None
    head = read_head(file)
    return next((form for form in allowed if form.recognises(head, file.path.name)), None)


def refuse_damaged(files: Iterable[FoundFile], formats: Sequence[Format]) -> None:
    """ExtractRefused for the first file that is of a format by its name, and by its content of none: whoever sent it meant it read."""
    for file in files:
        name = file.path.name.lower().removesuffix(".gz")
        for form in formats:
            if name.endswith(form.suffixes) and (doubt := form.doubts(head := read_head(file), name)):
                what = doubt if head else "is empty, or cannot be unpacked"
                raise ExtractRefused(f"{file.name}: {what}; copy or export it again, or take it out of the extract")


def read_head(file: FoundFile) -> bytes:
    """The first bytes of a file, unpacked; what cannot be unpacked is left to whoever reads it on."""
    try:
        with file.path.open("rb") as raw:
            packed = raw.read(len(PACKED)) == PACKED
            raw.seek(0)
            head = _unpack(gzip.GzipFile(fileobj=raw)) if packed else raw.read(HEAD)
    except OSError:
        raise ExtractRefused(f"{file.name}: cannot be opened; check that you may read it") from None
    return head.removeprefix(MARK).lstrip()


def _unpack(stream: gzip.GzipFile) -> bytes:
    try:
        return stream.read(HEAD)
    except (EOFError, OSError, zlib.error):
        return b""


def convert_foreign(found: Iterable[Foreign], folder: Path) -> Conversion:
    """All foreign files converted, each format in a folder of its own within ``folder``."""
    parts = [_convert(foreign, folder) for foreign in found]
    return Conversion(
        tuple(file for part in parts for file in part.inputs),
        tuple(table for part in parts for table in part.tables),
        tuple(notice for part in parts for notice in part.notices),
    )


def _convert(foreign: Foreign, folder: Path) -> Conversion:
    own = folder / "converted" / foreign.format.name
    own.mkdir(parents=True)
    return foreign.format.convert(foreign.files, own)
