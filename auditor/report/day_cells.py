"""The days of a course in a row of cells, one a day: small enough for a card, and the day strip of the page in short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from auditor.outcomes import VERDICTS, Verdict, Word
from auditor.report.cases import Row, Rows
from auditor.report.day_ranges import DayRange, day_ranges
from auditor.report.phrases import NOTHING, days_between
from auditor.report.report_view import DayCells
from auditor.report.view import Shape

DAYS_A_ROW = 20
CELL, STEP = 18, 20
ROW, BASE, NUMBER = 38, 14, 31
UNJUDGED = Word("not judged", NOTHING, "quiet", "no verdict is given for this day")


def day_cells(days: Rows) -> DayCells | None:
    """The cells of a course; None where it has no day."""
    if not days:
        return None
    rows = [days[first : first + DAYS_A_ROW] for first in range(0, len(days), DAYS_A_ROW)]
    drawn = [list(_places(row)) for row in rows]
    width = max(places[-1][0] + STEP for places in drawn)
    shapes = tuple(shape for line, places in enumerate(drawn) for shape in _row(places, line * ROW))
    return DayCells(f"Day by day: {'; '.join(_said(held) for held in day_ranges(days))}", str(width), str(len(rows) * ROW), shapes)


def _places(days: Rows) -> Iterator[tuple[int, Row]]:
    """Each day with the place of its cell; days off leave a gap of a whole cell, so that dashes stay in step."""
    x, before = 0, None
    for row in days:
        x += STEP if before and (row["day"] - before).days > 1 else 0
        yield x, row
        x, before = x + STEP, row["day"]


def _row(places: list[tuple[int, Row]], top: int) -> Iterator[Shape]:
    """The cells of one row: days of a kind are one dashed line, a dash a day (the style sheet has its measures), and their symbols."""
    first, last = places[0][1], places[-1][1]
    yield Shape("text", "when", "0", str(top + 9), text=_short(first["day"]))
    if len(places) > 6:
        yield Shape("text", "when end", str(places[-1][0] + CELL), str(top + 9), text=_short(last["day"]))
    for (verdict, therapy), group in groupby(places, key=_kind):
        held = list(group)
        word = _word(verdict)
        line = "".join(f"M{first} {top + BASE + CELL // 2}H{last + CELL}" for first, last in _stretches([x for x, _ in held]))
        yield Shape("path", f"{'cell' if therapy else 'pale'}-{word.tone}", "", "", text=line)
        middles = " ".join(str(x + CELL // 2) for x, _ in held)
        yield Shape("text", f"{'on' if therapy else 'off'}-{word.tone}", middles, str(top + NUMBER - 4), text=word.symbol * len(held))


def _stretches(places: list[int]) -> Iterator[tuple[int, int]]:
    """First and last place of days in a row."""
    starts = [place for place in places if place - STEP not in places]
    ends = [place for place in places if place + STEP not in places]
    yield from zip(starts, ends, strict=True)


def _kind(place: tuple[int, Row]) -> tuple[str | None, bool]:
    return place[1]["verdict"], place[1]["is_therapy_day"]


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"


def _word(verdict: str | None) -> Word:
    return VERDICTS[Verdict(verdict)] if verdict else UNJUDGED


def _said(held: DayRange) -> str:
    if held.first_number is None:
        return f"billed only, {days_between(held.first_day, held.last_day)}, {_word(held.verdict).word}"
    ends = str(held.first_number) if held.first_number == held.last_number else f"{held.first_number}–{held.last_number}"
    return f"day {ends} {_word(held.verdict).word}"
