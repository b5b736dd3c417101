"""What measurements suggest: that oxygen failed before the start, and whether oxygenation improved after it (semantics, section 10)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import product
from typing import Any

from tests.reference.measures import is_concept, value_range
from tests.reference.rules import RuleBook

Row = dict[str, Any]
PRESSURE, FRACTION, AIRWAY, SATURATION = "pao2", "fio2", "mean_airway_pressure", "spo2"


def derive(name: str, course: Row, events: list[Row], book: RuleBook) -> list[Row]:
    """Statements that measurements amount to, as chart rows with a status; none where no clock time or no pair is known."""
    start = course["start"]["at"]
    if start is None:
        return []
    readings = {kind: _readings(kind, events, book) for kind in (PRESSURE, FRACTION, AIRWAY, SATURATION)}
    found = _oxygen_failed(start, readings, book) if name == "oxygen_failure" else _responded(start, readings, book)
    return [] if found is None else [{"status": "present" if found else "absent", "document_id": None, "day": None}]


def _readings(kind: str, events: list[Row], book: RuleBook) -> list[Row]:
    """What is read of one kind at each moment, in order of it; values that differ at one moment stand side by side."""
    moments: dict[Any, set[Fraction]] = {}
    for event in events:
        if event["start_at"] and event["status"] in (None, "present") and is_concept(book, event, kind):
            value = value_range(book, event, kind)
            if value is not None:
                moments.setdefault(event["start_at"], set()).add(_exact(value[0]))
    return [{"at": at, "values": sorted(values)} for at, values in sorted(moments.items())]


def _exact(number: float) -> Fraction:
    """A number as it is written, to four places, so that what is worked out from it is exact."""
    return Fraction(str(round(number, 4)))


def _paired(reading: Row, others: list[Row], book: RuleBook) -> list[Fraction | None]:
    """What may have been the latest of another kind at or before a reading, if it is near enough."""
    reach = timedelta(hours=book.readings["paired_reading_h"])
    near = [other for other in others if reading["at"] - reach <= other["at"] <= reading["at"]]
    return near[-1]["values"] if near else [None]


def _gases(readings: dict[str, list[Row]], book: RuleBook) -> list[Row]:
    """Every arterial pressure that may have been, with the fraction and the oxygenation index that may have gone with it."""
    found = []
    for each in readings[PRESSURE]:
        fractions, airways = _paired(each, readings[FRACTION], book), _paired(each, readings[AIRWAY], book)
        choices = [
            (pressure, fraction, None if fraction is None or airway is None else airway * fraction * 100 / pressure)
            for pressure, fraction, airway in product(each["values"], fractions, airways)
        ]
        found.append({"at": each["at"], "choices": choices})
    return found


def _oxygen_failed(start: Any, readings: dict[str, list[Row]], book: RuleBook) -> bool | None:
    """True where oxygen failed at some moment, whichever of its readings are the true ones; None else."""
    pressure_limit, fraction_limit, index_limit = (_exact(book.readings[f"failure_{name}"]) for name in ("pao2", "fio2", "oi"))

    def failed(pressure: Fraction, fraction: Fraction | None, index: Fraction | None) -> bool:
        low = fraction is not None and fraction >= fraction_limit and pressure < pressure_limit
        return low or (index is not None and index >= index_limit)

    moments = [each["choices"] for each in _gases(readings, book) if each["at"] <= start]
    return True if any(all(failed(*choice) for choice in choices) for choices in moments) else None


def _responded(start: Any, readings: dict[str, list[Row]], book: RuleBook) -> bool | None:
    """Whether any moment improved on its baseline, whichever of their readings are the true ones; None where none can be compared."""
    rise, fall, drop = (_exact(book.readings[f"response_{name}"]) for name in ("pao2_rise", "oi_fall", "fio2_drop"))

    def freer(base: Any, later: Any) -> bool:
        risen = later[0] >= base[0] * (1 + rise)
        return risen or (None not in (base[2], later[2]) and later[2] <= base[2] * (1 - fall))

    def weaned(base: Any, later: Any) -> bool:
        return None not in (base[1], later[1]) and later[0] <= base[0] - drop and later[1] >= base[1]

    saturations = [_paired(each, readings[SATURATION], book) for each in readings[FRACTION]]
    saturated = [
        {**each, "choices": list(product(each["values"], beside))} for each, beside in zip(readings[FRACTION], saturations, strict=True)
    ]
    answers = [
        all(better(*pair) for pair in product(base, later))
        for moments, better in ((_gases(readings, book), freer), (saturated, weaned))
        for base, later in _compared(start, moments, book)
    ]
    return any(answers) if answers else None


def _compared(start: Any, moments: list[Row], book: RuleBook) -> list[tuple[list[Any], list[Any]]]:
    """What may have been the baseline, with what may have been at each later moment within the improvement window."""
    first, last = start - timedelta(hours=book.readings["baseline_h"]), start + timedelta(hours=book.readings["improvement_window_h"])
    before = [each for each in moments if first <= each["at"] <= start]
    return [(before[-1]["choices"], each["choices"]) for each in moments if before and start < each["at"] <= last]
