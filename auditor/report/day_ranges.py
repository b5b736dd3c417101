"""Days of one verdict and one cause, told as ranges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from auditor.report.buckets import COUNTED
from auditor.report.cases import Row, Rows
from auditor.report.phrases import days_between


@dataclass(frozen=True)
class DayRange:
    """Days in a row with the same verdict for the same cause. Numbers are those of therapy days; None where only billed."""

    first_day: date
    last_day: date
    first_number: int | None
    last_number: int | None
    days: int
    verdict: str | None
    cause: str | None
    counted_cents: int


def day_ranges(days: Rows) -> tuple[DayRange, ...]:
    """The days of a case, compressed."""
    return tuple(_range(list(group)) for _, group in groupby(days, key=_same))


def _same(row: Row) -> tuple[str | None, str | None, bool]:
    return row["verdict"], row["cause"], row["is_therapy_day"]


def _range(rows: list[Row]) -> DayRange:
    first, last = rows[0], rows[-1]
    return DayRange(
        first_day=first["day"],
        last_day=last["day"],
        first_number=first["day_number"],
        last_number=last["day_number"],
        days=len(rows),
        verdict=first["verdict"],
        cause=first["cause"],
        counted_cents=sum(row[COUNTED] or 0 for row in rows),
    )


def runs_of_days(days: Iterable[date]) -> list[str]:
    """Days as ranges: those that follow one another as the first and last of them."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(1):
            runs[-1][1:] = [day]
        else:
            runs.append([day])
    return [days_between(run[0], run[-1]) for run in runs]
