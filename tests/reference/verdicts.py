"""What each day of a course comes to (semantics, section 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.ages import within_hours
from tests.reference.courses import billed_days
from tests.reference.dollars import is_at_stake
from tests.reference.measures import is_concept, is_usable
from tests.reference.oxygen import oxygen_need
from tests.reference.rules import RuleBook, says
from tests.reference.times import days_from, midnight_at

Row = dict[str, Any]
BEFORE, STRADDLES, AFTER = "before", "straddles", "after"


def judge_days(course: Row, member: Row, book: RuleBook) -> list[Row]:
    """One row for each therapy day, contradicted day, and other day billed for iNO, of a course."""
    attributed = [line for line in course["lines"] if is_at_stake(line, book)]
    extra = [day for day in billed_days(attributed) if day not in member["days_of"]]
    return [_judge(day, course, member, book) for day in sorted({*course["days"], *course["contradicted"], *extra})]


def _judge(day: date, course: Row, member: Row, book: RuleBook) -> Row:
    where = _side_of_limit(day, course, member, book)
    role = book.policy["roles"]["initiation"]
    early, late = course["within"][role], course["outline"][role]
    need = {"outcome": "not applicable", "reason": None, "straddles": False}
    row: Row = {"day": day, "is_therapy_day": day in course["days"], "day_number": None, "past_limit": False, "approved": False}
    if row["is_therapy_day"]:
        need = oxygen_need(day, course, member["oxygen"], book)
        row["day_number"] = course["days"].index(day) + 1
        row["past_limit"] = _counted(day, course, book) > book.readings["day_limit"] and not within_hours(course, book)
        row["approved"] = day in member["approved_days"]
    row["initiation"] = (late if where == AFTER else early)["outcome"]
    row["oxygen_need"], row["oxygen_reason"] = need["outcome"], need["reason"]
    row["verdict"], row["cause"] = _verdict(row, course, member, Start(early, late, where), need, book)
    return row


def _counted(day: date, course: Row, book: RuleBook) -> int:
    """The number of a day as the limit counts it."""
    if book.readings["day_method"] == "span":
        return (day - course["days"][0]).days + 1
    return int(course["days"].index(day)) + 1


@dataclass(frozen=True)
class Start:
    """Initiation for a day: with truncating leaves counted as met, as it is, and where the day lies about the limit."""

    early: Row
    late: Row
    where: str


def _verdict(row: Row, course: Row, member: Row, start: Start, need: Row, book: RuleBook) -> tuple[str, str]:
    """The first verdict that fits, and what it rests on."""
    standing = _before_criteria(row["day"], course)
    if standing:
        return standing
    straddling = str(book.readings["straddling_day"])
    if (start.early["outcome"], start.late["outcome"]) == ("met", "not met"):
        if start.where == AFTER:
            return "not_supported", "time limit"
        if start.where == STRADDLES and straddling != "supported":
            return straddling, "time limit"
    initiation = start.late if start.where == AFTER else start.early
    if initiation["outcome"] == "not met":
        other = "records_needed" if initiation["perhaps"] else "not_supported"
        return ("medical_review" if initiation["referred"] else other), "initiation"
    if need["outcome"] == "not met" and not (need["straddles"] and straddling == "supported"):
        return (straddling if need["straddles"] else "not_supported"), "oxygen need"
    return _if_nothing_fails(row, member, start, need, book)


def _before_criteria(day: date, course: Row) -> tuple[str, str] | None:
    if not is_asked(course):
        return "not_asked", "not asked"
    if course["route"] == "case_review":
        return "medical_review", "case review"
    if course["in_doubt"]:
        return "records_needed", "identity"
    if day in course["contradicted"]:
        return "not_supported", "contradicted"
    if course["experimental"]:
        return "not_supported", "experimental"
    return ("medical_review", "exclusion overridden") if course["overridden"] else None


def _if_nothing_fails(row: Row, member: Row, start: Start, need: Row, book: RuleBook) -> tuple[str, str]:
    if not row["is_therapy_day"]:
        return "records_needed", "no therapy day"
    asked = [start.late] if start.where == AFTER else ([start.early, start.late] if start.where == STRADDLES else [start.early])
    if any(each["outcome"] == "unknown" for each in [*asked, need]):
        return "records_needed", "unknown"
    if row["day"] in member["denied_days"]:
        return "records_needed", "exposure conflict"
    if row["past_limit"] and not row["approved"]:
        return "medical_review", "day limit"
    if book.readings["ecmo_overlap_action"] == "medical_review" and _on_ecmo(row["day"], member, book):
        return "medical_review", "ecmo"
    return "supported", "supported"


def is_asked(course: Row) -> bool:
    """Whether this policy is asked about a course at all."""
    elsewhere = course["route"] == "elsewhere" or course["overruled"]
    return not elsewhere and course["kind"] != "vasoreactivity" and course["attribution"] in ("confirmed", "probable")


def _side_of_limit(day: date, course: Row, member: Row, book: RuleBook) -> str:
    if not any(row["truncates"] for row in course["outline"].values()):
        return AFTER
    hours = limit_hours(book.policy["criteria"], course, book)
    start = course["start"]
    if start["at"] is None:
        first, last = (moment + timedelta(days=int(hours // 24)) for moment in (start["day"], start["last_day"]))
        return BEFORE if day < first else (STRADDLES if day <= last else AFTER)
    limit: datetime = start["at"] + timedelta(hours=hours)
    if midnight_at(day, start, member["events"]) >= limit:
        return AFTER
    return STRADDLES if limit < midnight_at(day + timedelta(days=1), start, member["events"]) else BEFORE


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


def approved_days(member: Row, book: RuleBook) -> set[date]:
    """The therapy days that authorizations about this therapy approve, each taking one day of one of them."""
    mine = [each for each in member["authorizations"] if _names_therapy(each["service"], book)]
    denied = [each for each in mine if each["decision"] == "denied"]
    granted = sorted((each for each in mine if each["decision"] in (None, "approved")), key=_ends)
    numbers: dict[date, str | None] = {}
    used = {_ends(each): 0 for each in granted}
    for day in member["therapy_days"]:
        for each in granted:
            disputed = any(_covers(other, day) and other["number"] == each["number"] for other in denied)
            if _covers(each, day) and not disputed and _has_left(each, used[_ends(each)], numbers):
                numbers[day] = each["number"]
                used[_ends(each)] += 1
                break
    return set(numbers)


def _ends(approval: Row) -> tuple[Any, ...]:
    limit = approval["approved_days"]
    return limit is not None, approval["to"], approval["from"], approval["number"] or "", limit or 0


def _covers(authorization: Row, day: date) -> bool:
    return bool(authorization["from"] <= day <= authorization["to"])


def _has_left(approval: Row, used: int, numbers: dict[date, str | None]) -> bool:
    """Whether days are left of an approval: what other rows of its number gave within its dates is given."""
    own = [day for day, number in numbers.items() if number is not None and number == approval["number"] and _covers(approval, day)]
    given = len(own) if approval["number"] is not None else used
    return approval["approved_days"] is None or given < approval["approved_days"]


def _names_therapy(service: str | None, book: RuleBook) -> bool:
    if not service:
        return True
    rules = book.policy["exposure"]
    if says(book, rules["drug_text"], service) or says(book, rules["hint_text"], service):
        return True
    listed, drugs, others = (
        {entry["code"] for name in names for entry in book.value_sets[name]}
        for names in ([book.policy["listed_services"]], [rules["drugs"]], [rules["ventilator_services"], rules["test_services"]])
    )
    words = {*re.findall("[A-Z0-9]+", service.upper()), re.sub("[^A-Z0-9]", "", service.upper())}
    return bool(words & ((listed - others) | drugs))


def _on_ecmo(day: date, member: Row, book: RuleBook) -> bool:
    charted = [e for e in member["events"] if is_usable(e) and is_concept(book, e, "ecmo")]
    if any(day in days_from(event["start_last_day"], event["end_day"] or event["start_last_day"]) for event in charted):
        return True
    return any(event["first"] <= day <= event["final"] for event in member["claim_events"] if is_concept(book, event, "ecmo"))
