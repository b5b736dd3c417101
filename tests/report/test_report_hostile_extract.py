"""A hostile extract beside its tame twin: hostile text in every text field of every canonical table changes nothing but text."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from auditor import AuditResult, ExtractRefused, Settings, audit
from auditor.masking import Mask, mask_run
from auditor.places import samples_folder
from auditor.report import publish
from auditor.report.csv_files import CSV_FILES
from auditor.results import RESULTS, ResultTable
from auditor.tables import CANONICAL, Table
from auditor.tokens import Tokens
from tests.report.pages import Page

MEMBERS = ("S-0101", "S-0107", "S-0202", "S-0303", "S-0307", "S-0308", "S-0501", "S-0502", "S-0506")
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</style></title></textarea></table><svg onload=alert(1)>",
    '=HYPERLINK("http://example.org","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    " =1+1",
    "\ufeff\u00a0\u200b@SUM(1+1)",
    "<base href=//example.org><meta http-equiv=refresh content=0;url=//example.org>",
    "--><![CDATA[ ]]></script><iframe srcdoc='<script>alert(1)</script>'>",
    "[red]red[/red] [link=http://example.org]x[/link]",
    "=cmd|'/C calc'!'A1'",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "http://example.org/x",
    "mailto:x@example.org",
    "../../etc/passwd",
    "one\ntwo\r\nthree",
    "a \"quoted\", cell; with 'all' of | them",
    "\u202egnp.exe\u200f and \u2066left\u2069",
    "bell \x07 escape \x1b[31m delete \x7f",
    "line\u2028and paragraph\u2029",
    "\uffff and \ufffe",
    "😀" * 5_000,
    "=" + "A" * 10_000,
    "_x0041_ &amp; &#60;script&#62;",
)
BLANK = " \t\r\n\u00a0\u200b\ufeff"
NUL = "nul \x00 within"
TAME = "tame"
# Codes that an extract may fill as it likes, shown as they are; other codes decide something.
SHOWN_CODES = ("facility_npi", "billing_npi", "rendering_npi", "billing_tin")
# Measurements: text there sets the row aside, so only some rows have it.
COUNT = count()
READ_AS_NUMBERS, EVERY = ("value", "unit"), 40


def spoiled(table: Table, frame: pd.DataFrame, words: tuple[str, ...]) -> pd.DataFrame:
    """The table with words before every value of its text fields, and in those that are empty but for whose it is."""
    columns: dict[str, Any] = {}
    for column in table.columns:
        if column.kind != "text" and column.name not in SHOWN_CODES:
            continue
        values = frame[column.name] if column.name in frame else pd.Series([""] * len(frame), index=frame.index)
        identity = column.name.endswith("_id") and column.name not in ("document_id", "encounter_id")
        made = [value if identity and not value else with_words(value, words) for value in values]
        if column.name == "line_description":
            made = [f"{words[row % len(words)]} {value}" for row, value in enumerate(values)]
        if column.name in READ_AS_NUMBERS:
            made = [new if row % EVERY == 0 else old for row, (old, new) in enumerate(zip(values, made, strict=True))]
        columns[column.name] = made
    return frame.assign(**columns)


@cache
def place_of(value: str) -> int:
    """A number for each value in the order they are met, so that every word is used and ids still join."""
    return next(COUNT)


def with_words(value: str, words: tuple[str, ...]) -> str:
    return f"{words[place_of(value) % len(words)]} {value}"


@dataclass(frozen=True)
class Twin:
    """An audit of the samples with these words, and what it published."""

    result: AuditResult
    run: Path


def samples(words: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    frames = {}
    for table in CANONICAL:
        frame = pd.read_csv(samples_folder() / f"{table.name}.csv", dtype=str, keep_default_na=False)
        if table.name == "claim_lines":
            frame = pd.concat(
                [frame, frame[frame["member_id"] == MEMBERS[0]].tail(1).assign(claim_line_number="99", paid_amount="no money")]
            )
        frames[table.name] = spoiled(table, frame[frame["member_id"].isin(MEMBERS)].reset_index(drop=True), words)
    return frames


def audited(words: tuple[str, ...], folder: Path, form: str) -> AuditResult:
    for name, frame in samples(words).items():
        if form == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")
        else:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    return audit(Settings(paths=(folder,), as_of=date(2026, 11, 22)))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Twin, Twin]:
    """The hostile one and the tame one."""
    made = []
    for words in ((*HOSTILE, NUL), (TAME,)):
        result = audited(words, tmp_path_factory.mktemp("extract"), "parquet")
        made.append(Twin(result, publish(result.frames, result.facts, tmp_path_factory.mktemp("runs") / "run")))
    return made[0], made[1]


def test_a_csv_says_the_same_but_for_what_no_csv_can_hold(twins: tuple[Twin, Twin], tmp_path: Path) -> None:
    """So that what is published of the one is published of the other."""
    told = audited((*HOSTILE, NUL.replace("\x00", "")), tmp_path, "csv")
    for table in RESULTS:
        rows = [
            Counter(
                row.replace("\\x00", "").replace(".parquet", ".csv")
                for row in map(str, frames[table.name][texts(table)].to_dict("records"))
            )
            for frames in (twins[0].result.frames, told.frames)
        ]
        assert rows[0] == rows[1], table.name


def texts(table: ResultTable) -> list[str]:
    """All columns but names that are made of the ids themselves, and rows, which a CSV counts from its heading."""
    return [
        column.name
        for column in table.columns
        if column.holds not in ("episode", "citation") and column.name != "line_key" and not column.name.endswith("_row")
    ]


def kept(table: ResultTable) -> list[str]:
    """Columns that no text of an extract reaches; the key of a line follows the order of its words."""
    return [column.name for column in table.columns if column.holds in (None, "word") and column.name != "line_key"]


@pytest.mark.parametrize("table", RESULTS, ids=lambda table: table.name)
def test_verdicts_and_dollars_are_the_tame_ones(twins: tuple[Twin, Twin], table: ResultTable) -> None:
    hostile, tame = (Counter(map(str, found.result.frames[table.name][kept(table)].itertuples(index=False))) for found in twins)
    assert hostile == tame
    assert sum(tame.values())


def test_every_hostile_text_has_come_through_somewhere(twins: tuple[Twin, Twin]) -> None:
    frames = twins[0].result.frames
    shown = {"lines": ("line_description", "member_id", "claim_id"), "episodes": ("plan",), "evidence": ("document_id",)}
    words = "".join("".join(frames[table][column].dropna().unique()) for table, columns in shown.items() for column in columns)
    assert [text for text in HOSTILE if text.strip() not in words] == []


def test_pages_are_built_alike(twins: tuple[Twin, Twin]) -> None:
    def built(run: Path, name: str) -> Counter[tuple[str, str]]:
        return Counter((tag, str(attributes.get("class"))) for tag, attributes in Page(run / name).tags)

    for name in ("report.html", "facilities.html"):
        assert built(twins[0].run, name) == built(twins[1].run, name)
    pages: list[Counter[str]] = [
        Counter(str(sorted(built(one.run, f"episodes/{path.name}").items())) for path in (one.run / "episodes").iterdir()) for one in twins
    ]
    assert pages[0] == pages[1]


def test_pages_hold_nothing_that_runs_or_leads_out(twins: tuple[Twin, Twin]) -> None:
    for path in twins[0].run.rglob("*.html"):
        tags = Page(path).tags
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
        links = {str(attributes[name]) for _, attributes in tags for name in ("href", "src") if attributes.get(name)}
        assert all(
            re.fullmatch(r"#[\w.-]*|(\.\./)?[\w.-]+(/E\w+)?\.html(#[\w.-]*)?|(\.\./)?\w+\.(csv|xlsx|json)|data:.*", link) for link in links
        ), links
        assert not set(path.read_text(encoding="utf-8")) & {"\u202e", "\u200f", "\u2066", "\x00", "\x07", "\x1b", "\uffff"}


def test_csv_files_have_the_same_rows_and_columns(twins: tuple[Twin, Twin]) -> None:
    for name, file in CSV_FILES.items():
        rows = []
        for found in twins:
            with (found.run / file).open(encoding="utf-8", newline="") as handle:
                rows.append(list(csv.DictReader(handle)))
        hostile, tame = rows
        table = next(table for table in RESULTS if table.name == name)
        same = [column.removesuffix("_cents") if column.endswith("_cents") else column for column in kept(table)]
        assert len(hostile) == len(tame)
        assert Counter(tuple(row[column] for column in same if column in row) for row in hostile) == Counter(
            tuple(row[column] for column in same if column in row) for row in tame
        )
        held = [column.name for column in table.columns if column.kind in ("text", "list")]
        starts = {row[column].lstrip(BLANK)[:1] for row in hostile for column in held}
        assert not starts & set("=+@＝＋－＠-")
        assert not {row[column][:1] for row in hostile for column in held} & set("\t\r\n")


def test_the_workbook_has_the_same_cells(twins: tuple[Twin, Twin]) -> None:
    hostile, tame = (openpyxl.load_workbook(found.run / "worklist.xlsx") for found in twins)
    assert hostile.sheetnames == tame.sheetnames
    for name in tame.sheetnames:
        cells = [[cell for row in book[name].iter_rows() for cell in row] for book in (hostile, tame)]
        kinds = [Counter((cell.column, cell.data_type) for cell in found) for found in cells]
        assert kinds[0] == kinds[1], name
        assert not [cell for cell in cells[0] if cell.data_type == "f"]
        assert all(len(str(cell.value).encode("utf-16-le")) // 2 <= 32_767 for cell in cells[0])
        targets = {cell.hyperlink.target for cell in cells[0] if cell.hyperlink and cell.hyperlink.target}
        assert all(re.fullmatch(r"episodes/E\w+\.html", target) for target in targets)
        assert not [
            cell for cell in cells[0] if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
        ]


def test_the_workbook_can_be_read_back(twins: tuple[Twin, Twin]) -> None:
    read = CalamineWorkbook.from_path(str(twins[0].run / "worklist.xlsx"))
    assert len(read.get_sheet_by_name("Medical director").to_python()) > 1


def test_masking_leaves_none_of_it(twins: tuple[Twin, Twin], tmp_path: Path) -> None:
    result = twins[0].result
    frames, facts = mask_run(result.frames, result.facts, Mask(Tokens(b"a key of the tests, long enough")), 11)
    run = publish(frames, facts, tmp_path / "run")
    text = "".join(path.read_text(encoding="utf-8") for path in run.rglob("*") if path.suffix in (".html", ".csv", ".json"))
    marks = ("alert(1)", "HYPERLINK", "C calc", "A" * 50, "passwd", "😀", "7*7", "example.org")
    assert not [mark for mark in marks if mark in text]


def test_text_that_is_no_text_is_refused_in_words() -> None:
    frames = samples((TAME,))
    frames["events"] = frames["events"].astype(object)
    frames["events"].loc[0, "text"] = "half a letter \ud800"
    with pytest.raises(ExtractRefused) as told:
        audit(Settings(as_of=date(2026, 11, 22)), frames=frames)
    assert "half a letter" not in str(told.value)
