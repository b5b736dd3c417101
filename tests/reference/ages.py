"""Age at the start of a course, and the other numbers of a course that the policy asks for (semantics, section 6)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from tests.reference.rules import RuleBook
from tests.reference.times import FOREVER, Moment, on_day

Row = dict[str, Any]
OLDEST_YEARS = 120


def find_ages(course: Row, births: list[Row], lines: list[Row], book: RuleBook) -> Row:
    """Age in days and years, each a range or None, and the reason where it is not known."""
    start = _anchor(course, lines, book)
    known = [row for row in births if row["birth_date_day"]]
    if not known:
        return {"days": None, "years": None, "reason": "not documented"}
    birth = _one_birth(known)
    if birth is None:
        return {"days": None, "years": None, "reason": "conflicting"}
    days = (start["day"] - birth["last_day"]).days, (start["last_day"] - birth["day"]).days
    if book.readings["age_method"] == "clock_when_known" and birth["at"] and start["at"]:
        whole = math.floor((start["at"] - birth["at"]) / timedelta(days=1))
        days = whole, whole
    years = _years(birth["last_day"], start["day"]), _years(birth["day"], start["last_day"])
    if days[1] < 0 or years[0] > OLDEST_YEARS:
        return {"days": None, "years": None, "reason": "conflicting"}
    return {"days": (max(days[0], 0), days[1]), "years": (max(years[0], 0), max(years[1], 0)), "reason": None}


def _anchor(course: Row, lines: list[Row], book: RuleBook) -> Moment:
    admissions = [line["admission_date"] for line in lines if line["admission_date"]]
    if book.readings["age_anchor"] == "admission" and admissions:
        return on_day(min(admissions))
    return course["start"]


def _one_birth(rows: list[Row]) -> Moment | None:
    """What all rows together allow; None where they differ."""
    first = max(row["birth_date_day"] for row in rows)
    last = min(row["birth_date_last_day"] or row["birth_date_day"] for row in rows)
    clocks = {row["birth_date_at"] for row in rows if row["birth_date_at"]}
    if first > last or len(clocks) > 1:
        return None
    return {"at": min(clocks) if clocks else None, "local": None, "day": first, "last_day": last}


def _years(birth: date, day: date) -> int:
    """Completed years of the calendar; a birthday on 29 February is completed on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def span_days(course: Row) -> int | None:
    """Days from the first therapy day to the last; None without therapy days."""
    return (course["days"][-1] - course["days"][0]).days + 1 if course["days"] else None


def number_fact(kind: str, course: Row, book: RuleBook) -> tuple[float, float] | None:
    """Range of an age or a count of days; None where there is no evidence of it."""
    if kind == "age_days":
        return course["ages"]["days"]
    if kind == "age_years":
        return course["ages"]["years"]
    if not course["days"]:
        return None
    count = float(span_days(course) or 0) if kind == "span_days" else _exposure_days(course, book)
    return count, FOREVER if course["open_end"] else count


def _exposure_days(course: Row, book: RuleBook) -> float:
    method = book.readings["day_method"]
    if method == "span":
        return float(span_days(course) or 0)
    if method == "elapsed24" and course["hours"] is not None:
        return float(math.ceil(course["hours"] / 24))
    return float(len(course["days"]))
