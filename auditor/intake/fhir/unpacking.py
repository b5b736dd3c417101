"""The bytes of a file of JSON: hashed as they lie on disk, unpacked, and stopped where a small file unpacks to a huge one."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile
from auditor.intake.text_bytes import HashedFile

PACKED = b"\x1f\x8b"
MARK = b"\xef\xbb\xbf"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
MOST_RATIO, FREE = 250, 256 << 20
BLOCK = 1 << 20


class Unpacked(io.RawIOBase):
    """Unpacked bytes on their way to a reader. FHIR packs to a twentieth; a file that packs to far less is made to fill a disk."""

    def __init__(self, file: FoundFile, hashed: HashedFile, stream: io.BufferedIOBase | io.RawIOBase) -> None:
        super().__init__()
        self._file, self._hashed, self._stream = file, hashed, stream
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = cast(memoryview, buffer)
        try:
            block = self._stream.read(len(view)) or b""
        except (EOFError, OSError, zlib.error):
            raise ExtractRefused(f"{self._file.name}: cannot be unpacked to its end; copy the file again") from None
        self.size += len(block)
        if self.size > FREE and self.size > MOST_RATIO * self._hashed.size:
            raise ExtractRefused(f"{self._file.name}: unpacks to more than {MOST_RATIO} times its size; no export does, so it is not read")
        view[: len(block)] = block
        return len(block)


@contextmanager
def open_json(file: FoundFile) -> Iterator[tuple[HashedFile, io.BufferedReader[Unpacked]]]:
    """The file as hashed bytes, and as the text in it, without a byte-order mark; unpacked where it is packed."""
    try:
        raw = file.path.open("rb")
    except OSError:
        raise ExtractRefused(f"{file.name}: cannot be opened; check that you may read it") from None
    with raw:
        packed = raw.read(len(PACKED)) == PACKED
        raw.seek(0)
        hashed = HashedFile(raw)
        buffered = io.BufferedReader(hashed, BLOCK)
        stream = io.BufferedReader(Unpacked(file, hashed, gzip.GzipFile(fileobj=buffered) if packed else buffered), BLOCK)
        start = stream.peek(len(MARK))
        if start.startswith(WIDE_MARKS):
            raise ExtractRefused(f"{file.name}: is not UTF-8, as FHIR must be; save it as UTF-8")
        if start.startswith(MARK):
            stream.read(len(MARK))
        yield hashed, stream
