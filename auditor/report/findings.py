"""Findings as tables: those that say the same told once, those that only inform kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from auditor.outcomes import ACTIONS, Action
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW
from auditor.report.cases import Row, Rows
from auditor.report.grids import days, intervals, numbers, texts, total, wides
from auditor.report.phrases import NOTHING, counted, days_between, dollar_interval, dollars, listed, shorten
from auditor.report.queues import QUEUES
from auditor.report.view import Cell, Grid
from auditor.shelf import Shelf

SAME = ("severity", "finding_id", "state", "name", "says", "paragraph", "action", "carc", "rarc")
OF_KIND = ("episode_id", "finding_id", "state", "name", "severity", "action", AT_RISK_LOW, AT_RISK_HIGH)
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


@dataclass
class Kind:
    """Findings of one kind, counted as they come: by episode."""

    face: Row
    times: int = 0
    episodes: int = 0
    low: int = 0
    high: int = 0
    last: str | None = None

    def count(self, row: Row) -> None:
        """Counts one more."""
        self.times += 1
        self.low += row[AT_RISK_LOW] or 0
        self.high += row[AT_RISK_HIGH] or 0
        if row["episode_id"] and row["episode_id"] != self.last:
            self.last, self.episodes = row["episode_id"], self.episodes + 1


def kinds_grid(tables: Shelf) -> Grid:
    """Findings that ask for something or carry dollars, by kind: each dollar at risk stands under one of them."""
    kinds: dict[tuple[Any, ...], Kind] = {}
    for batch in tables.batches("findings", OF_KIND):
        for row in batch.to_pylist():
            if row["action"] in WORK or row[AT_RISK_HIGH]:
                kinds.setdefault((finding_name(row), row["name"], row["severity"], row["action"]), Kind(row)).count(row)
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
            *("Sum", "", "", f"{sum(kind.times for kind in ordered):,}", ""),
            *(dollars(sum(sums)) for sums in ([kind.low for kind in ordered], [kind.high for kind in ordered])),
        ),
        empty="No finding asks for anything.",
    )


def _weight(kind: Kind) -> tuple[str, int, str]:
    return kind.face["severity"] or "", -kind.high, finding_name(kind.face)


def _kind(kind: Kind) -> tuple[Cell, ...]:
    row = kind.face
    return (
        row["severity"] or NOTHING,
        f"{finding_name(row)} {shorten(row['name'])}",
        ACTIONS[Action(row["action"])],
        f"{kind.times:,}",
        f"{kind.episodes:,}",
        dollars(kind.low),
        dollars(kind.high),
    )


def _grid(caption: str, findings: Iterable[Row], empty: str) -> Grid:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(findings, key=rank):
        groups.setdefault(tuple(row[name] for name in SAME), []).append(row)
    names = [finding_name(group[0]) for group in groups.values()]
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
        anchors=tuple("" if name in names[:place] else f"f-{name}" for place, name in enumerate(names)),
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
