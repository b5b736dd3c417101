"""worklist.xlsx: an overview, how to use it, and a sheet for each queue with room for decisions; the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.url import Url

from auditor.outcomes import DETERMINATIONS
from auditor.places import templates_folder
from auditor.report.build import Edition
from auditor.report.cells import cell_text
from auditor.report.names import EPISODE_NAME
from auditor.report.sheets import KEY_FIELDS, Field, Sheet
from auditor.report.tones import read_tones
from auditor.report.workbook_front import write_how_to, write_overview
from auditor.report.workbook_looks import Looks, make_looks
from auditor.review.columns import DECISION, UNTIL, WHEN, WHO, WHY
from auditor.review.dispositions import DECISIONS, NEEDS_REASON, Decision

AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
ROWS_HELD = 10_000
# Excel opens no sheet with more links than this.
MOST_LINKS = 65_000
EARLIEST = date(2000, 1, 1)
LETTER_PAPER, PAGES_WIDE, MARGIN = 1, 2, 0.3
LINE_HEIGHT, MOST_LINES = 15, 8


class PageLink(Url):  # type: ignore[misc]
    """A link to a file beside the workbook, with slashes as every system reads them; the library writes those of Windows."""

    def _target(self) -> str:
        return str(super()._target()).replace("\\", "/")


def write_workbook(edition: Edition, content: Sequence[Sheet], path: Path) -> None:
    """Writes the workbook of a run. Its creation date is the day the audit is as of.

    Many rows go to disk as they are written, for which each text stands in its cell; of fewer, texts are told once for the whole book.
    """
    workbook = xlsxwriter.Workbook(str(path), {**AS_TEXT, "constant_memory": sum(len(sheet.rows) for sheet in content) > ROWS_HELD})
    made = datetime.combine(edition.facts.as_of, time())
    workbook.set_properties({"title": "Worklist", "created": made, "modified": made})
    looks = make_looks(workbook, read_tones(templates_folder()))
    front, note = workbook.add_worksheet("Overview"), workbook.add_worksheet("How to use")
    write_overview(front, edition, content, looks)
    write_how_to(note, looks)
    for sheet in content:
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, looks)
    workbook.close()


def _write_sheet(page: Any, sheet: Sheet, looks: Looks) -> None:
    last = len(sheet.fields) - 1
    page.freeze_panes(1, 1)
    # hidden columns too, so that sorting keeps a row's keys with it
    page.autofilter(0, 0, len(sheet.rows), last)
    page.set_landscape()
    page.set_paper(LETTER_PAPER)
    page.set_margins(left=MARGIN, right=MARGIN, top=MARGIN, bottom=2 * MARGIN)
    page.fit_to_pages(PAGES_WIDE, 0)
    page.repeat_rows(0)
    page.repeat_columns(0)
    page.set_footer("&L&A&RPage &P of &N")
    for place, field in enumerate(sheet.fields):
        page.set_column(place, place, field.width, None, {"hidden": True} if field in KEY_FIELDS else {})
        page.write_string(0, place, field.heading, looks.head(field.kind))
    page.set_row(0, 2 * LINE_HEIGHT)
    for number, row in enumerate(sheet.rows, start=1):
        if (lines := _lines(sheet, row)) > 1:
            page.set_row(number, lines * LINE_HEIGHT)
        for place, field in enumerate(sheet.fields):
            _write_cell(page, (number, place), field, row[place], looks)
    if sheet.rows:
        _colour_determinations(page, sheet, looks)
        if sheet.decided:
            _ask(page, sheet, looks)
        _rule(page, sheet, looks)


def _rule(page: Any, sheet: Sheet, looks: Looks) -> None:
    """A line under each row, to read along on paper; cells that a reviewer fills in have their own."""
    last = sum(field.kind not in looks.filled_in and field not in KEY_FIELDS for field in sheet.fields) - 1
    page.conditional_format(1, 0, len(sheet.rows), last, {"type": "formula", "criteria": "=TRUE", "format": looks.formats["ruled"]})


def _write_cell(page: Any, place: tuple[int, int], field: Field, value: Any, looks: Looks) -> None:
    look = looks.formats[field.kind]
    match value:
        case None | "":
            if field.kind in looks.filled_in:  # others need no cell
                page.write_blank(*place, None, look)
        case date():
            page.write_datetime(*place, value, look)
        case str() if field.kind == "link" and place[0] <= MOST_LINKS and EPISODE_NAME.fullmatch(value):
            link = PageLink(f"external:episodes/{value}.html")
            link.text = value
            page.write_url(*place, link, look)
        case str():
            page.write_string(*place, cell_text(value), look)
        case _:
            page.write_number(*place, value, look)


def _lines(sheet: Sheet, row: Sequence[Any]) -> int:
    """How many lines the longest wrapped cell of a row takes, about; not every program that opens a workbook works it out."""
    texts = ((field.width, value) for field, value in zip(sheet.fields, row, strict=True) if field.kind == "wrapped")
    return min(max((ceil(len(text) / width) for width, text in texts if text), default=1), MOST_LINES)


def _column(sheet: Sheet, heading: str) -> int:
    return [field.heading for field in sheet.fields].index(heading)


def _cells(sheet: Sheet, heading: str) -> tuple[int, int, int, int]:
    """The cells below a heading: first row, first column, last row, last column."""
    place = _column(sheet, heading)
    return 1, place, len(sheet.rows), place


def _colour_determinations(page: Any, sheet: Sheet, looks: Looks) -> None:
    if "Determination" in [field.heading for field in sheet.fields]:
        for word in DETERMINATIONS.values():
            looks.colour(page, _cells(sheet, "Determination"), f"{word.symbol} {word.word}", word.tone)


def _ask(page: Any, sheet: Sheet, looks: Looks) -> None:
    """Drop-downs, what a date must be, colours of decisions, and a tint on what a decision still wants."""
    words = [word.word for word in DECISIONS.values()]
    wrong = "Choose one of: " + "; ".join(words) + "."
    choice = {"validate": "list", "source": words, "error_title": "Not a decision", "error_message": wrong}
    page.data_validation(*_cells(sheet, DECISION), choice)
    for heading in (WHEN, UNTIL):
        asked = {
            "validate": "date",
            "criteria": ">=",
            "value": EARLIEST,
            "error_title": "Not a date",
            "error_message": "Write a date, as in 2026-11-22.",
        }
        page.data_validation(*_cells(sheet, heading), asked)
    for word in DECISIONS.values():
        looks.colour(page, _cells(sheet, DECISION), word.word, word.tone)
    decided = f"${_letter(sheet, DECISION)}2"
    dated = f'{decided}="{DECISIONS[Decision.ACCEPTED_UNTIL].word}"'
    reasons = ",".join(f'{decided}="{DECISIONS[decision].word}"' for decision in DECISIONS if decision in NEEDS_REASON)
    for heading, when in ((WHO, f'{decided}<>""'), (WHEN, f'{decided}<>""'), (WHY, f"OR({reasons})"), (UNTIL, dated)):
        wanted = {"type": "formula", "criteria": f'=AND({when},${_letter(sheet, heading)}2="")', "format": looks.tints["open"]}
        page.conditional_format(*_cells(sheet, heading), wanted)


def _letter(sheet: Sheet, heading: str) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(_column(sheet, heading)))
