"""Whether oxygen was still needed on a therapy day (semantics, section 7)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook
from tests.reference.times import Moment, midnight_at, start_of

Row = dict[str, Any]
Need = dict[str, Any]


def read_oxygen(events: list[Row], book: RuleBook) -> list[Row]:
    """Readings as (kind, when): oxygen, room air or saturation, each on one certain day."""
    words = next(fact for fact in book.facts.values() if fact.get("kind") == "daily_oxygen")
    readings = []
    for event in events:
        when = start_of(event)
        if when["day"] != when["last_day"]:
            continue
        for kind in _kinds(event, words, book):
            readings.append({"kind": kind, "when": when, "day": when["day"]})
    return readings


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
    run = _room_air_run(day, readings)
    grace = book.readings["wean_grace_h"]
    spans = [_hours_in_room_air(run, each["when"]) for each in run if each["day"] == day]
    if max(low for low, _ in spans) >= grace:
        return _need("not met", straddles=_ended_within(day, run[0]["when"], grace, course))
    if any(high > grace or (low == high == grace) for low, high in spans):
        return _need("unknown", "imprecise")
    return _need("met") if saturated else _need("unknown", "not documented")


def _need(outcome: str, reason: str | None = None, *, straddles: bool = False) -> Need:
    return {"outcome": outcome, "reason": reason, "straddles": straddles}


def _room_air_run(day: date, readings: list[Row]) -> list[Row]:
    """The member's room-air readings up to that day, from the first after the last oxygen reading."""
    earlier = [each for each in readings if each["day"] <= day]
    oxygen = [each["when"] for each in earlier if each["kind"] == "oxygen"]
    room = [each for each in earlier if each["kind"] == "room air"]
    run = [each for each in room if all(_surely_after(each["when"], when) for when in oxygen)]
    return sorted(run, key=lambda each: (each["day"], each["when"]["at"] is not None, each["when"]["at"] or each["day"]))


def _hours_in_room_air(run: list[Row], when: Moment) -> tuple[float, float]:
    """Hours from the run's beginning: surely since any of its readings, possibly since the earliest of them."""
    since = [_hours_since(each["when"], when) for each in run]
    return max(low for low, _ in since), max(high for _, high in since)


def _surely_after(when: Moment, other: Moment) -> bool:
    if when["at"] and other["at"]:
        return bool(when["at"] > other["at"])
    return bool(when["day"] > other["day"])


def _hours_since(earlier: Moment, later: Moment) -> tuple[float, float]:
    """Hours that may have passed; a reading without a clock time was at any time of its day."""
    if earlier["at"] and later["at"]:
        hours = (later["at"] - earlier["at"]) / timedelta(hours=1)
        return hours, hours
    days = (later["day"] - earlier["day"]).days
    return max(24.0 * (days - 1), 0.0), 24.0 * (days + 1)


def _ended_within(day: date, began: Moment, grace: float, course: Row) -> bool:
    """Whether the grace surely ended inside the day; at midnight it ended before the day."""
    if began["at"] is None:
        return False
    known = course["start"] if course["start"]["at"] else began
    ended: datetime = began["at"] + timedelta(hours=grace)
    first, last = (midnight_at(each, known, course["events"]) for each in (day, day + timedelta(days=1)))
    return first < ended < last


def all_days(needs: list[Need]) -> tuple[str, str | None]:
    """Outcome and reason of the daily paragraph over the days it is asked of; unknown where there is none."""
    asked = [need for need in needs if need["outcome"] != "not applicable"]
    for outcome in ("not met", "unknown", "met"):
        for need in asked:
            if need["outcome"] == outcome:
                return outcome, need["reason"]
    return "unknown", "not documented"
