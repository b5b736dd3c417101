"""Each counted line split over its days, and each part's bucket (semantics, section 8)."""

from __future__ import annotations

from typing import Any

from tests.reference.rules import RuleBook
from tests.reference.times import line_days, source_place

Row = dict[str, Any]
BUCKETS = (
    "supported",
    "not_supported",
    "records_needed",
    "medical_review",
    "not_asked",
    "linked",
    "not_separately_paid",
    "coding",
    "coding_review",
)
SURE = ("not_supported", "coding")
AT_RISK = (*SURE, "records_needed", "medical_review", "coding_review")
YIELDS = {"coding": ("not_separately_paid", "not_supported"), "coding_review": ("not_separately_paid", *AT_RISK)}


def split_cents(cents: int, count: int) -> list[int]:
    """Whole cents over a count of days: the same for each, toward zero, and the rest one cent each to the first days."""
    sign, size = (1 if cents >= 0 else -1), abs(cents)
    each, rest = divmod(size, count)
    return [sign * (each + (n < rest)) for n in range(count)]


def split_line(line: Row, days_of: dict[Any, Row], edits: dict[Any, str], book: RuleBook) -> list[Row]:
    """The parts of a counted line; none of a line that does not count. ``days_of`` is the course that each day belongs to.

    ``edits`` are the buckets that coding edits ask for, by day.
    """
    if line["disposition"] != "counted":
        return []
    days = line_days(line)
    elsewhere = {day: row["verdict"] for day, course in days_of.items() for row in course["judged"] if row["day"] == day}
    verdicts = elsewhere | {row["day"]: row["verdict"] for row in line["course"]["judged"]}
    return [
        {
            "line": source_place(line),
            "day": day,
            "episode": line["course"]["key"],
            "cents": cents,
            "bucket": _overlaid(_bucket(line, verdicts.get(day), book), edits.get(day)),
        }
        for day, cents in zip(days, split_cents(line["counted_cents"], len(days)), strict=True)
    ]


def _overlaid(bucket: str, edit: str | None) -> str:
    """What is not supported already is not counted again; a coding question moves only what is not at risk."""
    return edit if edit and bucket not in YIELDS[edit] else bucket


def _bucket(line: Row, verdict: str | None, book: RuleBook) -> str:
    if line["not_separately_paid"]:
        return "not_separately_paid"
    return verdict or "linked" if is_at_stake(line, book) else "linked"


def is_at_stake(line: Row, book: RuleBook) -> bool:
    """Whether a line is attributed to iNO, and its dollars asked about."""
    if not line["listed"] and not book.readings["related_lines_at_risk"]:
        return False
    if line["attribution"] in ("confirmed", "probable"):
        return True
    on_gas = line["course"]["attribution"] in ("confirmed", "probable")
    return bool(book.readings["dollars_scope"] == "all_listed" and line["listed"] and on_gas)


def add_up(parts: list[Row]) -> Row:
    """The money columns of some parts."""
    sums = {f"{bucket}_cents": sum(part["cents"] for part in parts if part["bucket"] == bucket) for bucket in BUCKETS}
    return {
        "counted_cents": sum(part["cents"] for part in parts),
        **sums,
        "at_risk_low_cents": sum(sums[f"{bucket}_cents"] for bucket in SURE),
        "at_risk_high_cents": sum(sums[f"{bucket}_cents"] for bucket in AT_RISK),
    }
