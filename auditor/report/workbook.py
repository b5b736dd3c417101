"""worklist.xlsx: a sheet for each queue, typed, with filters; the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from auditor.outcomes import ACTIONS, DETERMINATIONS, Action, Determination
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW, COUNTED
from auditor.report.cases import Casebook, Row
from auditor.report.cells import defuse
from auditor.report.facts import RunFacts
from auditor.report.findings import finding_name
from auditor.report.phrases import listed
from auditor.report.queues import CODING, QUEUES, Queue
from auditor.report.worklist import what_is_open

LONGEST_CELL = 32_000
NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\")


@dataclass(frozen=True)
class Field:
    """One column of a sheet: its heading, its width in characters, how it is typed, and its value."""

    heading: str
    width: int
    kind: str
    value: Callable[[Row], Any]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its columns and its rows."""

    name: str
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]


def dollars_of(cents: int | None) -> float | None:
    """Dollars as a spreadsheet keeps them; the nearest double to a whole number of cents prints as that number."""
    return None if cents is None else cents / 100


EPISODE_FIELDS = (
    Field("Episode", 16, "text", lambda row: row["episode_id"]),
    Field("Member", 16, "text", lambda row: row["member_id"]),
    Field("Start", 11, "date", lambda row: row["start_day"]),
    Field("Last day", 11, "date", lambda row: row["end_day"]),
    Field("Therapy days", 8, "number", lambda row: row["therapy_days"]),
    Field("Line of business", 14, "text", lambda row: row["line_of_business"]),
    Field("State", 7, "text", lambda row: row["state"]),
    Field("Facilities", 22, "text", lambda row: listed(row["facilities"])),
    Field("Determination", 26, "text", lambda row: DETERMINATIONS[Determination(row["determination"])].word),
    Field("Missing, or gravest finding", 44, "text", lambda row: row["open"]),
    Field("Counted", 14, "dollars", lambda row: dollars_of(row[COUNTED])),
    Field("At risk, low", 14, "dollars", lambda row: dollars_of(row[AT_RISK_LOW])),
    Field("At risk, high", 14, "dollars", lambda row: dollars_of(row[AT_RISK_HIGH])),
    Field("Next action", 28, "text", lambda row: ACTIONS[Action(row["next_action"])]),
)
FINDING_FIELDS = (
    Field("Episode", 16, "text", lambda row: row["episode_id"]),
    Field("Claim", 16, "text", lambda row: row["claim_id"]),
    Field("Line", 7, "text", lambda row: row["claim_line_number"]),
    Field("Service", 10, "text", lambda row: row["hcpcs_code"]),
    Field("First day", 11, "date", lambda row: row["first_day"]),
    Field("Last day", 11, "date", lambda row: row["last_day"]),
    Field("Finding", 10, "text", finding_name),
    Field("Name", 34, "text", lambda row: row["name"]),
    Field("What it says", 48, "text", lambda row: row["says"]),
    Field("Severity", 9, "text", lambda row: row["severity"]),
    Field("At risk, low", 14, "dollars", lambda row: dollars_of(row[AT_RISK_LOW])),
    Field("At risk, high", 14, "dollars", lambda row: dollars_of(row[AT_RISK_HIGH])),
    Field("CARC", 8, "text", lambda row: row["carc"]),
    Field("RARC", 8, "text", lambda row: row["rarc"]),
    Field("Rests on", 30, "text", lambda row: listed(row["evidence"])),
)


def write_workbook(book: Casebook, queues: Mapping[str, tuple[Queue, ...]], facts: RunFacts, path: Path) -> None:
    """Writes the workbook. Its creation date is the day the audit is as of."""
    workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    made = datetime.combine(facts.as_of, time())
    workbook.set_properties({"title": "Worklist", "created": made, "modified": made})
    formats = {
        "head": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": workbook.add_format({"valign": "top"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "dollars": workbook.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "number": workbook.add_format({"num_format": "0", "valign": "top"}),
    }
    for sheet in sheets(book, queues):
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    workbook.close()


def sheets(book: Casebook, queues: Mapping[str, tuple[Queue, ...]]) -> Iterator[Sheet]:
    """A sheet for each queue: findings for coding edits, which need no episode; episodes for the rest."""
    episodes = [row | {"open": what_is_open(row, book.findings.of(row["episode_id"]))} for row in book.episodes]
    for queue in QUEUES:
        if queue is CODING:
            yield Sheet(_sheet_name(queue), FINDING_FIELDS, tuple(_coding_findings(book, queues)))
        else:
            yield Sheet(_sheet_name(queue), EPISODE_FIELDS, tuple(row for row in episodes if queue in queues[row["episode_id"]]))


def _sheet_name(queue: Queue) -> str:
    return queue.name.translate(NOT_IN_SHEET_NAMES)[:31]


def _coding_findings(book: Casebook, queues: Mapping[str, tuple[Queue, ...]]) -> Iterator[Row]:
    no_line = dict.fromkeys(("claim_id", "claim_line_number", "hcpcs_code"))
    names = [row["episode_id"] for row in book.episodes if CODING in queues[row["episode_id"]]]
    for name in (*names, None):
        lines = {line["line_key"]: line for line in book.lines.of(name)}
        for finding in book.findings.of(name):
            if finding["action"] in CODING.actions:
                yield no_line | lines.get(finding["line_key"], {}) | finding


def _write_sheet(sheet: Any, content: Sheet, formats: Mapping[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(content.rows), len(content.fields) - 1)
    for place, column in enumerate(content.fields):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, formats["head"])
    for number, row in enumerate(content.rows, start=1):
        for place, column in enumerate(content.fields):
            _write_cell(sheet, (number, place), column.value(row), formats[column.kind])


def _write_cell(sheet: Any, place: tuple[int, int], value: Any, look: Any) -> None:
    match value:
        case None | "":
            sheet.write_blank(*place, None, look)
        case date():
            sheet.write_datetime(*place, value, look)
        case str():
            sheet.write_string(*place, defuse(value)[:LONGEST_CELL], look)
        case _:
            sheet.write_number(*place, value, look)
