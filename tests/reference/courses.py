"""Episodes and courses of one member: their days, their start, their lines, how surely iNO was given (semantics, sections 3 to 5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.denials import denied_days
from tests.reference.hours import charted_hours
from tests.reference.rules import RuleBook, exposure, line_in, says
from tests.reference.shown import (
    charted_evidence,
    contradicted_days,
    earliest,
    find_islands,
    find_markers,
    line_evidence,
    line_kinds,
    merge_stays,
    stay_ranges,
    touches,
)
from tests.reference.times import days_from, line_days, line_span, on_day, source_place

Row = dict[str, Any]


def find_courses(member: Row, book: RuleBook) -> list[Row]:
    """The courses of a member; sets ``in_scope``, ``kinds``, ``listed`` and ``course`` on the member's lines.

    ``member`` has lines (with disposition), events, claim_events.
    """
    lines = [line for line in member["lines"] if line["living"]]
    for line in member["lines"]:
        line["listed"] = line_in(book, book.policy["listed_services"], line)
        line["kinds"] = line_kinds(line, book)
        line["in_scope"] = line["listed"] or bool(line["kinds"])
        line["course"] = None
    charted = charted_evidence(member["events"], book)
    member["charted_hours"] = charted_hours(charted)
    member["denied_days"] = denied_days(member["events"], charted, book)
    markers = find_markers(member["events"], member["claim_events"], book)
    stays = merge_stays(stay_ranges(lines, charted, markers), book)
    member["stays"] = stays
    _settle_hints(member["lines"], charted, markers, stays)
    shown = charted + [line_evidence(line, line["kinds"]) for line in lines if line["kinds"]]
    for stay in stays:
        stay["markers"] = [marker for marker in markers if touches(stay, marker["start"]["day"], marker["last"])]
        stay["shown"] = any(touches(stay, each["days"][0], each["days"][-1]) for each in shown)
    episodes = _episodes(shown, stays, book)
    member["gainsaid_days"] = [day for episode in episodes for day in episode["contradicted"]]
    for episode in episodes:
        episode["kind"] = _kind(episode, lines, book)
    leftover = _assign(lines, episodes)
    return episodes + _leftover_courses(leftover, episodes, stays, book)


def _settle_hints(lines: list[Row], charted: list[Row], markers: list[Row], stays: list[Row]) -> None:
    """Hints show iNO only in a stay that has confirmed evidence or a marker."""
    sure = [(each["days"][0], each["days"][-1]) for each in charted]
    sure += [line_span(line) for line in lines if line["living"] and set(line["kinds"]) & {"drug", "text"}]
    sure += [(marker["start"]["day"], marker["last"]) for marker in markers]
    for line in lines:
        if "hint" in line["kinds"]:
            mine = [stay for stay in stays if touches(stay, *line_span(line))]
            if not any(touches(stay, first, last) for stay in mine for first, last in sure):
                line["kinds"] = [kind for kind in line["kinds"] if kind != "hint"]


def _episodes(shown: list[Row], stays: list[Row], book: RuleBook) -> list[Row]:
    by_day: dict[date, list[Row]] = defaultdict(list)
    for each in shown:
        for day in each["days"]:
            by_day[day].append(each)
    gap = book.readings["episode_gap_days"]
    episodes: list[Row] = []
    for island in find_islands(list(by_day), gap):
        against = contradicted_days(island, by_day)
        left_out = [day for day, _ in against]
        mine = [_episode(run, by_day, stays) for run in find_islands([day for day in island if day not in left_out], gap)]
        for day, neighbour in against:
            episode = next(each for each in mine if neighbour in each["days"])
            episode["contradicted"].append(day)
            episode["shown"][day] = by_day[day]
        episodes += mine
    return episodes


def _episode(days: list[date], by_day: dict[date, list[Row]], stays: list[Row]) -> Row:
    shown = [each for day in days for each in by_day[day]]
    charted = any(each["charted"] for each in shown)
    confirmed = any(each["level"] == "confirmed" for each in shown)
    mine = [stay for stay in stays if touches(stay, days[0], days[-1])]
    marked = any(stay["markers"] for stay in mine)
    return {
        "basis": "charted" if charted else "billed",
        "days": days,
        "contradicted": [],
        "shown": {day: by_day[day] for day in days},
        "start": _start(days[0], by_day[days[0]]),
        "end_day": days[-1],
        "hours": _elapsed_hours(days, shown),
        "open_end": any(each["open"] for each in by_day[days[-1]]),
        "stop": _stop(by_day[days[-1]], shown),
        "attribution": "confirmed" if confirmed or marked else "probable",
        "stays": mine,
    }


def _start(first: date, shown: list[Row]) -> Row:
    """The earliest evidence of the first day; a claim line says no more than that day."""
    moments = [each["start"] if each["charted"] else on_day(first) for each in shown]
    return min(moments, key=earliest)


def _stop(last_shown: list[Row], shown: list[Row]) -> Row | None:
    """When the chart says that a course stopped: the latest end of its segments; None unless all of its last day have one."""
    on_last = [each for each in last_shown if "segment" in each["kinds"]]
    if not on_last or any(each["open"] for each in on_last):
        return None
    ends = [each["end"] for each in shown if each["closed"]]
    day, last_day = max(end["day"] for end in ends), max(end["last_day"] for end in ends)
    if any(end["at"] is None for end in ends if end["last_day"] >= day):
        return on_day(day, last_day)
    doses = [each["start"]["at"] for each in last_shown if "dose" in each["kinds"] and each["start"]["at"]]
    at = max([*(end["at"] for end in ends if end["at"]), *doses])
    return {"at": at, "local": None, "day": day, "last_day": last_day}


def _elapsed_hours(days: list[date], shown: list[Row]) -> float | None:
    """Hours of the union of segments known by the clock; None unless they cover every therapy day."""
    clocked = [each for each in shown if each["hours"]]
    if not set(days) <= {day for each in clocked for day in each["days"]}:
        return None
    total, reached = timedelta(), datetime.min
    for start, end in sorted({each["hours"] for each in clocked}):
        total += max(end - max(start, reached), timedelta())
        reached = max(reached, end)
    return total / timedelta(hours=1)


def _kind(episode: Row, lines: list[Row], book: RuleBook) -> str:
    tests = {day for line in lines if line_in(book, exposure(book, "test_services"), line) for day in line_days(line)}
    short = len(episode["days"]) <= book.readings["vasoreactivity_max_days"]
    return "vasoreactivity" if short and set(episode["days"]) <= tests else "therapy"


def _assign(lines: list[Row], episodes: list[Row]) -> list[Row]:
    """Give each living line in scope its episode; the lines that are left have none."""
    for line in lines:
        if line["in_scope"]:
            line["course"] = _by_therapy_day(line, episodes) or _by_range(line, episodes)
    return [line for line in lines if line["in_scope"] and line["course"] is None]


def _by_therapy_day(line: Row, episodes: list[Row]) -> Row | None:
    for day in line_days(line):
        for episode in episodes:
            if day in episode["days"]:
                return episode
    return None


def _by_range(line: Row, episodes: list[Row]) -> Row | None:
    first, last = line_span(line)
    for episode in episodes:
        days = sorted(episode["days"] + episode["contradicted"])
        if first <= days[-1] and last >= days[0]:
            return episode
    return None


def _leftover_courses(leftover: list[Row], episodes: list[Row], stays: list[Row], book: RuleBook) -> list[Row]:
    courses = []
    for stay in stays:
        lines = [line for line in leftover if touches(stay, *line_span(line))]
        has_episode = any(stay in episode["stays"] for episode in episodes)
        is_marker = bool(stay["markers"]) and not has_episode
        if lines or is_marker:
            courses.append(_leftover_course(lines, stay, is_marker, book))
            for line in lines:
                line["course"] = courses[-1]
    return courses


def _leftover_course(lines: list[Row], stay: Row, is_marker: bool, book: RuleBook) -> Row:
    spans = [line_span(line) for line in lines]
    marker = stay["markers"][0] if is_marker else None
    ends = [last for _, last in spans] + ([marker["last"]] if marker else [])
    tests = not is_marker and all(line_in(book, exposure(book, "test_services"), line) for line in lines)
    return {
        "basis": "marker" if is_marker else "billed_only",
        "kind": "vasoreactivity" if tests else "therapy",
        "days": [],
        "contradicted": [],
        "shown": {},
        "start": marker["start"] if marker else on_day(min(first for first, _ in spans)),
        "end_day": max(ends),
        "hours": None,
        "open_end": False,
        "stop": None,
        "attribution": "confirmed" if is_marker else None,
        "stays": [stay],
    }


def line_attribution(line: Row, book: RuleBook) -> str:
    """How surely a living line of a course is iNO: confirmed, probable or linked; none for a line that does not live."""
    course = line["course"]
    if course is None:
        return "none"
    if course["kind"] == "therapy" and line_in(book, exposure(book, "test_services"), line):
        return "linked"
    if line["kinds"]:
        return "probable" if line["kinds"] == ["hint"] else "confirmed"
    return "probable" if _is_unlisted_gas(line, course, book) else "linked"


def _is_unlisted_gas(line: Row, course: Row, book: RuleBook) -> bool:
    other_use = says(book, exposure(book, "other_use_text"), line["line_description"])
    lookalike = says(book, exposure(book, "lookalike_text"), line["line_description"])
    on_gas = set(line_days(line)) & {*course["days"], *course["contradicted"]}
    return (
        line_in(book, exposure(book, "unlisted_services"), line)
        and book.readings["unlisted_line_attribution"] == "therapy_day"
        and (bool(on_gas) or course["basis"] == "marker")
        and not other_use
        and not lookalike
    )


def course_lines(course: Row, lines: list[Row]) -> list[Row]:
    """Living lines of a course, by first day and place in the extract."""
    mine = [line for line in lines if line["course"] is course]
    return sorted(mine, key=lambda line: (line["claim_line_start_date"], *source_place(line)))


def billed_days(lines: list[Row]) -> list[date]:
    """Distinct days of lines."""
    return sorted({day for line in lines for day in days_from(*line_span(line))})
