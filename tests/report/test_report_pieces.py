"""The small makers: amounts and ranges in words, the strip's marks, the deciding paragraphs, and what is cut in a large run."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from auditor.outcomes import Outcome
from auditor.report import RunFacts, build, listing, publish
from auditor.report.branches import branches
from auditor.report.cases import Case, Casebook
from auditor.report.episode import view_episode
from auditor.report.phrases import days_between, dollar_interval, dollars, masked, number_ranges, plain_dollars, shorten, span
from auditor.report.rationale import deciding_paragraphs
from auditor.report.schemas import conform_all
from auditor.report.sensitivity import shown_value
from auditor.report.strip import Marks, strips
from auditor.report.trend import draw_trend


@pytest.fixture(scope="module")
def cases(frames: dict[str, pd.DataFrame]) -> dict[str, Case]:
    return {case.episode_id: case for case in Casebook(conform_all(frames))}


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "$0.00"), (5, "$0.05"), (123456789, "$1,234,567.89"), (-5, "-$0.05"), (-123456, "-$1,234.56")]
)
def test_dollars(cents: int, said: str) -> None:
    assert dollars(cents) == said
    assert plain_dollars(cents) == said.replace("$", "")


def test_intervals_and_ranges() -> None:
    assert dollar_interval(100, 100) == "$1.00"
    assert dollar_interval(0, 100) == "$0.00 – $1.00"
    assert span(None, None) == ""
    assert span(0.21, 1.0, 100) == "21–100"
    assert span(20.0, 20.0) == span(None, 20.0) == "20"
    assert days_between(date(2024, 2, 28), date(2024, 3, 1)) == "2024-02-28 to 2024-03-01"
    assert number_ranges([9, 3, 4, 5, 5, 11]) == "3–5, 9, 11"
    assert number_ranges(range(0, 40, 2), shown=2) == "0, 2, and 18 more"


def test_text_for_pages_is_short_and_visible() -> None:
    assert shorten(None) == ""
    assert shorten("a\u202eb") == "a⟨U+202E⟩b"
    assert len(shorten("x" * 10_000)) < 450


@pytest.mark.parametrize(
    ("name", "shown"), [("M0012345678", "••••5678"), ("S-0101", "••••101"), ("AB", "••••B"), ("A", "••••"), ("", "••••"), (None, "••••")]
)
def test_a_masked_name_shows_half_of_it_at_most(name: str | None, shown: str) -> None:
    assert masked(name) == shown


def told_by_readers_files(run: Path) -> str:
    """All that the report, its pages and the workbook say."""
    book = openpyxl.load_workbook(run / "worklist.xlsx")
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    pages = [path.read_text(encoding="utf-8") for path in run.rglob("*.html") if path.name != "requests.html"]
    return "\n".join([*cells, *pages])


def test_members_are_masked_unless_asked_in_report_pages_and_workbook_alike(
    run: Path, masked_run: Path, frames: dict[str, pd.DataFrame]
) -> None:
    members = set(frames["episodes"]["member_id"])
    shown, hidden = told_by_readers_files(run), told_by_readers_files(masked_run)
    assert {member for member in members if member in shown} == members
    assert not {member for member in members if member in hidden}
    assert {member for member in members if f"••••{member[-3:]}" in hidden} == members


def test_requests_and_letters_name_the_member(masked_run: Path) -> None:
    for name in ("requests.html", "requests.csv", "letters.csv"):
        assert "M-1003" in (masked_run / name).read_text(encoding="utf-8"), name


def test_strip_breaks_after_fourteen_days_and_marks_the_limit(cases: dict[str, Case]) -> None:
    rows = strips(cases["EREVIEW8DAYS0"].days, Marks(date(2023, 5, 4), "72", "14"), {date(2023, 5, 2): ("0271", "94002", "94003")})
    assert [row.label for row in rows] == ["2023-05-01 to 2023-05-16, 14 days", "2023-05-17 to 2023-05-20, 4 days"]
    texts = [[shape.text for cell in row.cells for shape in cell.shapes if shape.kind == "text"] for row in rows]
    assert "72 h" in texts[0]
    assert {"0271", "+2 more"} <= set(texts[0])
    assert "billed 0271 94002 94003" in rows[0].cells[1].title
    assert "2 d" in texts[0]
    assert texts[1].count("◆") == 4
    assert "past 14 d" in texts[1]


def test_strip_is_silent_where_the_chart_is(cases: dict[str, Case]) -> None:
    (row,) = strips(cases["ESILENTECHO01"].days, Marks(), {})
    assert sum(shape.text == "·" for cell in row.cells for shape in cell.shapes) == 3 * 5
    assert row.cells[-1].title.startswith("Billed, not charted, 2024-02-03: records needed")


def test_what_was_never_given_has_no_first_and_last_day(cases: dict[str, Case]) -> None:
    case = cases["ESILENTECHO01"]
    billed = replace(case, episode={**case.episode, "therapy_days": 0, "span_days": None, "billed_days": 1, "elapsed_hours": None})
    said, without = (dict(view_episode(one, None).facts)["Length"] for one in (case, billed))
    assert " from first to last; " in said
    assert without == "0 therapy days; 1 day billed"


def test_what_a_guideline_does_not_read_has_no_lane_column_or_panel_unless_it_was_charted(cases: dict[str, Case], facts: RunFacts) -> None:
    silent, charted = (cases[name] for name in ("ESILENTECHO01", "EREVIEW8DAYS0"))
    unread = replace(facts.revisions[0], read=())
    told = view_episode(silent, unread)
    assert [lane.text for lane in told.strips[0].lanes] == ["Verdict", "Oxygen need", "Ventilator", "ECMO", "Billed", "Dollars counted"]
    assert [heading.text for heading in told.days.headings[5:8]] == ["Oxygen need", "Support", "Billed"]
    assert all(row["oxygen_need"] == Outcome.UNKNOWN for row in silent.days if row["is_therapy_day"])
    assert view_episode(charted, unread) == view_episode(charted, facts.revisions[0])
    rows = tuple(row for row in charted.measurements if row["quantity"] == "saturation")
    trend = draw_trend(rows, charted.days, (), ())
    assert trend is not None
    assert trend.title.startswith("SpO₂, 2023-05-01")
    assert [heading.text for heading in trend.grid.headings] == ["Hours", "SpO₂ %", "Readings"]


@pytest.mark.parametrize(
    ("episode", "expected"),
    [
        ("EMETFIVEDAYS1", []),
        ("EREVIEW8DAYS0", ["II.3"]),
        ("EEARLY33WEEKS", ["X.1"]),
        ("ENOCHANGE72HR", ["I.B.3", "II.2"]),
        ("ESILENTECHO01", ["I.A.1", "I.A.3.a", "I.A.3.b", "I.A.3.c", "II.2"]),
    ],
)
def test_the_paragraphs_that_decide(cases: dict[str, Case], facts: RunFacts, episode: str, expected: list[str]) -> None:
    assert [row["key"] for row in deciding_paragraphs(cases[episode], facts.revisions[0].exclusions)] == expected


def test_a_failure_left_to_the_medical_director_is_not_called_bad(cases: dict[str, Case]) -> None:
    roots = {root.key: root for root in branches(cases["EREVIEW8DAYS0"].criteria)}
    assert roots["II"].referred
    assert not roots["I"].referred


def test_a_large_run_says_what_it_leaves_out(
    frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (build, listing):
        monkeypatch.setattr(module, "CARDS", 2)
        monkeypatch.setattr(module, "WORKLIST_ROWS", 4)
    monkeypatch.setattr(build, "SET_ASIDE_ROWS", 1)
    monkeypatch.setattr(build, "LOOSE_LINES", 1)
    run = publish(frames, facts, tmp_path / "run")
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "The first 2 of 6 episodes by dollars at risk" in page
    assert "The first 4 of 6 rows by dollars at risk" in page
    assert "The first 1 of 3 rows; all of them are in set_aside.csv." in page
    assert "The first 1 of 2 rows; all of them are in lines.csv." in page
    assert len(re.findall('<article class="card"', page)) == 2
    assert len(list((run / "episodes").iterdir())) == 6
    assert 'href="episodes/ENOCHANGE72HR.html"' in page


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(1, "days", "1 day"), (14, "days", "14 days"), (True, None, "yes"), ((), None, "none"), (0.6, "fraction", "0.6 fraction")],
)
def test_a_reading_is_shown_in_words(value: bool | float | tuple[str, ...], unit: str | None, shown: str) -> None:
    assert shown_value(value, unit) == shown
