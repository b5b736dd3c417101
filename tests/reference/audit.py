"""The whole audit by plain loops: typed rows in, result rows out (docs/semantics.md, in its order)."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import Any

from tests.reference.ages import find_ages, span_days, span_of
from tests.reference.coding import coding_buckets
from tests.reference.courses import billed_days, course_lines, find_courses, line_attribution
from tests.reference.criteria import Asker
from tests.reference.determination import determine, next_action
from tests.reference.dollars import add_up, split_line
from tests.reference.evidence import claim_events, has_possible_fact
from tests.reference.identities import identify, is_doubtful
from tests.reference.measurements import course_measurements
from tests.reference.oxygen import all_days, oxygen_need, read_oxygen
from tests.reference.rules import RuleBook
from tests.reference.settling import documents_to_ask_for, is_alone_in_the_way
from tests.reference.times import line_span, source_place
from tests.reference.verdicts import approved_days, judge_days
from tests.reference.versions import final_lines

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def audit_reference(claim_lines: list[Row], members: list[Row], events: list[Row], authorizations: list[Row], book: RuleBook) -> Tables:
    """Result tables ``episodes, criteria, therapy_days, line_days, lines, measurements`` of typed rows."""
    tables: Tables = {name: [] for name in ("episodes", "criteria", "therapy_days", "line_days", "lines", "measurements")}
    given = {"claim_lines": claim_lines, "members": members, "events": events, "authorizations": authorizations}
    read, doubted, spans = identify(given, book)
    members, events, authorizations = read["members"], read["events"], read["authorizations"]
    zoned = all(row.get(f"{name}_zoned") is not False for row in [*members, *events] for name in ("birth_date", "start", "end"))
    lines = final_lines(read["claim_lines"], book)
    for member_id in sorted({row["member_id"] for row in [*lines, *events]}):
        mine: Row = {
            "is_doubtful": lambda course, who=member_id: is_doubtful(course, who, doubted, spans),
            "lines": [line for line in lines if line["member_id"] == member_id],
            "events": [event for event in events if event["member_id"] == member_id],
            "zoned": zoned,
            "births": [row for row in members if row["member_id"] == member_id],
            "authorizations": [row for row in authorizations if row["member_id"] == member_id],
        }
        for name, rows in _audit_member(member_id, mine, book).items():
            tables[name] += rows
    return tables


def _audit_member(member_id: str, member: Row, book: RuleBook) -> Tables:
    member["claim_events"] = claim_events(member["lines"])
    member["oxygen"] = read_oxygen(member["events"], book)
    courses = find_courses(member, book)
    member["therapy_days"] = sorted(day for course in courses for day in course["days"])
    member["approved_days"] = approved_days(member, book)
    tables: Tables = defaultdict(list)
    member["days_of"] = {day: course for course in courses for day in [*course["days"], *course["contradicted"]]}
    for line in member["lines"]:
        line["attribution"] = line_attribution(line, book) if line["in_scope"] else "none"
    for course in courses:
        course["key"] = (member_id, course["start"]["day"], course["basis"], course["end_day"])
        _judge_course(course, member, book)
    edits = coding_buckets(member, book)
    for place, line in enumerate(member["lines"]):
        if line["in_scope"]:
            mine = {day: bucket for (of, day), bucket in edits.items() if of == place}
            parts = split_line(line, member["days_of"], mine, book)
            tables["line_days"] += parts
            tables["lines"].append(_line_row(line, parts))
    for course in courses:
        mine = [part for part in tables["line_days"] if part["episode"] == course["key"]]
        start_at = course["start"]["at"] if member["zoned"] else None
        tables["episodes"].append({**_episode_row(member_id, course), "start_at": start_at, **add_up(mine)})
        for day in course["judged"]:
            of_day = [part for part in mine if part["day"] == day["day"]]
            tables["therapy_days"].append(_day_row(course, day, of_day, member["charted_hours"]))
        tables["measurements"] += course_measurements(course, member["events"], book)
        tables["criteria"] += [{"episode": course["key"], **row} for row in course["outline"].values() if course["asked"]]
    return tables


def _judge_course(course: Row, member: Row, book: RuleBook) -> None:
    """Set on a course its lines, route, ages, outcomes, days, determination and next action."""
    course["lines"] = course_lines(course, member["lines"])
    course["ages"] = find_ages(course, member["births"], course["lines"], book)
    if course["attribution"] is None:
        exposed = any(stay["shown"] or stay["markers"] for stay in course["stays"])
        course["attribution"] = "possible" if not exposed and has_possible_fact(member, book) else "none"
    course["events"] = member["events"]
    course["in_doubt"] = member["is_doubtful"](course)
    course["needs"] = [oxygen_need(day, course, member["oxygen"], book) for day in course["days"]]
    asker = Asker(course, member, book, all_days(course["needs"]))
    course["asked"] = course["kind"] == "therapy" and course["attribution"] in ("confirmed", "probable")
    course["outline"] = asker.outline() if course["asked"] else asker.not_asked()
    course["within"] = asker.outline(within_limit=True) if course["asked"] else course["outline"]
    _find_route(course, member["lines"], book)
    _find_exclusion(course, book)
    course["judged"] = judge_days(course, member, book)
    course["determination"] = determine(course, book)
    course["next_action"] = next_action(course, book)
    course["documents"] = documents_to_ask_for(course, member, asker)
    for row in course["outline"].values():
        row["alone"] = course["asked"] and is_alone_in_the_way(row, course, asker)


def _find_route(course: Row, lines: list[Row], book: RuleBook) -> None:
    """Whose rules decide: by line of business and state; by contract; by the date of the first revision.

    Of several plans on its lines one that reviews case by case comes first. A course whose lines do not say, or that has none, takes what
    the member's other lines say.
    """
    told = [{**line, "state": line["state"] if re.fullmatch("[A-Z]{2}", line["state"] or "") else None} for line in lines]
    ranked = sorted(told, key=lambda line: _route_of(line, book) != "case_review")
    own = [line for line in ranked if line["course"] is course]
    for name in ("line_of_business", "state", "plan"):
        course[name] = next((line[name] for line in [*own, *ranked] if line[name]), None)
    course["line_of_business"] = course["line_of_business"] or book.readings["lob_when_missing"]
    course["too_early"] = _first_day(course) < book.policy["effective"]
    course["overruled"] = course["too_early"] or course["plan"] in book.readings["contract_override"]
    course["route"] = _route_of(course, book)


def _route_of(insured: Row, book: RuleBook) -> str:
    """Where the rules are for the line of business and state of a course, or of one line."""
    mine = [entry for entry in book.policy["lines_of_business"] if entry["line"] == insured["line_of_business"]]
    return next((_route(entry, book) for entry in reversed(mine) if insured["state"] in (*entry["states"], None)), "elsewhere")


def _route(entry: Row, book: RuleBook) -> str:
    if "elsewhere_when" in entry and book.readings[entry["elsewhere_when"]]:
        return "elsewhere"
    return str(book.readings.get(entry["route"], entry["route"]))


def _first_day(course: Row) -> date:
    first: date = course["days"][0] if course["days"] else course["start"]["day"]
    return first


def _find_exclusion(course: Row, book: RuleBook) -> None:
    """The exclusion documented, whether it makes the course experimental, and whether one was overridden."""
    met = [key for key in book.policy["experimental"] if course["outline"][key]["outcome"] == "met"]
    overridden = [key for key in met if _is_overridden(key, course, book)]
    standing = [key for key in met if key not in overridden]
    course["exclusion"] = next(iter([*standing, *overridden]), None)
    course["experimental"] = bool(standing)
    course["overridden"] = bool(overridden)


def _is_overridden(key: str, course: Row, book: RuleBook) -> bool:
    reading = book.policy["experimental"][key].get("overridden_by")
    return reading is not None and any(course["outline"][other]["outcome"] == "met" for other in book.readings[reading])


def _episode_row(member_id: str, course: Row) -> Row:
    initiation, continuation = course["outline"]["I"], course["outline"]["II"]
    days, years = span_of(course["ages"]["days"]), span_of(course["ages"]["years"])
    return {
        "episode": course["key"],
        "member_id": member_id,
        **{name: course[name] for name in ("kind", "basis", "attribution", "line_of_business", "state", "plan", "route", "end_day")},
        "start_day": course["start"]["day"],
        "start_last_day": course["start"]["last_day"],
        "start_clock": _clock(course["start"]) if course["days"] else None,
        "therapy_days": len(course["days"]),
        "billed_days": len(billed_days(course["lines"])),
        "span_days": span_days(course),
        "elapsed_hours": course["hours"],
        "open_end": course["open_end"],
        "age_days_low": days[0],
        "age_days_high": days[1],
        "age_years_low": years[0],
        "age_years_high": years[1],
        "initiation": initiation["outcome"],
        "initiation_reason": initiation["reason"],
        "continuation": continuation["outcome"],
        "exclusion": course["exclusion"],
        "referred": initiation["referred"],
        "determination": course["determination"],
        "next_action": course["next_action"],
        "documents": course["documents"],
        "lines": len(course["lines"]),
    }


def _clock(start: Row) -> str | None:
    return f"{start['local']:%H:%M}" if start["at"] and start["local"] else None


def _day_row(course: Row, day: Row, parts: list[Row], member_hours: Row) -> Row:
    shown = course["shown"].get(day["day"], [])
    levels = {each["level"] for each in shown}
    return {
        "episode": course["key"],
        **{name: value for name, value in day.items() if name != "cause"},
        "level": ("confirmed" if "confirmed" in levels else "probable") if shown else None,
        "charted": any(each["charted"] for each in shown),
        "hours": member_hours.get(day["day"], (None, 0))[0] if day["is_therapy_day"] else None,
        "shown_by": sorted({kind for each in shown for kind in each["kinds"]}),
        **add_up(parts),
    }


def _line_row(line: Row, parts: list[Row]) -> Row:
    first, last = line_span(line)
    kept = ("claim_id", "member_id", "listed", "disposition", "superseded_by", "attribution", "amount_basis")
    return {
        "line": source_place(line),
        **{name: line[name] for name in kept},
        "first_day": first,
        "last_day": last,
        "episode": line["course"]["key"] if line["course"] else None,
        **add_up(parts),
    }
