"""What a course comes to, and who does what next (semantics, section 9)."""

from __future__ import annotations

from typing import Any

from tests.reference.rules import RuleBook

Row = dict[str, Any]
FOR_A_NURSE = ("conflicting", "preliminary", "suggestive")


def determine(course: Row, book: RuleBook) -> str:
    """The first determination that fits."""
    if course["attribution"] in ("none", "possible") and course["kind"] == "therapy":
        return {"none": "not_ino", "possible": "ino_not_shown"}[course["attribution"]]
    if course["route"] != "criteria" or course["overruled"]:
        return "decided_elsewhere"
    if course["kind"] == "vasoreactivity":
        return "policy_silent"
    if course["experimental"]:
        return "experimental"
    return _by_criteria(course, book)


def _by_criteria(course: Row, book: RuleBook) -> str:
    start = course["outline"][book.policy["roles"]["initiation"]]
    duration = course["outline"][book.policy["roles"]["duration"]]
    days = {(row["verdict"], row["cause"]) for row in course["judged"]}
    verdicts = {verdict for verdict, _ in days}
    if (start["outcome"] == "not met" and not start["referred"] and not start["perhaps"]) or ("not_supported", "oxygen need") in days:
        return "criteria_not_met"
    if (
        start["perhaps"]
        or "unknown" in (start["outcome"], duration["outcome"])
        or "records_needed" in verdicts
        or course["basis"] == "marker"
    ):
        return "insufficient_documentation"
    if start["outcome"] == "not met" or "medical_review" in verdicts or course["overridden"]:
        return "medical_review"
    return "criteria_met"


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
    if course["ages"]["doubtful"]:
        return "hold"
    return "nurse_review" if course["contradicted"] else "pay"


def _ask_for(course: Row, book: RuleBook) -> str:
    if course["ages"]["doubtful"] or course["in_doubt"] or course["outline"][book.policy["roles"]["initiation"]]["perhaps"]:
        return "hold"
    reason = course["outline"][book.policy["roles"]["initiation"]]["reason"]
    roles = [course["outline"][book.policy["roles"][name]]["outcome"] for name in ("initiation", "duration")]
    waits = {row["cause"] for row in course["judged"] if row["verdict"] == "records_needed"}
    if waits == {"exposure conflict"} and "unknown" not in roles and course["basis"] != "marker":
        return "nurse_review"
    return "nurse_review" if reason in FOR_A_NURSE else "request_records"
