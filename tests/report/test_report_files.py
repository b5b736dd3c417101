"""CSV and Excel: typed, in dollars, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from openpyxl.utils import get_column_letter

from auditor.outcomes import DETERMINATIONS, Determination
from auditor.places import templates_folder
from auditor.report.cells import cell_text, defuse, defuse_column
from auditor.report.queues import QUEUES
from auditor.report.results_fingerprint import run_fingerprint
from auditor.report.tones import read_tones
from auditor.results import RESULTS, ResultTable
from auditor.review import DECISIONS
from auditor.review.columns import KEY_EPISODE, KEY_FINDING, KEY_PARAGRAPH, KEY_RUN


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_says_dollars_and_iso_dates(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    written = {row["episode_id"]: row for row in rows(run / "episodes.csv")}
    for _, episode in frames["episodes"].iterrows():
        row = written[episode["episode_id"]]
        assert row["counted"] == f"{episode['counted_cents'] / 100:.2f}"
        assert row["start_day"] == episode["start_day"].isoformat()
        assert row["facilities"] == "; ".join(episode["facilities"])
    assert written["EMETFIVEDAYS1"]["start_at"] == "2023-03-12T21:40:00Z"


@pytest.mark.parametrize("table", RESULTS, ids=lambda table: table.name)
def test_csv_columns_are_the_tables(run: Path, table: ResultTable) -> None:
    path = run / {"therapy_days": "days.csv"}.get(table.name, f"{table.name}.csv")
    text = path.read_bytes()
    assert b"\r" not in text
    named = [column.name.removesuffix("_cents") if column.kind == "cents" else column.name for column in table.columns]
    assert text.decode().splitlines()[0].split(",") == named


def test_line_days_balance_in_dollars(run: Path) -> None:
    parts = sum(round(float(row["cents"]) * 100) for row in rows(run / "line_days.csv"))
    assert parts == sum(round(float(row["counted"]) * 100) for row in rows(run / "lines.csv"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n1", "＝1", " =1", "\ufeff=1", "\u00a0\u200b-1", "﹢1"])
def test_formulas_are_defused(text: str) -> None:
    assert defuse(text) == f"'{text}"
    assert defuse_column(pa.array([text, "a=1", " a", None, ""])).to_pylist() == [f"'{text}", "a=1", " a", None, ""]


FRONT, CODING_LINES = ["Overview", "How to use"], "Coding lines"


@pytest.fixture(scope="module")
def book(run: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(run / "worklist.xlsx")


def records(sheet: Any) -> list[dict[str, Any]]:
    head, *below = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in below]


def headings(sheet: Any) -> list[str]:
    return [str(cell.value) for cell in sheet[1]]


def test_workbook_has_a_sheet_for_each_queue(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [*FRONT, *(queue.name for queue in QUEUES), CODING_LINES]
    assert book.properties.created == datetime(2025, 6, 30)


def test_workbook_cells_are_typed_and_equal_the_episodes(book: openpyxl.Workbook, frames: dict[str, pd.DataFrame]) -> None:
    episodes = frames["episodes"].set_index("episode_id")
    seen = set()
    for queue in QUEUES:
        for row in records(book[queue.name]):
            episode = episodes.loc[row["Episode"]]
            seen.add(row["Episode"])
            assert row["Start"].date() == episode["start_day"]
            assert row["Therapy days"] == episode["therapy_days"]
            word = DETERMINATIONS[Determination(episode["determination"])]
            assert row["Determination"] == f"{word.symbol} {word.word}"
            if row["Finding"] is None:
                assert row["At risk, high"] == episode["at_risk_high_cents"] / 100
    assert seen == set(episodes.index)


def test_workbook_has_a_row_for_each_decision(book: openpyxl.Workbook, frames: dict[str, pd.DataFrame]) -> None:
    findings = frames["findings"]
    for queue in QUEUES:
        told = [row for row in records(book[queue.name]) if row["Finding"]]
        wanted = findings[findings["action"].isin(queue.actions) & findings["episode_id"].notna()]
        subjects = {(row[KEY_EPISODE], row[KEY_FINDING], row[KEY_PARAGRAPH] or "") for row in told}
        assert len(subjects) == len(told)
        assert subjects == {
            (row["episode_id"], row["finding_id"], "" if pd.isna(row["paragraph"]) else row["paragraph"]) for _, row in wanted.iterrows()
        }
        assert round(sum(row["At risk, high"] for row in told) * 100) == wanted["at_risk_high_cents"].sum()


def test_workbook_names_the_run_by_its_results(book: openpyxl.Workbook, run: Path) -> None:
    names = {row[KEY_RUN] for queue in QUEUES for row in records(book[queue.name])}
    assert names == {run_fingerprint(run)}


def test_workbook_is_ready_to_be_filled_in(book: openpyxl.Workbook) -> None:
    sheet = book["Medical director"]
    head, last = headings(sheet), sheet.max_row
    letters = {name: get_column_letter(head.index(name) + 1) for name in head}
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{letters[head[-1]]}{last}"
    assert [name for name in head if sheet.column_dimensions[letters[name]].hidden] == [KEY_RUN]  # openpyxl tells a group by its first
    assert sheet.column_dimensions[letters[KEY_RUN]].max == head.index(KEY_PARAGRAPH) + 1
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    choice = rules[f"{letters['Decision']}2:{letters['Decision']}{last}"]
    assert choice.formula1 == '"' + ",".join(word.word for word in DECISIONS.values()) + '"'
    for name in ("When", "Until"):
        assert rules[f"{letters[name]}2:{letters[name]}{last}"].type == "date"
    areas = {str(area.sqref) for area in sheet.conditional_formatting}
    coloured = {f"{letters[name]}2:{letters[name]}{last}" for name in ("Determination", "Decision", "Who", "When", "Why", "Until")}
    ruled = f"A2:{letters['Next action']}{last}"
    assert areas == {*coloured, ruled}
    assert (
        sheet[f"{letters['At risk, high']}1"].alignment.horizontal == sheet[f"{letters['At risk, high']}2"].alignment.horizontal == "right"
    )


def test_colours_are_the_reports(book: openpyxl.Workbook) -> None:
    tones = read_tones(templates_folder())
    assert {word.tone for word in (*DETERMINATIONS.values(), *DECISIONS.values())} <= set(tones)
    sheet = book["Clean"]
    rules = {rule.formula[0]: rule for area in sheet.conditional_formatting for rule in area.rules}
    word = DETERMINATIONS[Determination.CRITERIA_MET]
    look = rules[f'"{word.symbol} {word.word}"'].dxf
    assert look.font.color.rgb.removeprefix("FF").lower() == tones["good"].ink.removeprefix("#").lower()
    assert look.fill.bgColor.rgb.removeprefix("FF").lower() == tones["good"].tint.removeprefix("#").lower()
    css = (templates_folder() / "style.css").read_text(encoding="utf-8")
    assert f"--good: {tones['good'].ink}" in css.split("@media", 1)[0]


def test_links_lead_to_the_pages_wherever_the_run_lies(book: openpyxl.Workbook, run: Path) -> None:
    links = [(cell.value, cell.hyperlink.target) for queue in QUEUES for cell in book[queue.name]["A"][1:]]
    assert links
    assert all(target == f"episodes/{name}.html" and (run / target).is_file() for name, target in links)


def test_overview_counts_what_the_sheets_hold(book: openpyxl.Workbook, frames: dict[str, pd.DataFrame]) -> None:
    told = {str(row[0]): row for row in book["Overview"].iter_rows(values_only=True) if row[0]}
    for queue in QUEUES:
        rows = records(book[queue.name])
        assert told[queue.name][2:4] == (len(rows), len({row["Episode"] for row in rows}))
    assert told["Dollars audited"][4] == frames["episodes"]["counted_cents"].sum() / 100
    assert told["Episodes"][4] == len(frames["episodes"])


def test_coding_lines_are_listed_line_by_line(book: openpyxl.Workbook) -> None:
    row = records(book[CODING_LINES])[0]
    assert (row["Finding"], row["Claim"], row["Service"]) == ("K-05", "C00007", "94799")
    assert "Decision" not in row


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1", "'=1"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        ("a\x00b\x1fc", "a⟨U+0000⟩b⟨U+001F⟩c"),
        ("\ud800\uffff", "⟨U+D800⟩⟨U+FFFF⟩"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_a_cell_holds_no_formula_and_nothing_unseen(text: str, shown: str) -> None:
    assert cell_text(text) == shown


def test_a_cell_is_no_longer_than_excel_allows() -> None:
    for text in ("x" * 40_000, "😀" * 40_000, "a" + "😀" * 20_000):
        assert len(cell_text(text).encode("utf-16-le")) // 2 < 32_767
        assert cell_text(text).endswith(f"({len(text):,} characters)")
