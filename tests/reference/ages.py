"""Age at the start of a course, and the other numbers of a course that the policy asks for (semantics, section 6)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from tests.reference.rules import RuleBook
from tests.reference.times import FOREVER, Moment, on_day

Row = dict[str, Any]
Range = tuple[int, int]
OLDEST_YEARS = 120


def find_ages(course: Row, births: list[Row], lines: list[Row], book: RuleBook) -> Row:
    """Ranges of age in days and in years, one for each birth row; ``reason`` where there is none, or where one cannot be.

    ``doubtful`` where no birth date is known, or one cannot be, or two differ.
    """
    start = _anchor(course, lines, book)
    given = [row for row in births if row["birth_date_day"]]
    known = [row for row in given if not any(_within(closer, row) for closer in given)]
    ages = [_age(_birth(row), start, book) for row in known]
    if not ages:
        return {"days": [], "years": [], "reason": "not documented", "doubtful": True}
    if any(age is None for age in ages):
        return {"days": [], "years": [], "reason": "conflicting", "doubtful": True}
    differ = len({(row["birth_date_day"], row["birth_date_last_day"]) for row in known}) > 1
    return {"days": [age[0] for age in ages if age], "years": [age[1] for age in ages if age], "reason": None, "doubtful": differ}


def _age(birth: Moment, start: Moment, book: RuleBook) -> tuple[Range, Range] | None:
    """Days and years; None where birth is after the start or the age is past belief."""
    days = (start["day"] - birth["last_day"]).days, (start["last_day"] - birth["day"]).days
    if book.readings["age_method"] == "clock_when_known" and birth["at"] and start["at"]:
        whole = math.floor((start["at"] - birth["at"]) / timedelta(days=1))
        days = whole, whole
    years = _years(birth["last_day"], start["day"]), _years(birth["day"], start["last_day"])
    if days[1] < 0 or years[0] > OLDEST_YEARS:
        return None
    return (max(days[0], 0), days[1]), (max(years[0], 0), max(years[1], 0))


def _within(closer: Row, row: Row) -> bool:
    """Whether a birth row says all that another says, and more."""
    one, other = _birth(closer), _birth(row)
    if not other["day"] <= one["day"] <= one["last_day"] <= other["last_day"]:
        return False
    shorter = one["last_day"] - one["day"] < other["last_day"] - other["day"]
    return shorter or (one["at"] is not None and other["at"] is None)


def _birth(row: Row) -> Moment:
    day = row["birth_date_day"]
    return {"at": row["birth_date_at"], "local": None, "day": day, "last_day": row["birth_date_last_day"] or day}


def span_of(ranges: list[Range]) -> Range | tuple[None, None]:
    """Lowest and highest of some ranges."""
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else (None, None)


def _anchor(course: Row, lines: list[Row], book: RuleBook) -> Moment:
    admissions = [line["admission_date"] for line in lines if line["admission_date"]]
    if book.readings["age_anchor"] == "admission" and admissions:
        return on_day(min(admissions))
    return course["start"]


def _years(birth: date, day: date) -> int:
    """Completed years of the calendar; a birthday on 29 February is completed on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def span_days(course: Row) -> int | None:
    """Days from the first therapy day to the last; None without therapy days."""
    return (course["days"][-1] - course["days"][0]).days + 1 if course["days"] else None


def number_fact(kind: str, course: Row, book: RuleBook) -> list[tuple[float, float]]:
    """Ranges of an age or a count of days, one for each row that says so; none where there is no evidence of it."""
    if kind in ("age_days", "age_years"):
        return list(course["ages"][kind.removeprefix("age_")])
    if not course["days"]:
        return []
    by_span = kind == "span_days" or book.readings["day_method"] == "span"
    count = float(span_days(course) or 0) if kind == "span_days" else _exposure_days(course, book)
    possible = {day for shown in course["shown"].values() for each in shown for day in each["possible"]}
    most = count
    if possible - set(course["days"]):
        every = sorted(possible | set(course["days"]))
        most = max(count, float((every[-1] - every[0]).days + 1 if by_span else len(every)))
    return [(count, FOREVER if course["open_end"] else most)]


def _exposure_days(course: Row, book: RuleBook) -> float:
    method, limit = book.readings["day_method"], book.readings["day_limit"]
    if method == "elapsed24" and course["hours"] is not None:
        return float(math.ceil(course["hours"] / 24))
    count = (span_days(course) or 0) if method == "span" else len(course["days"])
    return float(min(count, limit) if within_hours(course, book) else count)


def within_hours(course: Row, book: RuleBook) -> bool:
    """Whether the hours on iNO are known and within the limit, however many dates they touch."""
    return course["hours"] is not None and bool(course["hours"] <= 24 * book.readings["day_limit"])
