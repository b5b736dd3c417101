"""What the record shows of each fact of a course, row by row (semantics, section 6).

A row is a dict: stance (present, absent, range, none), standing (inside, outside, imprecise, preliminary), strength, low, high.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from tests.reference.derived import derive
from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook, is_valid, line_codes, matches
from tests.reference.times import (
    FOREVER,
    IMPRECISE,
    INSIDE,
    OUTSIDE,
    hours_between,
    line_span,
    number_of,
    on_day,
    place,
    start_of,
    window_hours,
)

Row = dict[str, Any]
DIAGNOSES = PROCEDURES = 25


def claim_events(lines: list[Row]) -> list[Row]:
    """Diagnoses, procedures, service, revenue and drug codes of living lines; ``dated`` is a procedure's own date."""
    events = []
    for line in lines:
        if not line["living"]:
            continue
        first, last = line_span(line)
        common = {"status": None, "concept": None, "value": None, "document_id": None, "dated": False, "first": first, "final": last}
        for system, code in line_codes(line):
            events.append({**common, "code_system": system, "code": code, "day": first, "last_day": last})
        for n in range(1, DIAGNOSES + 1):
            if line.get(f"diagnosis_code_{n}"):
                system = line.get("diagnosis_code_type") or "icd10cm"
                events.append({**common, "code_system": system, "code": line[f"diagnosis_code_{n}"], "day": first, "last_day": last})
        for n in range(1, PROCEDURES + 1):
            if line.get(f"procedure_code_{n}"):
                system = line.get("procedure_code_type") or "icd10pcs"
                on = line.get(f"procedure_date_{n}")
                when = {"day": on or first, "last_day": on or last, "dated": on is not None}
                events.append({**common, "code_system": system, "code": line[f"procedure_code_{n}"], **when})
    return events


def gather(fact: str, course: Row, member: Row, book: RuleBook) -> list[Row]:
    """Evidence rows of one fact for one course."""
    rows = []
    for rule in book.facts[fact].get("evidence", []):
        if not _is_active(rule, book):
            continue
        if "derived" in rule:
            rows += [
                {**_row(rule, event, None, None, True), "standing": INSIDE, "source": "chart"}
                for event in derive(rule["derived"], course, member["events"], book)
            ]
            continue
        window = window_hours(book.windows[rule["window"]], book.readings)
        for event in member["events"]:
            for low, high, valid in _shows(rule, event, start_of(event)["day"], fact, book):
                standing = _chart_standing(rule, event, course, window, book)
                rows.append({**_row(rule, event, low, high, valid), "standing": standing, "source": "chart"})
        for event in member["claim_events"]:
            for low, high, valid in _shows(rule, event, event["day"], fact, book):
                standing = _claim_standing(rule, event, course, window, book)
                rows.append({**_row(rule, event, low, high, valid), "standing": standing, "source": "claim"})
    if "report" in book.facts[fact] and book.readings["echo_reports"] == "last":
        return _last_report(rows)
    return rows


def _is_active(rule: Row, book: RuleBook) -> bool:
    if "when_reading" in rule and not book.readings[rule["when_reading"]]:
        return False
    return "source_in" not in rule or rule["source_in"][1] in book.readings[rule["source_in"][0]]


def _shows(rule: Row, event: Row, day: date, fact: str, book: RuleBook) -> list[tuple[float | None, float | None, bool]]:
    """Low, high, and whether the code is valid that day, for each way the event matches the rule; none if it does not."""
    if event["status"] == "entered_in_error":
        return []
    is_range = book.facts[fact].get("kind") == "range"
    if "concept" in rule:
        if not is_concept(book, event, rule["concept"]):
            return []
        if not is_range:
            return [(None, None, True)]
        value = value_range(book, event, rule["concept"])
        return [] if value is None else [(*value, True)]
    found = matches(book, rule["value_set"], event["code_system"], event["code"], rule.get("tier"))
    if not found:
        return []
    valid = [entry for entry in found if is_valid(entry, day)]
    best = (valid or found)[0]
    return [(best.get("low"), best.get("high"), bool(valid))]


