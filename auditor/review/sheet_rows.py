"""Reads a worklist that came back: the rows of its sheets, by sheet and row number, whoever saved it last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from auditor.errors import WorklistRefused
from auditor.report.queues import QUEUES
from auditor.review.columns import DECISION, FILLED_IN, KEYS

HEADER_WITHIN = 20
OUR_SHEETS = frozenset(queue.name for queue in QUEUES)


@dataclass(frozen=True)
class Place:
    """A sheet by its number, with its name where that is one of ours, and a row as the spreadsheet counts it."""

    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.row}"


@dataclass(frozen=True)
class SheetRow:
    """One row with anything filled in by a reviewer, or any key; cells by heading, blank ones None."""

    place: Place
    cells: Mapping[str, Any]

    def filled(self, *headings: str) -> bool:
        """Whether any of these cells holds something."""
        return any(self.cells.get(heading) is not None for heading in headings)


def read_rows(path: Path) -> tuple[SheetRow, ...]:
    """Every row of every sheet on which decisions can be taken. WorklistRefused where there is no such sheet, or its keys are gone."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [(name, list(workbook.get_sheet_by_name(name).iter_rows())) for name in workbook.sheet_names]
    except (CalamineError, OSError, ValueError):
        raise WorklistRefused(f"{path.name}: cannot be read as a workbook. Open it in a spreadsheet and save it again as .xlsx.") from None
    found = [_rows(_label(number, name), rows) for number, (name, rows) in enumerate(sheets, start=1)]
    if not any(rows is not None for rows in found):
        raise WorklistRefused(
            f"{path.name}: no sheet has a column {DECISION} and the hidden columns {', '.join(KEYS)}. Hand in the worklist.xlsx of a run."
        )
    return tuple(row for rows in found for row in rows or ())


def _label(number: int, name: str) -> str:
    """A sheet that someone renamed is told by its number alone: its name may be anything."""
    return f"sheet {number} ({name})" if name in OUR_SHEETS else f"sheet {number}"


def _rows(sheet: str, rows: list[list[Any]]) -> tuple[SheetRow, ...] | None:
    """None where the sheet is not one on which decisions are taken."""
    for number, row in enumerate(islice(rows, HEADER_WITHIN), start=1):
        names = [str(cell).strip() for cell in row]
        if DECISION in names and any(name in names for name in (*KEYS, *FILLED_IN[1:])):
            _check_header(Place(sheet, number), names)
            places = {name: names.index(name) for name in (*FILLED_IN, *KEYS) if name in names}
            found = (_row(Place(sheet, below), row, places) for below, row in enumerate(rows[number:], start=number + 1))
            return tuple(row for row in found if row.filled(*FILLED_IN, *KEYS))
    return None


def _check_header(place: Place, names: list[str]) -> None:
    twice = [name for name in (*FILLED_IN, *KEYS) if names.count(name) > 1]
    if twice:
        raise WorklistRefused(f"{place}: the column {twice[0]} stands here twice. Take one of them away.")
    missing = [name for name in KEYS if name not in names]
    if missing:
        raise WorklistRefused(
            f"{place}: the hidden column {missing[0]} is gone, so nobody can say what a row is about. Use a fresh worklist.xlsx."
        )


def _row(place: Place, row: list[Any], places: Mapping[str, int]) -> SheetRow:
    return SheetRow(place, {name: _value(row[at]) if at < len(row) else None for name, at in places.items()})


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def texts(row: SheetRow, headings: tuple[str, ...]) -> Iterator[str | None]:
    """Cells as text; a whole number as it is written."""
    for heading in headings:
        value = row.cells.get(heading)
        yield None if value is None else f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
