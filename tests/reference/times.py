"""Moments, the hours between them, and whether a moment lies in a window (semantics, section 1).

A moment is a dict: ``at`` (UTC, where a clock time is known), ``local`` (the facility's clock then), ``day``, ``last_day``.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

Moment = dict[str, Any]
INSIDE, OUTSIDE, IMPRECISE = "inside", "outside", "imprecise"
FOREVER = float("inf")


def start_of(row: dict[str, Any]) -> Moment:
    """When a chart row was, or began."""
    return _moment(row, "start")


def end_of(row: dict[str, Any]) -> Moment | None:
    """When a chart row ended; None where it does not say."""
    return None if row["end_day"] is None else _moment(row, "end")


def _moment(row: dict[str, Any], name: str) -> Moment:
    at, day, last = row[f"{name}_at"], row[f"{name}_day"], row[f"{name}_last_day"]
    return {"at": at, "local": row.get(f"{name}_local"), "day": day, "last_day": last or day}


def on_day(day: date, last: date | None = None) -> Moment:
    """A moment known by its day, or by a first and last possible day."""
    return {"at": None, "local": None, "day": day, "last_day": last or day}


def midnight_at(day: date, start: Moment, events: list[dict[str, Any]]) -> datetime:
    """The instant at which a day begins, by the facility's clock of the last row charted before it, else of the start."""
    before = [
        (row["start_at"], row["start_at"] - row["start_local"])
        for row in events
        if row["start_at"] and row["start_local"] and row["start_day"] < day
    ]
    shift: timedelta = max(before)[1] if before else start["at"] - start["local"]
    return datetime.combine(day, time()) + shift


def is_midnight(moment: Moment) -> bool:
    """Whether a moment is exactly 00:00 on the facility's clock."""
    local: datetime | None = moment["local"]
    return local is not None and (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def hours_between(earlier: Moment, later: Moment) -> tuple[float, float]:
    """Hours from one moment to another, least and most."""
    if earlier["at"] and later["at"]:
        hours = (later["at"] - earlier["at"]) / timedelta(hours=1)
        return hours, hours
    return 24.0 * (later["day"] - earlier["last_day"]).days, 24.0 * (later["last_day"] - earlier["day"]).days


def place(hours: tuple[float, float], window: tuple[float, float]) -> str:
    """Where a range of hours lies: inside a window, outside it, or neither surely."""
    (low, high), (first, last) = hours, window
    if first <= low and high <= last:
        return INSIDE
    return OUTSIDE if high < first or low > last else IMPRECISE


def window_hours(window: dict[str, Any], readings: dict[str, Any]) -> tuple[float, float]:
    """First and last hour of a window around the start; infinite where it is open."""
    factor = 24.0 if "from_days" in window or "to_days" in window else 1.0
    first, last = window.get("from_days", window.get("from")), window.get("to_days", window.get("to"))
    return (
        -FOREVER if first is None else factor * number_of(first, readings),
        FOREVER if last is None else factor * number_of(last, readings),
    )


def number_of(written: Any, readings: dict[str, Any]) -> float:
    """A number, or the value of the reading that is named, with a minus sign before it or without."""
    if isinstance(written, (int, float)):
        return float(written)
    name = written.removeprefix("-").strip()
    value = float(readings[name]) if name in readings else float(name)
    return -value if written.startswith("-") else value


def days_from(first: date, last: date) -> list[date]:
    """Every calendar day from first to last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def line_span(line: dict[str, Any]) -> tuple[date, date]:
    """First and last day of a claim line."""
    first = line["claim_line_start_date"]
    return first, line["claim_line_end_date"] or first


def line_days(line: dict[str, Any]) -> list[date]:
    """Every day of a claim line."""
    return days_from(*line_span(line))


def source_place(row: dict[str, Any]) -> tuple[str, int]:
    """Where a row stands: its file and row."""
    return row["source_file"], row["source_row"]


def empty_first(value: Any) -> tuple[bool, Any]:
    """A sort key that puts empty values first."""
    return (False, "") if value is None else (True, value)
