"""Whether oxygen was still needed on a therapy day (semantics, section 7)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook
from tests.reference.times import Moment, days_from, end_of, is_midnight, on_day, start_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Row = dict[str, Any]
Need = dict[str, Any]


def read_oxygen(events: list[Row], book: RuleBook) -> list[Row]:
    """Readings as (kind, when): oxygen, room air or saturation, each on one certain day; one with an end on each day that it covers."""
    words = next(fact for fact in book.facts.values() if fact.get("kind") == "daily_oxygen")
    readings = []
    for event in events:
        when = start_of(event)
        if when["day"] != when["last_day"]:
            continue
        for kind in _kinds(event, words, book):
            readings += [{"kind": kind, "when": moment, "day": moment["day"]} for moment in [when, *_covered(when, end_of(event))]]
    return readings


def _covered(when: Moment, end: Moment | None) -> Iterable[Moment]:
    """The last moments of a reading with an end, on each day that it lasts into."""
    if end is None:
        return
    for day in days_from(when["day"], end["day"]):
        if day < end["day"]:
            yield {**on_day(day), "local": datetime.combine(day, time.max)}
        elif not is_midnight(end):
            yield {**on_day(day), "local": end["local"]}


def _kinds(event: Row, words: Row, book: RuleBook) -> Iterable[str]:
    status = event["status"] or "present"
    if is_concept(book, event, words["statement"]) and status in ("present", "absent"):
        yield "oxygen" if status == "present" else "room air"
    if status != "present":
        return
    for name, limit in ((words["fraction"], book.readings["room_air_fio2"]), (words["flow"], 0)):
        value = value_range(book, event, name) if is_concept(book, event, name) else None
        if value is not None:
            yield "oxygen" if value[0] > limit else "room air"
    saturation = value_range(book, event, words["saturation"]) if is_concept(book, event, words["saturation"]) else None
    if saturation is not None and saturation[0] <= book.readings["spo2_band_high"]:
        yield "saturation"


def oxygen_need(day: date, course: Row, readings: list[Row], book: RuleBook) -> Need:
    """Outcome and reason for a therapy day; ``straddles`` where the grace ended within it."""
    number = course["days"].index(day) + 1
    if number <= math.ceil(book.readings["continuation_from_h"] / 24):
        return _need("not applicable")
    if course["in_doubt"]:
        return _need("unknown", "conflicting")
    today = [each for each in readings if each["day"] == day]
    saturated = any(each["kind"] == "saturation" for each in today)
    if any(each["kind"] == "oxygen" for each in today):
        return _need("met") if saturated else _need("unknown", "not documented")
    if not any(each["kind"] == "room air" for each in today):
        return _need("unknown", "not documented")
    sure, possible, since = _room_air(day, course, readings)
    grace = book.readings["wean_grace_h"] * HOUR
    if sure >= grace:
        return _need("not met", straddles=since + grace > datetime.combine(day, time()))
    if possible >= grace:
        return _need("unknown", "imprecise")
    return _need("met") if saturated else _need("unknown", "not documented")


def _need(outcome: str, reason: str | None = None, *, straddles: bool = False) -> Need:
    return {"outcome": outcome, "reason": reason, "straddles": straddles}


def _room_air(day: date, course: Row, readings: list[Row]) -> tuple[timedelta, timedelta, datetime]:
    """How long by that day room air had lasted, surely and possibly; and since when surely."""
    start = _moments(course["start"])
    mine = [each for each in readings if day >= each["day"] >= course["start"]["day"] and _moments(each["when"])[1] >= start[0]]
    oxygen = [_moments(each["when"])[1] for each in mine if each["kind"] == "oxygen"]
    run = [_moments(each["when"]) for each in mine if each["kind"] == "room air"]
    run = [moments for moments in run if all(moments[0] > last for last in oxygen)]
    today = [moments for moments in run if moments[0].date() == day]
    if not today:
        return timedelta(), timedelta(), datetime.max
    first_sure_day = _first_day_without_gap(day, {each["day"] for each in mine if each["kind"] != "saturation"})
    begins = [last for first, last in run if first >= start[1] and first.date() >= first_sure_day]
    since = min(begins, default=datetime.max)
    sure = max(first for first, _ in today) - since if begins else timedelta()
    possible = max(last for _, last in today) - max(min(first for first, _ in run), start[0])
    return sure, possible, since


def _first_day_without_gap(day: date, charted: set[date]) -> date:
    """The first of the days up to that one that follow each other, each of them charted."""
    while day - DAY in charted:
        day -= DAY
    return day


def _moments(when: Moment) -> tuple[datetime, datetime]:
    """The first and last moment on the facility's clock that a moment may be."""
    if when["local"]:
        return when["local"], when["local"]
    return datetime.combine(when["day"], time()), datetime.combine(when["last_day"], time.max)


def all_days(needs: list[Need]) -> tuple[str, str | None]:
    """Outcome and reason of the daily paragraph over the days it is asked of; unknown where there is none."""
    asked = [need for need in needs if need["outcome"] != "not applicable"]
    for outcome in ("not met", "unknown", "met"):
        for need in asked:
            if need["outcome"] == outcome:
                return outcome, need["reason"]
    return "unknown", "not documented"
