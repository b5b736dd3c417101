"""Writes the abstraction sheet as a workbook: a heading for each answer, with drop-downs where the answer is a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import xlsxwriter

from auditor.abstraction.questions import PERSON, Question, Questions
from auditor.tables import EVENT_STATUSES

ROWS = 500
# A workbook carries a date: always the same one, for the same bytes.
MADE = datetime(2020, 1, 1)
WORDS = tuple(word for word in EVENT_STATUSES if word != "entered_in_error")
GUIDE = (
    "One row is one patient. Fill what the record says, and leave the rest empty: empty means not stated, never no.",
    "A status is one of the words of its list; absent only where the record itself says that it is absent.",
    "Every answer needs its day or time: 2024-06-02, or 2024-06-02 06:30. A month alone is 2024-06.",
    "Save the sheet under a name that begins with abstraction, beside the claims, and run: auditor run FOLDER --profile abstraction",
)


@dataclass(frozen=True)
class Cell:
    """One column of the sheet: its heading, and what an answer looks like."""

    heading: str
    kind: Literal["text", "time", "status", "sex", "number"]


def sheet_columns(questions: Questions) -> tuple[Cell, ...]:
    """The columns in order: the person, what is asked once, then reading after reading."""
    return (*_person(), *(cell for question in questions.once for cell in _once(question)), *_readings(questions))


def _person() -> Iterator[Cell]:
    kinds: dict[str, Literal["time", "sex"]] = {"birth date": "time", "sex": "sex"}
    yield from (Cell(heading, kinds.get(heading, "text")) for heading in PERSON)


def _once(question: Question) -> Iterator[Cell]:
    yield Cell(question.heading, _kind(question))
    yield from (Cell(heading, "text" if heading.endswith(": document") else "time") for heading in question.beside)


def _readings(questions: Questions) -> Iterator[Cell]:
    for number in range(1, questions.times + 1):
        yield Cell(f"reading {number}: when", "time")
        yield from (Cell(f"reading {number}: {question.heading}", _kind(question)) for question in questions.readings)


def _kind(question: Question) -> Literal["text", "status", "number"]:
    if not question.is_measure:
        return "status"
    # a gestational age is written in weeks and days, as 34w2d
    return "text" if question.concept.measure and question.concept.measure.reading else "number"


def write_workbook(questions: Questions, path: Path) -> None:
    """Writes the empty sheet, and beside it how to fill it."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": MADE})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet("abstraction")
        sheet.freeze_panes(1, 1)
        for place, cell in enumerate(sheet_columns(questions)):
            sheet.set_column(place, place, 18, time if cell.kind == "time" else None)
            sheet.write_string(0, place, cell.heading, bold)
            if cell.kind in LISTS:
                sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": list(LISTS[cell.kind])})
            if cell.kind == "number":
                sheet.data_validation(1, place, ROWS, place, {"validate": "decimal", "criteria": ">=", "value": 0})
        guide = book.add_worksheet("how to fill it")
        guide.set_column(0, 0, 120)
        for row, sentence in enumerate(GUIDE):
            guide.write_string(row, 0, sentence)


LISTS = {"status": WORDS, "sex": ("F", "M", "U")}
