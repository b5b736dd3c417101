"""What shows that iNO was given, on which days, and how surely; and the stays it happened in (semantics, section 3).

Evidence is a dict: kinds, level, days, start (a moment), charted, open (a segment without an end), closed (a segment with one),
hours (both instants of a segment), clocks (the facility's clock then, of a segment that lasts), end (of a segment that has one),
at (the facility), possible (days that a segment known to no day may have covered), line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.measures import is_concept, is_usable, value_range
from tests.reference.rules import RuleBook, exposure, in_set, line_in, says
from tests.reference.times import days_from, end_of, is_midnight, line_days, line_span, on_day, start_of

Row = dict[str, Any]


def charted_evidence(events: list[Row], book: RuleBook) -> list[Row]:
    """Segments, doses and drugs of the chart."""
    found = []
    for event in events:
        if not is_usable(event):
            continue
        start = start_of(event)
        if any(is_concept(book, event, concept) for concept in exposure(book, "segments")):
            found.append(_span(event, "segment"))
        if any(is_concept(book, event, concept) and _is_dose(book, event, concept) for concept in exposure(book, "doses")):
            found.append({**_evidence("dose", [start["day"]], start), "at": event["facility"]})
        if event["concept"] != "ino_order" and in_set(book, exposure(book, "drugs"), event["code_system"], event["code"], start["day"]):
            found.append(_span(event, "drug"))
    return found


def find_segments(events: list[Row], book: RuleBook) -> list[list[Row]]:
    """Start, and end if there is one, of every segment."""
    found = [
        event for event in events if is_usable(event) and any(is_concept(book, event, concept) for concept in exposure(book, "segments"))
    ]
    return [[moment for moment in (start_of(event), end_of(event)) if moment] for event in found]


def _is_dose(book: RuleBook, event: Row, concept: str) -> bool:
    value = value_range(book, event, concept)
    return value is not None and value[0] > 0


def _evidence(kind: str, days: list[date], start: Row) -> Row:
    return {
        "kinds": [kind],
        "level": "confirmed",
        "days": days,
        "start": start,
        "charted": True,
        "line": None,
        "open": False,
        "closed": False,
        "hours": None,
        "clocks": None,
        "end": None,
        "at": None,
        "possible": [],
    }


def _span(event: Row, kind: str) -> Row:
    """Evidence from start to end: the days that are certain, else the first possible start day."""
    start, end = start_of(event), end_of(event)
    vague = kind == "segment" and any(each["day"] < each["last_day"] for each in (start, end or start))
    possible = days_from(start["day"], (end or start)["last_day"]) if vague else []
    at = event["facility"]
    if end is None:
        return {**_evidence(kind, [start["day"]], start), "open": kind == "segment", "possible": possible, "at": at}
    last = end["day"]
    if is_midnight(end) and last > start["last_day"]:
        last -= timedelta(days=1)
    days = days_from(start["last_day"], last)
    latest = start if days else {**start, "last_day": min(start["last_day"], end["last_day"])}
    row = {**_evidence(kind, days or [start["day"]], latest), "at": at}
    if kind == "segment":
        row["closed"], row["possible"], row["end"] = True, possible, end
        row["hours"] = (start["at"], end["at"]) if start["at"] and end["at"] else None
        row["clocks"] = (start["local"], end["local"]) if start["local"] and end["local"] and start["local"] < end["local"] else None
    return row


def line_kinds(line: Row, book: RuleBook) -> list[str]:
    """How a line's own code and words show iNO; a hint still needs its stay."""
    if line_in(book, exposure(book, "lookalike_services"), line) or says(book, exposure(book, "lookalike_text"), line["line_description"]):
        return []
    kinds = []
    if line_in(book, exposure(book, "drugs"), line):
        kinds.append("drug")
    is_test = line_in(book, exposure(book, "test_services"), line)
    if is_test:
        return kinds
    if says(book, exposure(book, "drug_text"), line["line_description"]):
        kinds.append("text")
    if line_in(book, exposure(book, "hint_services"), line) and says(book, exposure(book, "hint_text"), line["line_description"]):
        kinds.append("hint")
    return kinds


def find_markers(events: list[Row], claim_events: list[Row], book: RuleBook) -> list[Row]:
    """Markers of chart and claims: start (a moment, or a range of days) and last day."""
    name = exposure(book, "marker")
    found = []
    for event in events:
        start, end = start_of(event), end_of(event)
        if is_usable(event) and in_set(book, name, event["code_system"], event["code"], start["day"]):
            last = start["last_day"] if end is None else end["last_day"]
            found.append({"start": start if start["day"] == last else on_day(start["day"], last), "last": last})
    for event in claim_events:
        if in_set(book, name, event["code_system"], event["code"], event["day"]):
            found.append({"start": on_day(event["day"], event["last_day"]), "last": event["last_day"]})
    return sorted(found, key=lambda marker: (*earliest(marker["start"]), marker["last"]))


