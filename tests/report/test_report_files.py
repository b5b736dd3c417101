"""CSV and Excel: typed, in dollars, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from auditor.report.cells import defuse, defuse_column
from auditor.report.queues import QUEUES
from auditor.results import RESULTS, ResultTable


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


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_formulas_are_defused(text: str) -> None:
    assert defuse(text) == f"'{text}"
    assert defuse_column(pa.array([text, "a=1", None, ""])).to_pylist() == [f"'{text}", "a=1", None, ""]


def test_workbook_has_a_typed_sheet_for_each_queue(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    book = openpyxl.load_workbook(run / "worklist.xlsx")
    assert book.sheetnames == [queue.name for queue in QUEUES]
    assert book.properties.created == datetime(2025, 6, 30)
    sheet = book["Medical director"]
    head = [cell.value for cell in sheet[1]]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:N{sheet.max_row}"
    first = dict(zip(head, sheet[2], strict=True))
    episode = frames["episodes"].set_index("episode_id").loc[first["Episode"].value]
    assert first["Start"].value.date() == episode["start_day"]
    assert first["At risk, high"].value == episode["at_risk_high_cents"] / 100
    assert first["Therapy days"].value == episode["therapy_days"]


def test_coding_sheet_lists_lines(run: Path) -> None:
    sheet = openpyxl.load_workbook(run / "worklist.xlsx")["Coding ready"]
    row = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert (row["Finding"], row["Claim"], row["Service"]) == ("K-05", "C00007", "94799")
