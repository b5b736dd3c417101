"""What was charted of saturation, oxygen fraction and dose in each hour of a course (semantics, section 7)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook, exposure
from tests.reference.times import source_place, start_of

Row = dict[str, Any]


def course_measurements(course: Row, events: list[Row], book: RuleBook) -> list[Row]:
    """One row a quantity, day, hour and file: the lowest and highest reading, and the row of each."""
    days = [row["day"] for row in course["judged"]]
    if course["basis"] == "billed_only" or not days:
        return []
    first = course["start"]["day"] - timedelta(days=math.ceil(book.readings["baseline_h"] / 24))
    groups = defaultdict(list)
    for event in events:
        when = start_of(event)
        if when["day"] == when["last_day"] and first <= when["day"] <= max(days):
            file, row = source_place(event)
            hour = when["local"].hour if when["local"] else None
            for quantity, number in _read(event, book):
                groups[quantity, when["day"], hour, file].append((number, row))
    return [_row(course, place, found) for place, found in groups.items()]


def _read(event: Row, book: RuleBook) -> Iterator[tuple[str, float]]:
    if event["status"] not in (None, "present"):
        return
    words = next(fact for fact in book.facts.values() if fact.get("kind") == "daily_oxygen")
    named = [("saturation", words["saturation"]), ("fraction", words["fraction"]), *(("dose", name) for name in exposure(book, "doses"))]
    for quantity, concept in named:
        value = value_range(book, event, concept) if is_concept(book, event, concept) else None
        if value and (quantity != "saturation" or value[0] <= book.readings["spo2_band_high"]):
            yield quantity, round(value[0], 4)


def _row(course: Row, place: tuple[Any, ...], found: list[tuple[float, int]]) -> Row:
    (low, low_row), (high, high_row) = min(found), max(found)
    named = dict(zip(("quantity", "day", "hour", "source_file"), place, strict=True))
    ends = {"low": low, "low_row": low_row, "high": high, "high_row": high_row}
    return {"episode": course["key"], **named, "readings": len(found), **ends}
