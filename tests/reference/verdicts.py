"""What each day of a course comes to (semantics, section 7)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from tests.reference.courses import billed_days
from tests.reference.measures import is_concept, is_usable
from tests.reference.oxygen import oxygen_need
from tests.reference.rules import RuleBook, in_set, says
from tests.reference.times import days_from

Row = dict[str, Any]
BEFORE, STRADDLES, AFTER = "before", "straddles", "after"


def judge_days(course: Row, member: Row, book: RuleBook) -> list[Row]:
    """One row for each therapy day, contradicted day and billed day of a course."""
    extra = [day for day in billed_days(course["lines"]) if day not in course["days"] and day not in course["contradicted"]]
    return [_judge(day, course, member, book) for day in sorted([*course["days"], *course["contradicted"], *extra])]


def _judge(day: date, course: Row, member: Row, book: RuleBook) -> Row:
    initiation, straddles = initiation_on(day, course, book)
    row = {
        "day": day,
        "is_therapy_day": day in course["days"],
        "day_number": None,
        "oxygen_need": "not applicable",
        "oxygen_reason": None,
        "initiation": initiation["outcome"],
        "past_limit": False,
        "approved": False,
    }
    if not row["is_therapy_day"]:
        return {**row, "verdict": _billed_verdict(day, course, initiation, straddles, row, book)}
    number = course["days"].index(day) + 1
    need = oxygen_need(day, course, member["oxygen"], book)
    limit = book.readings["day_limit"]
    within_hours = course["hours"] is not None and course["hours"] <= 24 * limit
    row.update(
        day_number=number,
        oxygen_need=need["outcome"],
        oxygen_reason=need["reason"],
        past_limit=number > limit and not within_hours,
        approved=any(_covers(each, day, member, book) for each in member["authorizations"]),
    )
    return {**row, "verdict": _therapy_verdict(day, course, member, row, (initiation, straddles), need, book)}


def _therapy_verdict(day: date, course: Row, member: Row, row: Row, start: tuple[Row, bool], need: Row, book: RuleBook) -> str:
    initiation, straddles = start
    if not is_asked(course):
        return "not_asked"
    if course["route"] == "case_review":
        return "medical_review"
    if course["experimental"]:
        return "not_supported"
    if initiation["outcome"] == "not met":
        return _failed(initiation, straddles, book)
    if need["outcome"] == "not met":
        return str(book.readings["straddling_day"]) if need["straddles"] else "not_supported"
    if "unknown" in (initiation["outcome"], need["outcome"]):
        return "records_needed"
    if row["past_limit"] and not row["approved"]:
        return "medical_review"
    if book.readings["ecmo_overlap_action"] == "medical_review" and _on_ecmo(day, member, book):
        return "medical_review"
    return "supported"


def _failed(initiation: Row, straddles: bool, book: RuleBook) -> str:
    if initiation["referred"]:
        return "medical_review"
    return str(book.readings["straddling_day"]) if straddles else "not_supported"


def _billed_verdict(day: date, course: Row, initiation: Row, straddles: bool, row: Row, book: RuleBook) -> str | None:
    """Of a day billed and not shown: contradicted by the chart, or as the course stands; None where iNO is not shown at all."""
    if course["basis"] == "billed_only":
        return None
    if not is_asked(course):
        return "not_asked"
    if day in course["contradicted"]:
        return "not_supported"
    if course["route"] == "case_review":
        return "medical_review"
    if course["experimental"]:
        return "not_supported"
    return _failed(initiation, straddles, book) if initiation["outcome"] == "not met" else "records_needed"


def is_asked(course: Row) -> bool:
    """Whether this policy is asked about a course at all."""
    return bool(course["route"] != "elsewhere" and course["kind"] != "vasoreactivity" and not course["overruled"])


def initiation_on(day: date, course: Row, book: RuleBook) -> tuple[Row, bool]:
    """Initiation as it stands for a day, and whether the day straddles the limit of a truncating leaf that fails it."""
    role = book.policy["roles"]["initiation"]
    within, later = course["within"][role], course["outline"][role]
    where = _side_of_limit(day, course, book)
    if where == BEFORE:
        return within, False
    return later, where == STRADDLES and within["outcome"] != "not met"


def _side_of_limit(day: date, course: Row, book: RuleBook) -> str:
    if not any(row["truncates"] for row in course["outline"].values()):
        return AFTER
    hours = limit_hours(book.policy["criteria"], course, book)
    start = course["start"]
    if start["local"] is None:
        first, last = (moment + timedelta(days=int(hours // 24)) for moment in (start["day"], start["last_day"]))
        return BEFORE if day < first else (STRADDLES if day <= last else AFTER)
    limit: datetime = start["local"] + timedelta(hours=hours)
    midnight = datetime.combine(day, time())
    if midnight >= limit:
        return AFTER
    return STRADDLES if limit < midnight + timedelta(days=1) else BEFORE


def limit_hours(nodes: Row, course: Row, book: RuleBook) -> float:
    """Hours after the start at which the truncating leaf begins to bind."""
    for key, node in nodes.items():
        if key in course["outline"] and course["outline"][key]["truncates"]:
            named = next(each["after_hours"] for each in node["if_not_met"] if "after_hours" in each)
            return float(sum(book.readings[name] for name in named))
        for group in ("all_of", "any_of"):
            found = limit_hours(node.get(group, {}), course, book)
            if found >= 0:
                return found
    return -1.0


def _covers(approval: Row, day: date, member: Row, book: RuleBook) -> bool:
    if approval["decision"] not in (None, "approved") or not approval["from"] <= day <= approval["to"]:
        return False
    service = approval["service"]
    listed = bool(service) and in_set(book, book.policy["listed_services"], "hcpcs", service.strip().upper(), day)
    if service and not listed and not says(book, book.policy["exposure"]["drug_text"], service):
        return False
    inside = [each for each in member["therapy_days"] if approval["from"] <= each <= approval["to"]]
    return approval["approved_days"] is None or day in inside[: approval["approved_days"]]


def _on_ecmo(day: date, member: Row, book: RuleBook) -> bool:
    charted = [e for e in member["events"] if is_usable(e) and is_concept(book, e, "ecmo")]
    if any(day in days_from(event["start_last_day"], event["end_day"] or event["start_last_day"]) for event in charted):
        return True
    return any(event["first"] <= day <= event["final"] for event in member["claim_events"] if is_concept(book, event, "ecmo"))
