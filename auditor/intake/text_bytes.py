"""The bytes of a text file, read once: hashed as they lie on disk, unpacked, and watched for signs of damage."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile


class HashedFile(io.RawIOBase):
    """A file on disk whose bytes are hashed as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = cast(memoryview, buffer)
        count = self._file.readinto(view) or 0  # type: ignore[attr-defined]
        self._hash.update(memoryview(view)[:count])
        self.size += count
        return int(count)

    def finish(self) -> str:
        """SHA-256 of the whole file, whatever of it was read so far."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


class WatchedText(io.RawIOBase):
    """Unpacked bytes on their way to a parser: NUL bytes are refused, quotes counted, the last line always ended."""

    def __init__(self, file: FoundFile, stream: io.RawIOBase | gzip.GzipFile) -> None:
        super().__init__()
        self._file = file
        self._stream = stream
        self._last = b"\n"
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = cast(memoryview, buffer)
        block = self._block(len(view))
        if b"\0" in block:
            raise ExtractRefused(f"{self._file.name}: holds NUL bytes, so it is not plain text; save it as CSV in UTF-8")
        if len(block) < len(view) and (block[-1:] or self._last) != b"\n":
            block += b"\n"
        self.quotes += block.count(b'"')
        self._last = block[-1:] or self._last
        view[: len(block)] = block
        return len(block)

    def _block(self, size: int) -> bytes:
        """As many bytes as asked for, fewer only at the end."""
        parts: list[bytes] = []
        try:
            while size > 0 and (part := self._stream.read(size)):
                parts.append(part)
                size -= len(part)
        except (EOFError, OSError, zlib.error):
            raise ExtractRefused(f"{self._file.name}: cannot be unpacked to its end; copy the file again") from None
        return b"".join(parts)


@contextmanager
def open_text(file: FoundFile) -> Iterator[tuple[HashedFile, WatchedText]]:
    """The file as hashed bytes, and as the text in it, unpacked where its name ends in .gz."""
    try:
        raw = file.path.open("rb")
    except OSError:
        raise ExtractRefused(f"{file.name}: cannot be opened; check that you may read it") from None
    with raw:
        hashed = HashedFile(raw)
        packed = file.has_suffix((".gz",))
        yield hashed, WatchedText(file, gzip.GzipFile(fileobj=hashed) if packed else hashed)
