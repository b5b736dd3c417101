"""A worklist as a reviewer sends it back: cells filled in, columns moved, sheets renamed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

UPHELD = {"Decision": "upheld", "Who": "R. Nurse", "When": "2026-11-20"}


@dataclass
class Filled:
    """The workbook of a run, changed by openpyxl, and where it is saved."""

    source: Path
    path: Path
    book: Any = field(init=False)

    def __post_init__(self) -> None:
        self.book = openpyxl.load_workbook(self.source)

    def sheet(self, name: str) -> Worksheet:
        found: Worksheet = self.book[name]
        return found

    def fill(self, name: str, row: int, **cells: Any) -> Filled:
        """Writes cells below their headings; the first row below the header is row 2."""
        sheet = self.sheet(name)
        places = {cell.value: cell.column for cell in sheet[1]}
        for heading, value in cells.items():
            sheet.cell(row, places[heading.replace("_", " ")]).value = value
        return self

    def uphold(self, name: str, row: int, **cells: Any) -> Filled:
        """A decision that nothing is wrong with, but for these cells."""
        return self.fill(name, row, **(UPHELD | cells))

    def value(self, name: str, row: int, heading: str) -> Any:
        sheet = self.sheet(name)
        return sheet.cell(row, {cell.value: cell.column for cell in sheet[1]}[heading]).value

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path
