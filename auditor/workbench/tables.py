"""A change of rules, or a sweep, as CSV: dollars with cents, formulas defused."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.money import file_dollars
from auditor.report.cells import defuse
from auditor.workbench.shifts import AtRisk, Shift, Tally
from auditor.workbench.sweep import Step

AT_RISK = ("at_risk_low_before", "at_risk_high_before", "at_risk_low_after", "at_risk_high_after")


def write_shift(shift: Shift, folder: Path) -> None:
    """``moves.csv``, ``paragraphs.csv``, ``lines_of_business.csv`` and ``episodes.csv`` in a folder that is there."""
    moves = [(one.before, one.after, one.episodes, *_dollars(one.dollars_before, one.dollars_after)) for one in shift.moves]
    _write(folder / "moves.csv", ("before", "after", "episodes", *AT_RISK), moves)
    for name, group, tallies in (("paragraphs", "paragraph", shift.paragraphs), ("lines_of_business", "line_of_business", shift.lines)):
        _write(folder / f"{name}.csv", (group, "count_before", "count_after", *AT_RISK), (_tally(one) for one in tallies))
    episodes = [
        (
            one.episode_id,
            "; ".join(one.earlier_ids),
            one.kinship,
            "; ".join(one.earlier_determinations),
            one.determination,
            *_dollars(one.earlier_at_risk_cents, one.at_risk_cents),
            "; ".join(one.what),
        )
        for one in shift.changed
    ]
    _write(folder / "episodes.csv", ("episode_id", "earlier_ids", "kinship", "before", "after", *AT_RISK, "what"), episodes)


def write_sweep(reading: str, steps: Sequence[Step], folder: Path) -> None:
    """``sweep.csv``: a row a value."""
    words = sorted({word for step in steps for word in step.determinations})
    rows = [
        (step.value, step.is_set, *map(file_dollars, step.at_risk), step.differing, *(step.determinations.get(word, 0) for word in words))
        for step in steps
    ]
    _write(folder / "sweep.csv", (reading, "is_set", "at_risk_low", "at_risk_high", "episodes_that_differ", *words), rows)


def _tally(one: Tally) -> tuple[object, ...]:
    return one.group, one.count_before, one.count_after, *_dollars(one.before, one.after)


def _dollars(before: AtRisk, after: AtRisk) -> tuple[str, ...]:
    return tuple(map(file_dollars, (*before, *after)))


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([defuse(cell) if isinstance(cell, str) and not _is_number(cell) else cell for cell in row] for row in rows)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
