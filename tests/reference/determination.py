"""What a course comes to, and who does what next (semantics, section 9)."""

from __future__ import annotations

from typing import Any

from tests.reference.rules import RuleBook
from tests.reference.verdicts import initiation_on

Row = dict[str, Any]
FOR_A_NURSE = ("conflicting", "preliminary", "suggestive")


def determine(course: Row, book: RuleBook) -> str:
    """The first determination that fits."""
    if course["attribution"] in ("none", "possible"):
        return {"none": "not_ino", "possible": "ino_not_shown"}[course["attribution"]]
    if course["kind"] == "vasoreactivity":
        return "policy_silent"
    if course["route"] != "criteria" or course["overruled"]:
        return "decided_elsewhere"
    if course["experimental"]:
        return "experimental"
    if _fails(course, book):
        return "criteria_not_met"
    if _unknown_reasons(course, book) or course["basis"] == "marker":
        return "insufficient_documentation"
    if course["overridden"] or any(row["verdict"] == "medical_review" for row in course["judged"]):
        return "medical_review"
    return "criteria_met"


def _starts(course: Row, book: RuleBook) -> list[Row]:
    """Initiation on each therapy day (for a marker course: on each billed day; without any, as it is)."""
    days = course["days"] or [row["day"] for row in course["judged"]]
    if not days:
        return [course["outline"][book.policy["roles"]["initiation"]]]
    return [initiation_on(day, course, book)[0] for day in days]


def _fails(course: Row, book: RuleBook) -> bool:
    """Initiation not met and not referred, or oxygen need not met, on some day."""
    if any(initiation["outcome"] == "not met" and not initiation["referred"] for initiation in _starts(course, book)):
        return True
    return any(need["outcome"] == "not met" for need in course["needs"])


def _unknown_reasons(course: Row, book: RuleBook) -> set[str]:
    """Why initiation, oxygen need on some day, or duration is unknown; empty where all are known."""
    duration = course["outline"][book.policy["roles"]["duration"]]
    rows = [*_starts(course, book), *course["needs"], duration]
    return {row["reason"] for row in rows if row["outcome"] == "unknown"}


def next_action(course: Row, book: RuleBook) -> str:
    """Who does what next."""
    match course["determination"]:
        case "not_ino":
            return "none"
        case "ino_not_shown":
            return "request_records"
        case "decided_elsewhere":
            return "case_review" if course["route"] == "case_review" else ("hold" if course["too_early"] else "info")
        case "experimental" | "criteria_not_met" | "medical_review":
            return "medical_director"
        case "insufficient_documentation":
            return _ask_for(course, book)
        case "policy_silent":
            return str(book.readings["v_action"])
    return "pay"


def _ask_for(course: Row, book: RuleBook) -> str:
    if course["ages"]["reason"] == "conflicting":
        return "hold"
    return "nurse_review" if _unknown_reasons(course, book) & set(FOR_A_NURSE) else "request_records"
