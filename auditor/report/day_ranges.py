"""Days of one verdict and one cause, told as ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from auditor.report.buckets import COUNTED
from auditor.report.cases import Row, Rows


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
