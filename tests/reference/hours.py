"""Hours on iNO that the chart shows of a day, and hours billed, by plain loops (semantics, sections 3 and 11)."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.reference.refusals import Hit
from tests.reference.rules import RuleBook
from tests.reference.times import days_from

Row = dict[str, Any]
HOUR = timedelta(hours=1)


def charted_hours(charted: list[Row]) -> dict[date, tuple[float, int]]:
    """Hours and stretches of each day whose evidence is all known by the clock. ``charted`` is evidence of the chart."""
    spans = [each["clocks"] for each in charted if each["clocks"]]
    found = {}
    for day in {day for first, last in spans for day in days_from(first.date(), last.date())}:
        midnight = datetime.combine(day, time())
        pieces = sorted((max(first, midnight), min(last, midnight + 24 * HOUR)) for first, last in spans)
        pieces = [(first, last) for first, last in pieces if first < last]
        if pieces and not any(_may_be_more(each, day, pieces) for each in charted):
            found[day] = _union(pieces)
    return found


def _may_be_more(each: Row, day: date, pieces: list[tuple[datetime, datetime]]) -> bool:
    """Whether evidence without clocks may have been given that day beyond the pieces."""
    if each["clocks"]:
        return False
    start = each["start"]
    if "segment" in each["kinds"]:
        return bool(start["day"] <= day <= (each["end"]["last_day"] if each["end"] else date.max))
    return bool(start["day"] == day and start["local"] and not any(first <= start["local"] <= last for first, last in pieces))


def _union(pieces: list[tuple[datetime, datetime]]) -> tuple[float, int]:
    total, stretches, reached = timedelta(), 0, datetime.min
    for first, last in pieces:
        stretches += first > reached
        total += max(last - max(first, reached), timedelta())
        reached = max(reached, last)
    return total / HOUR, stretches


def unit_hours(line: Row, book: RuleBook) -> float | None:
    """The hours of one unit, by its unit of measure, else by its words."""
    units = book.coding["services"]["time_units"]
    for name, said in (("unit", line["unit_of_measure"]), ("words", line["line_description"])):
        for unit in units:
            if name in unit and said and re.search(unit[name], said, re.IGNORECASE):
                return float(unit["hours"])
    return None


def billed_hours(line: Row, book: RuleBook) -> float | None:
    """The hours a day that a line's units stand for."""
    unit = unit_hours(line["line"], book)
    return None if unit is None else unit * float(line["units"])


def _by_the_hour(lines: list[Row], book: RuleBook) -> list[tuple[Row, float]]:
    """Paid lines of iNO that are billed by time, with their hours a day."""
    sure = [one for one in lines if one["counted"] and one["line"]["attribution"] in ("confirmed", "probable")]
    return [(one, hours) for one in sure if (hours := billed_hours(one, book)) is not None]


def hours_beyond_the_day(lines: list[Row], book: RuleBook) -> list[Hit]:
    """Lines that bring a biller's hours of a day above what a day has."""
    most, so_far, hits = book.coding["services"]["limits"]["hours_a_day"]["value"], defaultdict(float), []
    for line, hours in _by_the_hour(lines, book):
        for day in line["days"]:
            key = (line["kind"], line["provider"], day)
            so_far[key] += hours
            if round(so_far[key], 3) > most:
                hits.append(("K-25", line["place"], day, None, False))
    return hits


def hours_beyond_the_chart(lines: list[Row], member: Row, book: RuleBook) -> list[Hit]:
    """Lines that bring a biller's hours over the same days above what the chart shows, a begun unit allowed for each stretch."""
    known: dict[date, tuple[float, int]] = {**member["charted_hours"], **dict.fromkeys(member["gainsaid_days"], (0.0, 0))}
    so_far: dict[Any, float] = defaultdict(float)
    hits: list[Hit] = []
    for line, hours in _by_the_hour(lines, book):
        days = line["days"]
        key = (line["kind"], line["provider"], days[0], days[-1])
        so_far[key] += hours * len(days)
        shown = [known[day] for day in days if day in known]
        unit = unit_hours(line["line"], book)
        given = sum(each for each, _ in shown)
        room = round(given + sum(stretches for _, stretches in shown) * (unit or 0.0), 3)
        if len(shown) == len(days) and given > 0 and round(so_far[key], 3) > room:
            hits += [("C-13", line["place"], day, None, False) for day in days]
    return hits
