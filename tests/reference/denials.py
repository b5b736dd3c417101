"""Whole days of which the chart says that no iNO was given, by plain loops (semantics, section 3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.reference.measures import is_concept, is_usable, value_range
from tests.reference.rules import RuleBook, exposure
from tests.reference.shown import find_segments
from tests.reference.times import days_from, end_of, is_midnight, start_of

Row = dict[str, Any]


def denied_days(events: list[Row], charted: list[Row], book: RuleBook) -> set[date]:
    """Days that an absence covers, or whose only doses are 0; not those on which a segment begins or ends, or something was given."""
    said: set[date] = set()
    for event in events:
        if event["status"] == "absent" and any(is_concept(book, event, concept) for concept in exposure(book, "segments")):
            said |= _whole_days(event)
        start = start_of(event)
        if is_usable(event) and start["day"] == start["last_day"]:
            doses = [value_range(book, event, concept) for concept in exposure(book, "doses") if is_concept(book, event, concept)]
            said |= {start["day"] for dose in doses if dose == (0, 0)}
    given = {day for each in charted if {"dose", "drug"} & set(each["kinds"]) for day in each["days"]}
    edges = {day for segment in find_segments(events, book) for edge in segment for day in days_from(edge["day"], edge["last_day"])}
    return said - given - edges


def _whole_days(event: Row) -> set[date]:
    """The days that a statement surely covers from midnight to midnight."""
    start, end = start_of(event), end_of(event)
    first = start["last_day"]
    if start["local"] is not None and not is_midnight(start):
        first += timedelta(days=1)
    if end is None:
        last = start["day"] if start["local"] is None else start["day"] - timedelta(days=1)
    else:
        last = end["day"] if end["local"] is None else end["day"] - timedelta(days=1)
    return set(days_from(first, last)) if first <= last else set()