def _row(rule: Row, event: Row, low: float | None, high: float | None, valid: bool) -> Row:
    strength = rule.get("strength", "decides") if valid else "suggests"
    return {
        "stance": _stance(rule, event, low is not None),
        "preliminary": event["status"] == "preliminary",
        "strength": strength,
        "low": low,
        "high": high,
        "document_id": event["document_id"],
        "time": (start_of(event)["day"], start_of(event)["at"]) if "start_day" in event else (event["day"], None),
    }


def _stance(rule: Row, event: Row, is_range: bool) -> str:
    status = event["status"] or "present"
    if is_range:
        return "range" if status == "present" else "none"
    if status in rule.get("present_when", ["present"]):
        return "present"
    return "absent" if status in rule.get("absent_when", ["absent"]) else "none"


def _chart_standing(rule: Row, event: Row, course: Row, window: tuple[float, float], book: RuleBook) -> str:
    when = start_of(event)
    standing = place(hours_between(course["start"], when), window)
    if "absent_from" not in rule or _stance(rule, event, is_range=False) != "absent" or standing == OUTSIDE:
        return standing
    # too early to say, unless the therapy was over
    late = [place(hours_between(course["start"], when), (number_of(rule["absent_from"], book.readings), FOREVER))]
    if course["stop"]:
        late.append(place(hours_between(course["stop"], when), (0.0, FOREVER)))
    if INSIDE in late:
        return standing
    return IMPRECISE if IMPRECISE in late else OUTSIDE


def _claim_standing(rule: Row, event: Row, course: Row, window: tuple[float, float], book: RuleBook) -> str:
    """By date where a procedure has one, by the claim window where the rule has one, else by overlap with the course."""
    if event["dated"]:
        return place(hours_between(course["start"], on_day(event["day"])), window)
    if "claim_window" in rule:
        claim_window = window_hours(book.windows[rule["claim_window"]], book.readings)
        return place(hours_between(course["start"], on_day(event["first"])), claim_window)
    first = date.min if window[0] == -FOREVER else course["start"]["day"] + timedelta(days=math.floor(window[0] / 24))
    last = date.max if window[1] == FOREVER else course["end_day"]
    return INSIDE if event["first"] <= last and event["final"] >= first else OUTSIDE


def _last_report(rows: list[Row]) -> list[Row]:
    """Only rows of the last document inside the window count."""
    inside = [row for row in rows if row["standing"] == INSIDE and row["document_id"]]
    if not inside:
        return rows
    last = max(inside, key=lambda row: (row["time"][0], row["time"][1] is not None, row["time"], row["document_id"]))
    return [row for row in rows if row["document_id"] == last["document_id"]]


def settle(rows: list[Row], verdict_of: Any) -> tuple[str, str | None]:
    """Outcome and reason of a leaf; ``verdict_of`` says of a row: for, against, either way, or nothing (None)."""
    proving = [(row, verdict_of(row)) for row in rows if not row["preliminary"]]
    deciding = [(row["standing"], verdict) for row, verdict in proving if verdict and row["strength"] == "decides"]
    inside = {verdict for standing, verdict in deciding if standing == INSIDE}
    if {"for", "against"} <= inside:
        return "unknown", "conflicting"
    if "for" in inside:
        return "met", None
    if "against" in inside:
        return "not met", None
    if "either" in inside or any(standing == IMPRECISE for standing, _ in deciding):
        return "unknown", "imprecise"
    if any(row["preliminary"] and row["standing"] == INSIDE for row in rows):
        return "unknown", "preliminary"
    if any(verdict and row["standing"] == INSIDE for row, verdict in proving):
        return "unknown", "suggestive"
    if any(standing == OUTSIDE for standing, _ in deciding):
        return "unknown", "outside the window"
    return "unknown", "not documented"


def has_possible_fact(member: Row, book: RuleBook) -> bool:
    """Whether any usable, deciding row, of any time, shows one of the facts that make iNO possible."""
    for fact in book.policy["exposure"]["possible_facts"]:
        for rule in book.facts[fact]["evidence"]:
            if "derived" in rule or not _is_active(rule, book):
                continue
            for event in [*member["events"], *member["claim_events"]]:
                day = event.get("start_day") or event["day"]
                for low, high, valid in _shows(rule, event, day, fact, book):
                    row = _row(rule, event, low, high, valid)
                    if row["stance"] == "present" and row["strength"] == "decides" and not row["preliminary"]:
                        return True
    return False
