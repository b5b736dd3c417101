"""The envelopes of a file, ISA to IEA: what contradicts itself is refused, what is only missing is said."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.errors import ExtractRefused
from auditor.intake.x12.values import element

SEND_ANEW = "segments were lost or added, so ask the sender for the file again"


class Envelope:
    """Control numbers and counts of what is open; ``missing`` are the trailers that never came, ``others`` sets that are not read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.missing: dict[str, int] = {}
        self._interchange: str | None = None
        self._group: str | None = None
        self._set: str | None = None
        self._set_row = self._sets = self._groups = 0

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._set is not None

    def take(self, tag: str, number: int, elements: Sequence[str]) -> None:
        """Takes a segment of the envelope; ExtractRefused where it contradicts what came before."""
        match tag:
            case "ISA":
                self._close_interchange()
                self._interchange, self._groups = element(elements, 13), 0
            case "GS":
                self._close_group()
                self._group, self._sets = element(elements, 6), 0
                self._groups += 1
            case "ST":
                self._close_set()
                self._set, self._set_row = element(elements, 2), number
                self._sets += 1
            case "SE":
                self._end(number, elements, (self._set, number - self._set_row + 1, "ST"))
                self._set = None
            case "GE":
                self._close_set()
                self._end(number, elements, (self._group, self._sets, "GS"))
                self._group = None
            case "IEA":
                self._close_group()
                self._end(number, elements, (self._interchange, self._groups, "ISA"))
                self._interchange = None

    def end(self) -> None:
        """The file has ended."""
        self._close_interchange()

    def _end(self, number: int, elements: Sequence[str], expected: tuple[str | None, int, str]) -> None:
        """A trailer against its header: its count, and the header's control number."""
        control, count, header = expected
        tag = elements[0].strip()
        if control is None:
            raise ExtractRefused(f"{self.name}, segment {number}: {tag} closes nothing, no {header} is open; {SEND_ANEW}")
        told = element(elements, 1)
        if not told.isdecimal() or int(told[:9]) != count:
            raise ExtractRefused(f"{self.name}, segment {number}: {tag}01 should count {count}; {SEND_ANEW}")
        if element(elements, 2).lstrip("0") != control.lstrip("0"):
            raise ExtractRefused(f"{self.name}, segment {number}: {tag}02 differs from the control number of its {header}; {SEND_ANEW}")

    def _close_set(self) -> None:
        self._miss("SE", self._set)
        self._set = None

    def _close_group(self) -> None:
        self._close_set()
        self._miss("GE", self._group)
        self._group = None

    def _close_interchange(self) -> None:
        self._close_group()
        self._miss("IEA", self._interchange)
        self._interchange = None

    def _miss(self, trailer: str, opened: str | None) -> None:
        if opened is not None:
            self.missing[trailer] = self.missing.get(trailer, 0) + 1
