"""What measurements suggest: that oxygen failed before the start, and whether oxygenation improved after it (semantics, section 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook

Row = dict[str, Any]
PRESSURE, FRACTION, AIRWAY, SATURATION = "pao2", "fio2", "mean_airway_pressure", "spo2"
CLOSE = 1e-9


def derive(name: str, course: Row, events: list[Row], book: RuleBook) -> list[Row]:
    """Statements that measurements amount to, as chart rows with a status; none where no clock time or no pair is known."""
    start = course["start"]["at"]
    if start is None:
        return []
    readings = {kind: _readings(kind, events, book) for kind in (PRESSURE, FRACTION, AIRWAY, SATURATION)}
    found = _oxygen_failed(start, readings, book) if name == "oxygen_failure" else _responded(start, readings, book)
    return [] if found is None else [{"status": "present" if found else "absent", "document_id": None, "day": None}]


def _readings(kind: str, events: list[Row], book: RuleBook) -> list[Row]:
    """Readings of one kind with a clock time, in order of it."""
    found = []
    for event in events:
        if event["start_at"] and event["status"] in (None, "present") and is_concept(book, event, kind):
            value = value_range(book, event, kind)
            if value is not None:
                found.append({"at": event["start_at"], "value": value[0]})
    return sorted(found, key=lambda each: (each["at"], each["value"]))


def _paired(reading: Row, others: list[Row], book: RuleBook) -> float | None:
    """The latest of another kind at or before a reading, if it is near enough."""
    reach = timedelta(hours=book.readings["paired_reading_h"])
    near = [other for other in others if reading["at"] - reach <= other["at"] <= reading["at"]]
    return float(near[-1]["value"]) if near else None


def _indices(readings: dict[str, list[Row]], book: RuleBook) -> list[Row]:
    """Oxygenation index at each arterial pressure that has a fraction and an airway pressure."""
    found = []
    for each in readings[PRESSURE]:
        fraction, airway = _paired(each, readings[FRACTION], book), _paired(each, readings[AIRWAY], book)
        if fraction is not None and airway is not None:
            found.append({"at": each["at"], "value": airway * fraction * 100 / each["value"]})
    return found


def _oxygen_failed(start: Any, readings: dict[str, list[Row]], book: RuleBook) -> bool | None:
    for each in readings[PRESSURE]:
        fraction = _paired(each, readings[FRACTION], book)
        high = fraction is not None and fraction >= book.readings["failure_fio2"]
        if each["at"] <= start and high and each["value"] < book.readings["failure_pao2"]:
            return True
    failed = any(each["at"] <= start and each["value"] >= book.readings["failure_oi"] for each in _indices(readings, book))
    return True if failed else None


def _responded(start: Any, readings: dict[str, list[Row]], book: RuleBook) -> bool | None:
    """Whether any reading improved on its baseline; None where none can be compared."""
    rise, fall, drop = (book.readings[f"response_{name}"] for name in ("pao2_rise", "oi_fall", "fio2_drop"))
    saturated = [{**each, "saturation": _paired(each, readings[SATURATION], book)} for each in readings[FRACTION]]
    answers = [later["value"] >= base["value"] * (1 + rise) - CLOSE for base, later in _compared(start, readings[PRESSURE], book)]
    answers += [later["value"] <= base["value"] * (1 - fall) + CLOSE for base, later in _compared(start, _indices(readings, book), book)]
    for base, later in _compared(start, saturated, book):
        known = base["saturation"] is not None and later["saturation"] is not None
        answers.append(known and later["value"] <= base["value"] - drop + CLOSE and later["saturation"] >= base["saturation"])
    return any(answers) if answers else None


def _compared(start: Any, readings: list[Row], book: RuleBook) -> list[tuple[Row, Row]]:
    """The baseline with each later reading of the same kind within the improvement window."""
    first, last = start - timedelta(hours=book.readings["baseline_h"]), start + timedelta(hours=book.readings["improvement_window_h"])
    before = [each for each in readings if first <= each["at"] <= start]
    return [(before[-1], each) for each in readings if before and start < each["at"] <= last]
