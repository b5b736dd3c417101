"""The first two sheets of worklist.xlsx: what was audited and what lies where, and how decisions are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from auditor.outcomes import DETERMINATIONS
from auditor.report import overview
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW, COUNTED
from auditor.report.build import Edition
from auditor.report.cells import cell_text
from auditor.report.grids import total
from auditor.report.sheets import Sheet, dollars_of
from auditor.report.treatments import in_terms, treatments_of
from auditor.report.workbook_looks import Looks
from auditor.review.columns import DECISION, UNTIL, WHEN, WHO, WHY
from auditor.review.dispositions import DECISIONS, NEEDS_REASON

HOW_TO = (
    "Each row is one decision: about a finding, or about an episode where the row names none. Line by line details are in the CSV files.",
    "Sort, filter, hide and move columns as you like, and rename the file.",
    "Leave the hidden columns that begin with Key in place: they say what a row is about.",
    f"{DECISION}: choose a word from the list. Rows without one stay undecided.",
    f"{WHO}: your name or initials. {WHEN}: the day you decided, as in 2026-11-22, not a day to come.",
    f"{WHY}: your reason. Wanted for: " + "; ".join(word.word for decision, word in DECISIONS.items() if decision in NEEDS_REASON) + ".",
    f"{UNTIL}: the last day an acceptance holds; with that decision alone.",
    "A cell that a decision still wants is tinted. The import says what is wrong, by sheet and row, and writes nothing until all is right.",
    "Hand decisions in: auditor review import worklist.xlsx --runs FOLDER-OF-RUNS. The same sheet twice adds nothing.",
    "Episodes link to their pages in the folder episodes beside this file; move the run's folder as a whole.",
    "An episode may stand on several sheets, so sheets are not to be added up. On one sheet, rows of findings carry each dollar once.",
    "This program flags, people decide. Keep this file as you keep records: it may name members.",
)
Cell = tuple[str, Any]


def write_overview(page: Any, edition: Edition, content: Sequence[Sheet], looks: Looks) -> None:
    """What was audited, in numbers; every sheet with its rows; what to know first."""
    page.hide_gridlines(2)
    for place, width in enumerate((30, 84, 11, 11, 16, 16)):
        page.set_column(place, place, width)
    head = overview.masthead(edition.facts)
    _title(page, "Worklist", looks)
    page.write_string(1, 0, cell_text(f"{head.title}, as of {head.as_of}"), looks.formats["text"])
    page.write_string(2, 0, cell_text("; ".join((*head.policies, head.program))), looks.formats["text"])
    for number, row in enumerate(
        (*_figures(edition), (), *_sheet_rows(content), (), *_determinations(edition), (), *_notices(edition)), start=4
    ):
        for place, (kind, value) in enumerate(row):
            _write(page, (number, place), kind, value, looks)
    for word in DETERMINATIONS.values():
        looks.colour(page, (0, 0, number, 0), f"{word.symbol} {word.word}", word.tone)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _title(page: Any, text: str, looks: Looks) -> None:
    page.set_row(0, 24)
    page.write_string(0, 0, text, looks.formats["title"])


def _write(page: Any, place: tuple[int, int], kind: str, value: Any, looks: Looks) -> None:
    if kind == "link":
        page.write_url(*place, f"internal:'{value}'!A1", looks.formats[kind], value)
    elif isinstance(value, str):
        page.write_string(*place, cell_text(value), looks.formats[kind])
    elif value is not None:
        page.write_number(*place, value, looks.formats[kind])


def _heads(*names: str) -> tuple[Cell, ...]:
    return tuple(("head right" if place >= 2 else "head", name) for place, name in enumerate(names))


def _figures(edition: Edition) -> Iterator[tuple[Cell, ...]]:
    episodes = edition.book.episodes
    yield _heads("Figure", "What it is", "", "", "Number")
    for name, meaning, column in (
        ("Dollars audited", "counted dollars of claim lines in scope", COUNTED),
        ("At risk, low", "not supported, and coding", AT_RISK_LOW),
        ("At risk, high", "with all that is open", AT_RISK_HIGH),
    ):
        yield ("strong", name), ("text", meaning), ("text", None), ("text", None), ("dollars", dollars_of(total(episodes, column)))
    for name, meaning, number in (
        ("Episodes", "courses of therapy, or of listed lines", len(episodes)),
        ("Therapy days", f"distinct days on {treatments_of(episodes)}", sum(row["therapy_days"] or 0 for row in episodes)),
    ):
        yield ("strong", name), ("text", meaning), ("text", None), ("text", None), ("count", number)


def _sheet_rows(content: Sequence[Sheet]) -> Iterator[tuple[Cell, ...]]:
    yield _heads("Sheet", "What lies there", "Rows", "Episodes", "At risk, low", "At risk, high")
    for sheet in content:
        sums = (dollars_of(total(sheet.episodes, column)) for column in (AT_RISK_LOW, AT_RISK_HIGH))
        yield (
            ("link", sheet.name),
            ("wrapped", sheet.meaning),
            ("count", len(sheet.rows)),
            ("count", len(sheet.episodes)),
            *(("dollars", each) for each in sums),
        )


def _determinations(edition: Edition) -> Iterator[tuple[Cell, ...]]:
    yield _heads("Determination", "What it means", "", "Episodes", "At risk, low", "At risk, high")
    for determination, word in DETERMINATIONS.items():
        mine = [row for row in edition.book.episodes if row["determination"] == determination]
        sums = (dollars_of(total(mine, column)) for column in (AT_RISK_LOW, AT_RISK_HIGH))
        said = in_terms(word, treatments_of(mine))
        name, meaning = f"{said.symbol} {said.word}", said.meaning
        yield ("strong", name), ("wrapped", meaning), ("text", None), ("count", len(mine)), *(("dollars", each) for each in sums)


def _notices(edition: Edition) -> Iterator[tuple[Cell, ...]]:
    yield _heads("To know first", "")
    for notice in overview.notices(edition.facts, edition.tables):
        yield (("text", notice),)


def write_how_to(page: Any, looks: Looks) -> None:
    """How decisions are written and handed in."""
    page.hide_gridlines(2)
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 124)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    _title(page, "How to use this worklist", looks)
    for number, text in enumerate(HOW_TO, start=2):
        page.write_string(number, 0, f"{number - 1}.", looks.formats["text"])
        page.write_string(number, 1, text, looks.formats["text"])
    start = len(HOW_TO) + 3
    page.write_string(start, 0, DECISION, looks.formats["head"])
    page.write_string(start, 1, "Meaning", looks.formats["head"])
    for number, word in enumerate(DECISIONS.values(), start=start + 1):
        page.write_string(number, 0, word.word, looks.formats["strong"])
        page.write_string(number, 1, f"{word.symbol} {word.meaning}", looks.formats["wrapped"])
        looks.colour(page, (number, 0, number, 0), word.word, word.tone)
