"""The segments of a file in batches, interchange by interchange, within bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.errors import ExtractRefused
from auditor.intake.x12.delimiters import HEAD, LINE_ENDS, Delimiters, find_delimiters

LONGEST = 1 << 20


@dataclass(frozen=True)
class Batch:
    """Segments as text between ends of segments; ``whole`` unless the file ends inside the last of them."""

    delimiters: Delimiters
    segments: list[str]
    whole: bool = True


class SegmentReader:
    """Reads the blocks of one file; ``number`` is the number of the last segment that was taken, from 1."""

    def __init__(self, name: str, blocks: Iterator[str]) -> None:
        self.name = name
        self.number = 0
        self._blocks = blocks
        self._text = ""
        self._ended = False

    def batches(self) -> Iterator[Batch]:
        """Every batch of the file; ExtractRefused names the segment where it cannot be read on."""
        while self._skip_to_interchange():
            delimiters, end = find_delimiters(self.name, self.number + 1, self._text)
            isa, self._text = self._text[:end], self._text[end:]
            yield Batch(delimiters, [isa.strip(LINE_ENDS + " ").removesuffix(delimiters.segment)])
            yield from self._interchange(delimiters)

    def _skip_to_interchange(self) -> bool:
        self._text = self._text.lstrip()
        while len(self._text) < HEAD and self._more():
            self._text = self._text.lstrip()
        return bool(self._text)

    def _more(self) -> bool:
        block = next(self._blocks, "")
        self._ended = not block
        self._text += block
        return not self._ended

    def _interchange(self, delimiters: Delimiters) -> Iterator[Batch]:
        """Batches up to the next ISA or the end of the file."""
        while True:
            another = delimiters.next_interchange(self._text)
            end = another if another >= 0 else self._text.rfind(delimiters.segment) + 1
            body, self._text = self._text[:end], self._text[end:]
            if body:
                yield Batch(delimiters, _part(body, delimiters))
            if another >= 0:
                return
            if len(self._text) > LONGEST:
                where = f"{self.name}, segment {self.number + 1}"
                raise ExtractRefused(f"{where}: longer than {LONGEST:,} characters; an end of segment is lost, or this is no X12")
            if not self._more():
                break
        if left := self._text.strip():
            yield Batch(delimiters, _part(left, delimiters), whole=False)
        self._text = ""


def _part(body: str, delimiters: Delimiters) -> list[str]:
    if delimiters.wrapped:
        body = body.replace("\r", "").replace("\n", "")
    return body.split(delimiters.segment)
