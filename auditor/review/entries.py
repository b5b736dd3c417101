"""What a reviewer filled into one row, understood or refused; no message shows what was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from auditor.review.columns import DECISION, UNTIL, WHEN, WHO, WHY
from auditor.review.dispositions import DECISIONS, NEEDS_REASON, Decision, Disposition

LONGEST_WHO = 120
EARLIEST = date(2000, 1, 1)
# The day that spreadsheets count from, and the serial numbers of days that a cell without a format of dates may hold.
SPREADSHEET_ZERO, SERIALS = date(1899, 12, 30), range(36_526, 73_415)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
MONTHS = 12
AS_IN = "as in 2026-11-22"
WORDS: Mapping[str, Decision] = {
    said.casefold(): decision
    for decision, word in DECISIONS.items()
    for said in (word.word, f"{word.symbol} {word.word}", decision.value, decision.value.replace("_", " "))
}


class NotUnderstood(ValueError):
    """A cell that says nothing this program knows; the message names the column and what was expected."""


def read_decision(cell: Any) -> Decision:
    """The decision of a cell, by its word in any case."""
    decision = WORDS.get(" ".join(str(cell).split()).casefold())
    if decision is None:
        raise NotUnderstood(f"{DECISION} is none of: {'; '.join(word.word for word in DECISIONS.values())}")
    return decision


def read_day(cell: Any, heading: str) -> date:
    """The day of a cell: a date, a day's serial number, ISO text, or month/day/year where no other reading is possible."""
    day = _day(cell, heading)
    if day < EARLIEST:
        raise NotUnderstood(f"{heading} is before {EARLIEST.year}; write a date, {AS_IN}")
    return day


def _day(cell: Any, heading: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and int(cell) in SERIALS:
        return SPREADSHEET_ZERO + timedelta(days=int(cell))
    text = str(cell).strip()
    try:
        if iso := ISO.fullmatch(text):
            return date.fromisoformat(iso[1])
        if slashed := SLASHED.fullmatch(text):
            month, day, year = map(int, slashed.groups())
            return _american(month, day, year, heading)
    except ValueError as fault:
        if isinstance(fault, NotUnderstood):
            raise
    raise NotUnderstood(f"{heading} is no date; write one, {AS_IN}")


def _american(month: int, day: int, year: int, heading: str) -> date:
    if day <= MONTHS and day != month:
        raise NotUnderstood(f"{heading} may be read as two days, month first or day first; write it {AS_IN}")
    return date(year, month, day)


def what_is_wrong(entry: Disposition, today: date) -> str:
    """Why a decision cannot stand as it is; empty where it can."""
    word = DECISIONS[entry.decision].word
    dated = entry.decision is Decision.ACCEPTED_UNTIL
    if not entry.who or len(entry.who) > LONGEST_WHO or "\n" in entry.who:
        return f"{WHO} is empty, or no name; write who decided, in one line of at most {LONGEST_WHO} characters"
    if entry.when > today:
        return f"{WHEN} is a day to come; write the day it was decided, {AS_IN}"
    if entry.decision in NEEDS_REASON and not entry.why:
        return f"{WHY} is empty; a reason is wanted for: {word}"
    if dated and entry.until is None:
        return f"{UNTIL} is empty; write the last day the acceptance holds, {AS_IN}"
    if not dated and entry.until is not None:
        return f"{UNTIL} is filled, and goes with “{DECISIONS[Decision.ACCEPTED_UNTIL].word}” alone; empty it, or choose that"
    if entry.until is not None and entry.until < entry.when:
        return f"{UNTIL} is before {WHEN}; write the last day the acceptance holds, {AS_IN}"
    return ""
