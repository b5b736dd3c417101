"""Audits an extract by the engine and by the reference, into one canonical form: table, then key, then column."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.tables import CANONICAL
from tests.properties.typed import Extract, typed
from tests.reference import RuleBook, audit_reference, read_rules

Row = dict[str, Any]
Tables = dict[str, dict[tuple[Any, ...], Row]]
CONFIGS = Path(__file__).resolve().parents[2] / "configs"
OUTCOME_NUMBERS = {"not met": 0, "unknown": 1, "met": 2, "not applicable": 3}
MONEY = (
    *("counted_cents", "supported_cents", "not_supported_cents", "records_needed_cents", "medical_review_cents", "not_asked_cents"),
    *("linked_cents", "not_separately_paid_cents", "coding_cents", "coding_review_cents"),
)
AT_RISK = ("at_risk_low_cents", "at_risk_high_cents")

KEYS = {
    "episodes": ("episode",),
    "criteria": ("episode", "key"),
    "therapy_days": ("episode", "day"),
    "line_days": ("line", "day"),
    "lines": ("line",),
    "measurements": ("episode", "quantity", "day", "hour", "source_file"),
}
COLUMNS = {
    "episodes": (
        *("kind", "attribution", "line_of_business", "route", "start_last_day", "start_at", "start_clock", "therapy_days", "billed_days"),
        *("span_days", "elapsed_hours", "open_end", "age_days_low", "age_days_high", "age_years_low", "age_years_high", "initiation"),
        *("initiation_reason", "continuation", "exclusion", "referred", "determination", "next_action", "documents", "lines"),
        *(*MONEY, *AT_RISK),
    ),
    "criteria": ("outcome", "reason", "referred", "alone"),
    "therapy_days": (
        *("day_number", "is_therapy_day", "level", "charted", "hours", "shown_by", "initiation", "oxygen_need", "oxygen_reason"),
        *("past_limit", "approved", "verdict", *MONEY),
    ),
    "line_days": ("episode", "cents", "bucket"),
    "lines": ("disposition", "superseded_by", "attribution", "amount_basis", "episode", *MONEY, *AT_RISK),
    "measurements": ("readings", "low", "low_row", "high", "high_row"),
}


@cache
def rule_book() -> RuleBook:
    """The rules of the checkout, as the reference reads them."""
    return read_rules(CONFIGS)


def reference_tables(extract: Extract) -> Tables:
    """What the reference says of an extract."""
    rows = typed(extract)
    found = audit_reference(rows["claim_lines"], rows["members"], rows["events"], rows["authorizations"], rule_book())
    return {name: _by_key(name, found[name]) for name in KEYS}


def engine_tables(extract: Extract) -> Tables:
    """What the engine says of an extract."""
    from auditor import Settings, audit

    frames = audit(Settings(threads=1), frames=as_frames(extract)).frames
    episodes = {row["episode_id"]: _episode_key(row) for row in _records(frames["episodes"])}
    lines = {row["line_key"]: (row["source_file"], row["source_row"]) for row in _records(frames["lines"])}
    tables = {}
    for name in KEYS:
        rows = _records(frames[name])
        for row in rows:
            row["episode"] = episodes.get(row.get("episode_id"))
            row["line"] = lines.get(row.get("line_key"))
            row.update({column: _as_day(row[column]) for column in ("day", "start_last_day") if column in row})
        tables[name] = _by_key(name, rows)
    return tables


def as_frames(extract: Extract) -> dict[str, pd.DataFrame]:
    """The extract as frames of text with every canonical column."""
    return {
        table.name: pd.DataFrame(
            [[row.get(column.name) or None for column in table.columns] for row in extract.get(table.name, [])],
            columns=[column.name for column in table.columns],
            dtype="str",
        )
        for table in CANONICAL
    }


def _episode_key(row: Row) -> tuple[Any, ...]:
    return row["member_id"], _as_day(row["start_day"]), row["basis"], _as_day(row["end_day"])


def _as_day(value: Any) -> date | None:
    plain = _plain(value)
    return plain.date() if isinstance(plain, datetime) else plain


def _records(frame: pd.DataFrame) -> list[Row]:
    return [dict(zip(frame.columns, values, strict=True)) for values in frame.astype(object).itertuples(index=False, name=None)]


def _by_key(name: str, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
    keyed = {}
    for row in rows:
        key = tuple(_plain(row[column]) for column in KEYS[name])
        assert key not in keyed, f"{name}: {key} twice"
        keyed[key] = {column: _plain(row[column]) for column in COLUMNS[name]}
    return keyed


def _plain(value: Any) -> Any:
    """One way of writing a value: no NaN or NaT, days as dates, instants without a zone, numbers to six places, outcomes as numbers."""
    if isinstance(value, str):
        return OUTCOME_NUMBERS.get(value, value or None)
    if isinstance(value, (list, tuple, set)) or hasattr(value, "tolist"):
        return _plain_list(value)
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime):
        return pd.Timestamp(value).to_pydatetime().replace(tzinfo=None)
    if isinstance(value, (bool, date)):
        return value
    number = round(float(value), 6)
    return int(number) if number == int(number) else number


def _plain_list(value: Any) -> Any:
    items = value.tolist() if hasattr(value, "tolist") else value
    return tuple(_plain(item) for item in items) if isinstance(items, (list, tuple, set)) else _plain(items)


def differences(one: Tables, other: Tables, names: tuple[str, str] = ("engine", "reference"), most: int = 40) -> list[str]:
    """Where two results differ: table, key, column and both values, at most so many lines of it."""
    found = []
    for table in KEYS:
        for key in sorted({*one[table], *other[table]}, key=str):
            left, right = one[table].get(key), other[table].get(key)
            if left is None or right is None:
                found.append(f"{table} {_say(key)}: only in the {names[1] if left is None else names[0]}: {_say_row(left or right)}")
                continue
            found += [
                f"{table} {_say(key)} {column}: {names[0]} {left[column]!r}, {names[1]} {right[column]!r}"
                for column in COLUMNS[table]
                if left[column] != right[column]
            ]
    return found[:most] + ([f"... and {len(found) - most} more"] if len(found) > most else [])


def _say(key: tuple[Any, ...]) -> str:
    return "/".join(_say(part) if isinstance(part, tuple) else str(part) for part in key)


def _say_row(row: Row | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in (row or {}).items() if value not in (None, 0))[:300]
