"""Puts X12 segments together: elements, transactions with their trailers, one interchange a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ELEMENT, COMPONENT, SEGMENT = "*", ":", "~\n"
CREATED, CLOCK = "20261122", "0600"
SENDER, RECEIVER = "SAMPLEPAYER", "SAMPLEAUDIT"

Segment = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of transaction: its number, its functional group, its implementation guide."""

    number: str
    group: str
    guide: str


PROFESSIONAL = Kind("837", "HC", "005010X222A1")
INSTITUTIONAL = Kind("837", "HC", "005010X223A2")
PAYMENT = Kind("835", "HP", "005010X221A1")


def interchange(kind: Kind, transactions: Iterable[Iterable[Segment]]) -> str:
    """One interchange of one group, each transaction with its header and trailer."""
    parties = ("ZZ", f"{SENDER:15}", "ZZ", f"{RECEIVER:15}")
    isa = ("ISA", "00", " " * 10, "00", " " * 10, *parties, CREATED[2:], CLOCK, "^", "00501", "000000001", "0", "P", COMPONENT)
    sets = [list(_transaction(kind, number, body)) for number, body in enumerate(transactions, start=1)]
    segments = [
        isa,
        ("GS", kind.group, SENDER, RECEIVER, CREATED, CLOCK, "1", "X", kind.guide),
        *(segment for one in sets for segment in one),
        ("GE", str(len(sets)), "1"),
        ("IEA", "1", "000000001"),
    ]
    return "".join(_written(segment) for segment in segments)


def _transaction(kind: Kind, number: int, body: Iterable[Segment]) -> Iterator[Segment]:
    control = f"{number:04d}"
    segments = [("ST", kind.number, control, *([kind.guide] if kind.number == "837" else [])), *body]
    yield from segments
    yield ("SE", str(len(segments) + 1), control)


def _written(segment: Segment) -> str:
    """The segment as text; empty elements at its end are left away."""
    text = ELEMENT.join(segment)
    return (text if segment[0] == "ISA" else text.rstrip(ELEMENT)) + SEGMENT


def composite(*parts: str) -> str:
    """Components of one element; empty ones at its end are left away."""
    return COMPONENT.join(parts).rstrip(COMPONENT)


def plain_date(day: str) -> str:
    """A date as X12 writes it; what is no date stays as it is."""
    return day.replace("-", "")
