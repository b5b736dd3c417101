"""What parts elements, components and segments: taken from where the ISA's pieces lie, and checked against how the file uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.errors import ExtractRefused

HEAD = 600
ISA_ELEMENTS = 16
LINE_ENDS = "\r\n"
AFTER_ISA = r"(?:GS|TA1|ISB|IEA|ST)"
# the qualifier that opens a composite, and the sign after it
COMPOSITE = re.compile(r"([A-Za-z0-9]{2,3})([^A-Za-z0-9\s.,\-])")


@dataclass(frozen=True)
class Delimiters:
    """The signs of one interchange; ``component`` is empty where ISA16 is. ``wrapped`` where lines are broken anywhere."""

    element: str
    component: str
    segment: str
    wrapped: bool

    def next_interchange(self, text: str) -> int:
        """Where the next interchange of the text begins, after an end of segment or of line; -1 where none does."""
        place = text.find("ISA")
        while place >= 0:
            sign = text[place + 3 : place + 4]
            before = text[:place].rstrip(" " + LINE_ENDS) if place < HEAD else text[place - HEAD : place].rstrip(" " + LINE_ENDS)
            opens = before.endswith(self.segment) or not before or text[place - 1] in LINE_ENDS
            if opens and sign and not (sign.isalnum() or sign in " " + LINE_ENDS):
                return place
            place = text.find("ISA", place + 1)
        return -1


def find_delimiters(name: str, number: int, text: str) -> tuple[Delimiters, int]:
    """The signs of the interchange that opens the text, and where its ISA ends; ExtractRefused where there is no telling."""
    head = text[:HEAD]
    element = head[3:4]
    if not head.startswith("ISA") or not element or element.isalnum() or element in " " + LINE_ENDS:
        raise ExtractRefused(f"{name}, segment {number}: an X12 interchange must open with ISA and a separator; send the file anew")
    place = 3
    for _ in range(ISA_ELEMENTS - 1):
        place = head.find(element, place + 1)
        if place < 0:
            raise ExtractRefused(f"{name}, segment {number}: ISA has fewer than {ISA_ELEMENTS} elements; send the file anew")
    after = re.compile(AFTER_ISA + re.escape(element)).search(head, place + 1)
    if after is None:
        raise ExtractRefused(f"{name}, segment {number}: expected GS after ISA; the file is cut off or is no X12")
    component, segment = _signs(head, place + 1, after.start())
    if not segment or segment.isalnum() or segment in (element, " "):
        raise ExtractRefused(f"{name}, segment {number}: cannot tell what ends a segment after ISA; send the file anew")
    wrapped = segment not in LINE_ENDS and any(sign in head[:place] for sign in LINE_ENDS)
    usable = component if component not in (element, segment) and not component.isalnum() else ""
    return Delimiters(element, usable, segment, wrapped), after.start()


def _signs(head: str, start: int, end: int) -> tuple[str, str]:
    """ISA16 and the sign that ends segments: what stands between the last separator of ISA and the next segment."""
    between = head[start:end]
    bare = between.strip(LINE_ENDS)
    line_end = next((sign for sign in "\n\r" if sign in between), "")
    if len(bare) > 1:
        return bare[0], bare[1] if bare[1] != " " else bare[-1]
    if bare and line_end and not head[end:].partition(line_end)[0].rstrip(LINE_ENDS).endswith(bare):
        return bare, line_end
    return ("", bare) if bare else ("", line_end)


def split_composite(value: str, component: str) -> list[str]:
    """The components of an element; where ISA16 does not part them, the sign after the qualifier does."""
    if component and component in value:
        return value.split(component)
    found = COMPOSITE.match(value)
    return value.split(found[2]) if found else [value]
