"""The bytes of an X12 file as text, block by block: hashed as they lie on disk, unpacked, and refused where they cannot end well."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile
from auditor.intake.text_bytes import HashedFile

BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
UTF8, UTF16 = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# gzip packs claims to a tenth or a twentieth; what unpacks further than this is no file of claims
PACKED_AT_MOST, FREE = 200, 256 * BLOCK


@dataclass(frozen=True)
class OpenedX12:
    """An opened file: its bytes as they lie on disk, and the text in them, block by block."""

    hashed: HashedFile
    blocks: Iterator[str]


def is_x12(head: bytes) -> bool:
    """Whether the first bytes of a file, gzip or not, open an X12 interchange."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 1024)
        except zlib.error:
            return False
    text = _decoder(head).decode(head.removeprefix(UTF8)).lstrip()
    return text.startswith("ISA") and not text[3:4].isalnum() and text[:256].count(text[3:4]) > 10


@contextmanager
def open_x12(file: FoundFile) -> Iterator[OpenedX12]:
    """The file as hashed bytes and blocks of text; one character a byte, so that a block may end anywhere."""
    try:
        raw = file.path.open("rb")
    except OSError:
        raise ExtractRefused(f"{file.name}: cannot be opened; check that you may read it") from None
    with raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        hashed = HashedFile(raw)
        yield OpenedX12(hashed, _blocks(file.name, hashed, packed))


def _blocks(name: str, hashed: HashedFile, packed: bool) -> Iterator[str]:
    stream = gzip.GzipFile(fileobj=hashed) if packed else hashed
    unpacked = 0
    decoder = None
    while block := _read(name, stream):
        unpacked += len(block)
        if packed and unpacked > max(FREE, PACKED_AT_MOST * hashed.size):
            raise ExtractRefused(f"{name}: unpacks to more than {PACKED_AT_MOST} times its size, as no claims do; send it unpacked")
        if decoder is None:
            decoder = _decoder(block)
            block = block.removeprefix(UTF8)
        yield decoder.decode(block)


def _read(name: str, stream: gzip.GzipFile | io.RawIOBase) -> bytes:
    try:
        return stream.read(BLOCK) or b""
    except (EOFError, OSError, zlib.error):
        raise ExtractRefused(f"{name}: cannot be unpacked to its end; copy the file again") from None


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    encoding = "utf-16" if head.startswith(UTF16) else "latin-1"
    return codecs.getincrementaldecoder(encoding)("replace")