def merge_stays(ranges: list[tuple[date, date]], book: RuleBook) -> list[Row]:
    """Ranges of days joined where the next begins soon after the last day so far."""
    stays: list[Row] = []
    for first, last in sorted(ranges):
        if stays and first <= stays[-1]["last"] + timedelta(days=book.readings["stitch_days"]):
            stays[-1]["last"] = max(stays[-1]["last"], last)
        else:
            stays.append({"first": first, "last": last})
    return stays


def stay_ranges(living: list[Row], charted: list[Row], markers: list[Row]) -> list[tuple[date, date]]:
    """What a member's stays are made of; ``living`` are the member's living lines, in scope or not."""
    lines = [line for line in living if line["in_scope"]]
    ranges = [line_span(line) for line in lines]
    admissions = [(line["admission_date"], line["discharge_date"] or line["admission_date"]) for line in living if line["admission_date"]]
    ranges += [(first, last) for first, last in admissions if first <= last]
    for claim in {line["claim_id"] for line in lines}:
        spans = [line_span(line) for line in lines if line["claim_id"] == claim and line["claim_type"] in ("institutional", None)]
        if spans:
            ranges.append((min(first for first, _ in spans), max(last for _, last in spans)))
    ranges += [(each["days"][0], each["days"][-1]) for each in charted]
    return ranges + [(marker["start"]["day"], marker["last"]) for marker in markers]


def touches(stay: Row, first: date, last: date) -> bool:
    """Whether a range of days lies in a stay, in part at least."""
    return bool(first <= stay["last"] and last >= stay["first"])


def line_evidence(line: Row, kinds: list[str]) -> Row:
    """A living line as evidence of its days."""
    level = "probable" if kinds == ["hint"] else "confirmed"
    days = line_days(line)
    return {
        **_evidence("", days, on_day(days[0])),
        "kinds": kinds,
        "level": level,
        "charted": False,
        "line": line,
        "at": line["facility_npi"],
    }


def earliest(moment: Row) -> tuple[date, bool, datetime, date]:
    """A sort key: by first possible day, a clock time before none."""
    return moment["day"], moment["at"] is None, moment["at"] or datetime.min, moment["last_day"]


def find_islands(days: list[date], gap: int) -> list[list[date]]:
    """Runs of days with fewer than ``gap`` free days between neighbours."""
    islands: list[list[date]] = []
    for day in sorted(days):
        if islands and (day - islands[-1][-1]).days - 1 < gap:
            islands[-1].append(day)
        else:
            islands.append([day])
    return islands


def contradicted_days(island: list[date], by_day: dict[date, list[Row]]) -> list[tuple[date, date]]:
    """Days of an island shown by claims alone, which the chart before and after them leaves out; each with its charted neighbour."""
    possible = {day for shown in by_day.values() for each in shown for day in each["possible"]}
    charted = [day for day in island if any(each["charted"] for each in by_day[day])]
    found = []
    for day in island:
        ours = [other for other in charted if _speaks_of(by_day[other], by_day[day])]
        before = max((other for other in ours if other < day), default=None)
        after = min((other for other in ours if other > day), default=None)
        neighbour = before or after
        if day in charted or day in possible or neighbour is None:
            continue
        if (before is None or _closes(by_day[before])) and (after is None or _segments(by_day[after])):
            found.append((day, neighbour))
    return found


def _speaks_of(charted: list[Row], billed: list[Row]) -> bool:
    """Whether a charted day is of the hospitals that billed another; one that has no national number may be any."""
    places = {each["at"] for each in charted if each["charted"]}
    elsewhere = {each["at"] for each in billed if _is_npi(each["at"])} - places
    return not elsewhere or not all(_is_npi(place) for place in places)


def _is_npi(place: str | None) -> bool:
    return place is not None and len(place) == 10 and place.isdecimal()


def _segments(shown: list[Row]) -> list[Row]:
    return [each for each in shown if each["charted"] and "segment" in each["kinds"]]


def _closes(shown: list[Row]) -> bool:
    """Segments cover a charted day, and all of them have an end."""
    segments = _segments(shown)
    return bool(segments) and all(each["closed"] for each in segments)
