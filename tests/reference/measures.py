"""What a charted value says, in the unit of its concept; and which concept a chart row is about."""

from __future__ import annotations

import re
from typing import Any

from tests.reference.rules import RuleBook, matches

Row = dict[str, Any]
PROVES_NOTHING = ("entered_in_error", "preliminary")
UNUSABLE = (*PROVES_NOTHING, "absent", "contraindicated")
WEEKS_AND_DAYS = re.compile(r"(\d{1,2})\s*(?:w|wk|wks|weeks?|\+|\s)\s*(?:\+\s*)?([0-6])\s*(?:/\s*7|d|days?)?")


def is_usable(event: Row) -> bool:
    """Whether a chart event can show exposure."""
    return event["status"] not in UNUSABLE


def is_concept(book: RuleBook, event: Row, concept: str) -> bool:
    """Whether a chart row is about a concept, by name or by one of its codes."""
    if event["concept"] == concept:
        return True
    codes = book.concepts[concept].get("codes")
    return codes is not None and bool(matches(book, codes, event["code_system"], event["code"]))


def value_range(book: RuleBook, event: Row, concept: str) -> tuple[float, float] | None:
    """Lowest and highest value a measurement allows; None where it is no plausible number."""
    measure = book.concepts[concept]["measure"]
    if measure.get("reading") == "gestation":
        found = _gestation(event["value"], event["unit"])
    else:
        number = _number(event["value"])
        found = None if number is None else (_scaled(number, event["unit"], measure),) * 2
    if found is None or found[0] < measure["low"] or found[1] > measure["high"]:
        return None
    return found


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _scaled(number: float, unit: str | None, measure: Row) -> float:
    for scale in measure.get("scales", []):
        if "unit" in scale:
            if (unit or "").lower() in scale["unit"]:
                return number * float(scale["factor"])
        elif scale["above"] < number <= scale["to"]:
            return number * float(scale["factor"])
    return number


def _gestation(text: str | None, unit: str | None) -> tuple[float, float] | None:
    """Days: exact from weeks and days or from unit d; whole or decimal weeks n are 7n to 7n+6; None in any other unit."""
    written, unit = (text or "").strip().lower(), (unit or "").strip().lower()
    if unit not in ("", "w", "wk", "wks", "week", "weeks", "d", "day", "days"):
        return None
    exact = WEEKS_AND_DAYS.fullmatch(written)
    if exact:
        days = 7.0 * int(exact[1]) + int(exact[2])
        return days, days
    number = _number(re.sub(r"\s*(w|wk|wks|weeks?)$", "", written))
    if number is None:
        return None
    if unit in ("d", "day", "days"):
        return number, number
    return 7.0 * int(number), 7.0 * int(number) + 6
