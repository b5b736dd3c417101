"""Text of an extract is only ever text: in the pages, in the CSV files, in the workbook."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from auditor.report.schemas import KINDS
from auditor.results import RESULTS
from tests.report.pages import Page

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</style></title></textarea><svg onload=alert(1)>",
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.exe\u200f and \u2066left\u2069",
    "nul \x01 bell \x07 escape \x1b[31m",
    "=" + "A" * 10_000,
)  # fmt: skip
MADE_BY_THE_ENGINE = {
    "episodes": {
        "episode_id",
        "kind",
        "start_clock",
        "basis",
        "attribution",
        "route",
        "pathway",
        "initiation_reason",
        "exclusion",
        "determination",
        "next_action",
    },
    "criteria": {"episode_id", "key", "reason", "fact"},
    "evidence": {"episode_id", "fact", "stance", "standing", "strength", "source_table"},
    "measurements": {"episode_id", "quantity"},
    "therapy_days": {"episode_id", "level", "verdict", "cause", "oxygen_reason"},
    "line_days": {"episode_id", "bucket", "cause"},
    "lines": {"episode_id", "disposition", "attribution"},
    "findings": {"episode_id", "finding_id", "state", "severity", "action"},
    "settling": {"episode_id", "document"},
    "set_aside": {"table_name"},
    "providers": {"measure", "label", "unit", "standing", "finding_id"},
}


def poisoned(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The frames with hostile text in every column that an extract can fill, a different one from row to row."""
    return {table.name: _poisoned(frames[table.name], table.name) for table in RESULTS}


def _poisoned(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    table = next(table for table in RESULTS if table.name == name)
    columns: dict[str, Any] = {}
    for place, column in enumerate(table.columns):
        texts = [HOSTILE[(row + place) % len(HOSTILE)] for row in range(len(frame))]
        if column.kind in {"text", "list"} and column.name not in MADE_BY_THE_ENGINE[name] and column.name != "policy_revision":
            values = texts if column.kind == "text" else [[text] for text in texts]
            columns[column.name] = pd.Series(values, dtype=pd.ArrowDtype(KINDS[column.kind]))
    return frame.assign(**columns)


@pytest.fixture(scope="module")
def hostile_run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(poisoned(frames), facts, tmp_path_factory.mktemp("runs") / "hostile")


def test_pages_have_the_tags_they_always_have(hostile_run: Path, run: Path) -> None:
    pages = ("report.html", "facilities.html", "requests.html", "episodes/EREVIEW8DAYS0.html", "episodes/EMETFIVEDAYS1.html")
    allowed = {tag for page in pages for tag, _ in Page(run / page).tags}
    for path in hostile_run.rglob("*.html"):
        tags = Page(path).tags
        assert {tag for tag, _ in tags} <= allowed
        assert sum(tag == "script" for tag, _ in tags) == (path.name != "requests.html")
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
        assert all(not (attributes.get("href") or "#").startswith(("javascript", "data", "http")) for _, attributes in tags)


def test_pages_show_hostile_text_as_text(hostile_run: Path) -> None:
    page = (hostile_run / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "⟨U+202E⟩gnp.exe" in page
    assert "(10,001 characters)" in page
    assert "A" * 500 not in page
    assert not set(page) & {"\u202e", "\u200f", "\u2066", "\x01", "\x1b"}


def test_the_name_of_a_file_that_is_not_read_is_text(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path) -> None:
    run = publish(frames, replace(facts, not_read=("\u202efdp.<script>.txt", "B" * 10_000, "README.md")), tmp_path / "run")
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "Not read: ⟨U+202E⟩fdp.&lt;script&gt;.txt" in page
    assert "\u202e" not in page
    assert "B" * 500 not in page
    assert "Not read: README.md" not in page


def test_csv_holds_all_of_it_defused(hostile_run: Path) -> None:
    cells = []
    for path in hostile_run.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells += [cell for row in csv.DictReader(file) for cell in row.values()]
    starts = {cell[0] for cell in cells if cell and not cell.lstrip("-").replace(".", "").isdigit()}
    assert not starts & set("=+-@\t\r\n")
    assert "'=" + "A" * 10_000 in cells
    assert HOSTILE[0] in cells


def test_workbook_holds_no_formula_and_no_link_of_an_extracts(hostile_run: Path) -> None:
    book = openpyxl.load_workbook(hostile_run / "worklist.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    targets = {cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target}
    assert targets == {f"episodes/{path.name}" for path in (hostile_run / "episodes").iterdir()}
    texts = {str(cell.value) for cell in cells}
    assert any(text.startswith(("'=HYPERLINK", "'@SUM")) for text in texts)
