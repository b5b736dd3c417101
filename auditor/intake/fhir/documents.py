"""Parts a file into its JSON documents: a line of NDJSON each, or each entry of a bundle, never more of it in memory than one."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import orjson

from auditor.errors import ExtractRefused
from auditor.intake.fhir.unpacking import BLOCK, MARK, Unpacked, open_json
from auditor.intake.found_files import FoundFile

LONGEST = 64 << 20
DEEPEST = 100
LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")

# A string, whole or cut off by the end of what was read; or a bracket.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("|\\?\Z)|[\[\]{}]', re.S)
KEY, OPENED, CLOSED = b'"', b"[{", b"]}"
ENTRIES = b'"entry"'


class Document(NamedTuple):
    """One JSON object of a file: its number (line or entry, from 1), its tree, and its bytes as they lie in the file.

    ``whole`` is the bundle that entries were cut out of, or a resource alone in its file. ``repeats`` says that an object names a
    field twice, so that it can be read in two ways.
    """

    number: int
    tree: dict[str, Any]
    repeats: bool
    whole: bool = False


class Span(NamedTuple):
    """A part of a file of lines: from which byte to which, and the number of its first line."""

    start: int
    end: int
    first: int


class Reader:
    """Streams the documents of a file, or of a part of it.

    ``blank`` counts empty lines; ``sha256`` and ``size`` are known at the end of a whole file.
    """

    def __init__(self, file: FoundFile, span: Span | None = None) -> None:
        self.file = file
        self._span = span
        self.blank = 0
        self.sha256 = ""
        self.size = 0
        self.unit = "line"

    def __iter__(self) -> Iterator[Document]:
        if self._span is not None:
            with self.file.path.open("rb") as part:
                part.seek(self._span.start)
                yield from self._lines(part, self._span)
            return
        with open_json(self.file) as (hashed, stream):
            if self._is_lines(stream):
                yield from self._lines(stream, Span(0, sys.maxsize, 1))
            else:
                self.unit = "entry"
                yield from self._entries(stream)
            self.sha256, self.size = hashed.finish(), hashed.size

    def place(self, number: int) -> str:
        """Where a document is, as messages say it."""
        return f"{self.file.name}, {self.unit} {number}" if number else self.file.name

    def _is_lines(self, stream: io.BufferedReader[Unpacked]) -> bool:
        """By name, or because the first line is an object and another begins on the next."""
        if self.file.has_suffix(LINES):
            return True
        first, newline, rest = stream.peek(BLOCK).partition(b"\n")
        return bool(newline) and first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{") and _is_json(first)

    def _lines(self, stream: BinaryIO, span: Span) -> Iterator[Document]:
        number, at = span.first - 1, span.start
        while at < span.end and (line := stream.readline(LONGEST + 1)):
            number += 1
            at += len(line)
            if len(line) > LONGEST:
                raise self._too_long(number)
            if line.isspace():
                self.blank += 1
                continue
            yield self._parse(line.removeprefix(MARK) if number == 1 else line, number)

    def _entries(self, stream: io.BufferedReader[Unpacked]) -> Iterator[Document]:
        splitter = _Splitter()
        number = 0
        while block := stream.read(BLOCK):
            for piece in splitter.feed(block):
                number += 1
                yield self._parse(piece, number)
            if splitter.depth > DEEPEST:
                raise self._too_deep(number + 1)
            if splitter.held > LONGEST:
                raise self._too_long(number + 1)
        if splitter.broken or splitter.depth or not splitter.ended:
            raise ExtractRefused(f"{self.place(number + 1)}: the file is cut off or is not JSON there; export it again")
        yield self._parse(bytes(splitter.skeleton), 0)._replace(whole=True)

    def _parse(self, source: bytes, number: int) -> Document:
        try:
            tree = orjson.loads(source)
            again = orjson.dumps(tree)
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            if _depth(source) > DEEPEST:
                raise self._too_deep(number) from None
            raise ExtractRefused(f"{self.place(number)}: is not JSON in UTF-8; the file is damaged or cut off, export it again") from None
        if type(tree) is not dict:
            raise ExtractRefused(f"{self.place(number)}: is JSON, but no resource; expected an object with a resourceType")
        return Document(number, tree, _repeats_key(source, again))

    def _too_long(self, number: int) -> ExtractRefused:
        return ExtractRefused(f"{self.place(number)}: is longer than {LONGEST >> 20} MB; no resource is, so the file is not read")

    def _too_deep(self, number: int) -> ExtractRefused:
        return ExtractRefused(f"{self.place(number)}: is nested deeper than {DEEPEST} levels; no resource is, so the file is not read")


def _depth(source: bytes) -> int:
    """How deep the brackets of a text are nested."""
    depth = deepest = 0
    for match in TOKEN.finditer(source):
        depth += (match[0] in OPENED) - (match[0] in CLOSED)
        deepest = max(deepest, depth)
    return deepest


def _repeats_key(source: bytes, again: bytes) -> bool:
    """Whether an object names a field twice: written again, each field is there once, so that there are fewer of them."""
    return source.count(b'":') != again.count(b'":') and _repeats_exactly(source)


def _repeats_exactly(source: bytes) -> bool:
    """The same by Python's own parser: slow, so only where the counts differ, as blanks before a colon make them."""
    repeated = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) < len(pairs)

    try:
        json.loads(source, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return True
    return repeated


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


class _Splitter:
    """Cuts the objects of the top object's ``entry`` list out of a stream; what is left is the skeleton."""

    def __init__(self) -> None:
        self.skeleton = bytearray()
        self.depth = 0
        self.ended = False
        self.broken = False
        self._buffer = b""
        self._from = 0  # where what is held begins: the skeleton's next piece, or the entry that is open
        self._at = 0  # up to where tokens were looked for
        self._key = b""
        self._in_entries = False

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return len(self._buffer) + len(self.skeleton)

    def feed(self, block: bytes) -> Iterator[bytes]:
        self._buffer = self._buffer[self._from :] + block
        self._at -= self._from
        self._from = 0
        for match in TOKEN.finditer(self._buffer, self._at):
            token = match[0]
            if token[:1] == KEY:
                if match[1] != KEY:  # cut off: look again when there is more
                    self._at = match.start()
                    return
                if self.depth == 1:
                    self._key = token
            elif token in OPENED:
                self._open(token, match.start())
            else:
                yield from self._close(match.end())
            self._at = match.end()
        self._keep_skeleton(len(self._buffer))

    def _open(self, token: bytes, start: int) -> None:
        if self._in_entries and self.depth == 2:
            self.broken = self.broken or token != b"{" or self._buffer[self._from : start].strip(b" \t\r\n,") != b""
            self._from = start
        self.broken = self.broken or (self.ended and self.depth == 0)
        self.depth += 1
        if self.depth == 2 and token == b"[" and self._key == ENTRIES:
            self._keep_skeleton(start + 1)
            self._in_entries = True

    def _close(self, end: int) -> Iterator[bytes]:
        self.depth -= 1
        self.broken = self.broken or self.depth < 0
        if self._in_entries and self.depth == 2:
            yield self._buffer[self._from : end]
            self._from = end
        elif self._in_entries and self.depth == 1:
            self._in_entries = False
            self.broken = self.broken or self._buffer[self._from : end - 1].strip(b" \t\r\n,") != b""
            self._from = end - 1
        self.ended = self.ended or self.depth == 0

    def _keep_skeleton(self, end: int) -> None:
        """Moves what was read and is no entry to the skeleton."""
        if not self._in_entries:
            self.skeleton += self._buffer[self._from : end]
            self._from = end
