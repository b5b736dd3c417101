"""Findings as tables: those that say the same told once, those that only inform kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.outcomes import ACTIONS, Action
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW
from auditor.report.cases import Row, Rows
from auditor.report.grids import days, intervals, numbers, texts, total, wides
from auditor.report.phrases import NOTHING, counted, days_between, dollar_interval, dollars, listed, shorten
from auditor.report.queues import QUEUES
from auditor.report.view import Cell, Grid

SAME = ("severity", "finding_id", "state", "name", "says", "paragraph", "action", "carc", "rarc")
ROWS_NAMED = 5
WORK = frozenset(action for queue in QUEUES for action in queue.actions)


def work_grid(findings: Rows) -> Grid:
    """Findings that ask someone to do something, gravest first."""
    return _grid("Findings", [row for row in findings if row["action"] in WORK], "No findings that ask for anything.")


def information_grid(findings: Rows) -> Grid:
    """Findings that only inform."""
    return _grid("For information", [row for row in findings if row["action"] not in WORK], "")


def finding_grid(findings: Rows, caption: str) -> Grid:
    """All of these findings in one table."""
    return _grid(caption, findings, "No findings.")


def kinds_grid(findings: Rows) -> Grid:
    """Findings that ask for something or carry dollars, by kind: each dollar at risk stands under one of them."""
    kinds: dict[tuple[Any, ...], list[Row]] = {}
    for row in findings:
        if row["action"] in WORK or row[AT_RISK_HIGH]:
            kinds.setdefault((finding_name(row), row["name"], row["severity"], row["action"]), []).append(row)
    ordered = sorted(kinds.values(), key=_weight)
    return Grid(
        caption="Findings that ask for something",
        headings=(
            *numbers("Grade"),
            *wides("Finding"),
            *texts("Next"),
            *numbers("Times", "Episodes", "At risk, low", "At risk, high"),
        ),
        rows=tuple(map(_kind, ordered)),
        totals=(
            *("Sum", "", "", f"{sum(map(len, ordered)):,}", ""),
            *(dollars(total(findings, name)) for name in (AT_RISK_LOW, AT_RISK_HIGH)),
        ),
        empty="No finding asks for anything.",
    )


def _weight(rows: list[Row]) -> tuple[str, int, str]:
    return rows[0]["severity"] or "", -total(rows, AT_RISK_HIGH), finding_name(rows[0])


def _kind(rows: list[Row]) -> tuple[Cell, ...]:
    row = rows[0]
    return (
        row["severity"] or NOTHING,
        f"{finding_name(row)} {shorten(row['name'])}",
        ACTIONS[Action(row["action"])],
        f"{len(rows):,}",
        f"{len({one['episode_id'] for one in rows if one['episode_id']}):,}",
        dollars(total(rows, AT_RISK_LOW)),
        dollars(total(rows, AT_RISK_HIGH)),
    )


def _grid(caption: str, findings: Iterable[Row], empty: str) -> Grid:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(findings, key=rank):
        groups.setdefault(tuple(row[name] for name in SAME), []).append(row)
    return Grid(
        caption=caption,
        headings=(
            *numbers("Grade"),
            *texts("Finding"),
            *wides("What it says"),
            *texts("Paragraph"),
            *numbers("Times"),
            *days("First and last day"),
            *intervals("At risk"),
            *texts("Next"),
            *wides("Rests on"),
            *texts("Suggested"),
        ),
        rows=tuple(_finding(group) for group in groups.values()),
        empty=empty,
    )


def rank(finding: Row) -> tuple[str, int, str]:
    """Gravest first, then most dollars."""
    return finding["severity"] or "", -(finding[AT_RISK_HIGH] or 0), finding["finding_id"]


def finding_name(finding: Row) -> str:
    """The finding's number, with its state where it has one."""
    return ".".join(part for part in (finding["finding_id"], finding["state"]) if part)


def _finding(rows: list[Row]) -> tuple[Cell, ...]:
    row = rows[0]
    codes = (f"{name} {shorten(row[name.lower()])}" for name in ("CARC", "RARC") if row[name.lower()])
    return (
        row["severity"] or NOTHING,
        f"{finding_name(row)} {shorten(row['name'])}",
        shorten(row["says"]),
        shorten(row["paragraph"]),
        f"{len(rows):,}",
        _when(rows),
        dollar_interval(total(rows, AT_RISK_LOW), total(rows, AT_RISK_HIGH)),
        ACTIONS[Action(row["action"])],
        _rests_on(rows),
        " ".join(codes) or NOTHING,
    )


def _when(rows: list[Row]) -> str:
    first = min((row["first_day"] for row in rows if row["first_day"]), default=None)
    last = max((row["last_day"] for row in rows if row["last_day"]), default=None)
    return days_between(first, last)


def _rests_on(rows: list[Row]) -> str:
    places = list(dict.fromkeys(place for row in rows for place in row["evidence"] or ()))
    more = len(places) - ROWS_NAMED
    named = shorten(listed(places[:ROWS_NAMED]))
    return f"{named}; {counted(more, 'more row')} in findings.csv" if more > 0 else named or NOTHING
