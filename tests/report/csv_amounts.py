"""The amounts that a page shows, and those that the CSV files beside it account for."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path

AMOUNT = re.compile(r"(?<![\w.,/-])-?\$?[\d,]+\.\d\d(?![\w%])")
CENTS = re.compile(r"-?\d+\.\d\d")
TABLES = ("episodes", "lines", "days", "line_days", "findings")
# Findings that say the same stand in one row of a page.
ONE_ROW = ("finding_id", "state", "says", "paragraph", "action", "name")
Row = dict[str, str]


def read_rows(run: Path, name: str) -> list[Row]:
    """The rows of a CSV file of the run."""
    with (run / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown_amounts(page: Path) -> list[Decimal]:
    """Every amount that a reader of the page sees."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    told = unescape(re.sub(r"<[^>]*>", " ", text))
    return [Decimal(re.sub(r"[$,]", "", found)) for found in AMOUNT.findall(told)]


def amounts_of(rows: Iterable[Row]) -> set[Decimal]:
    """The amounts that rows hold, and what each column of them comes to."""
    held, sums = set(), defaultdict(Decimal)
    for row in rows:
        for column, text in row.items():
            if CENTS.fullmatch(text or ""):
                held.add(Decimal(text))
                sums[column] += Decimal(text)
    return held | set(sums.values())


def amounts_by_episode(run: Path) -> Iterator[tuple[str, set[Decimal]]]:
    """Each episode, and the amounts that the CSV files account for."""
    of: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {name: [] for name in TABLES})
    for name in TABLES:
        for row in read_rows(run, name):
            of[row["episode_id"]][name].append(row)
    for episode in (row["episode_id"] for row in read_rows(run, "episodes")):
        groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in of[episode]["findings"]:
            groups[tuple(row[name] for name in ONE_ROW)].append(row)
        known = [amounts_of(rows) for rows in (*of[episode].values(), *groups.values())]
        yield episode, set().union(*known)
