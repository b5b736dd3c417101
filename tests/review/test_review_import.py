"""Decisions come back from worklists, whoever saved them; what cannot be matched or understood is refused by sheet and row."""

from __future__ import annotations

import csv
import stat
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from auditor.errors import WorklistRefused
from auditor.report import publish
from auditor.review import DECISIONS, Decision, Disposition
from auditor.review.columns import KEY_EPISODE, KEY_FINDING, KEYS
from auditor.review.importing import import_worklist, keep
from auditor.review.store import CsvStore
from tests.report.courses import COURSES
from tests.report.fixture import facts_of, frames_of
from tests.review.conftest import RUN
from tests.review.filling import UPHELD, Filled
from tests.test_command_line import Command, command

__all__ = ["command"]

TODAY = date(2026, 11, 22)
DIRECTOR, RECORDS, SILENT, DATA = "Medical director", "Records requests", "Policy silent", "Data quality"


def store_of(runs: Path) -> CsvStore:
    return CsvStore(runs / "dispositions.csv")


def taken(worklist: Filled, runs: Path) -> tuple[Disposition, ...]:
    """All decisions kept after the import."""
    store = store_of(runs)
    keep(import_worklist(worklist.save(), runs, store, TODAY), store, keep_good=False)
    return store.all()


def refused(worklist: Filled, runs: Path) -> str:
    """What the refusal says; nothing is kept."""
    with pytest.raises(WorklistRefused) as told:
        taken(worklist, runs)
    assert not (runs / "dispositions.csv").exists()
    return str(told.value)


def test_a_decision_is_read_back_for_what_its_row_is_about(worklist: Filled, runs: Path) -> None:
    worklist.fill(
        DIRECTOR,
        2,
        Decision="accepted until a date",
        Who="Dr. M",
        When=datetime(2026, 11, 20),
        Why="+1, as agreed",
        Until=date(2027, 1, 31),
    )
    [one] = taken(worklist, runs)
    assert one.run == RUN
    assert one.episode_id == worklist.value(DIRECTOR, 2, "Episode")
    assert (one.finding_id, one.paragraph) == (worklist.value(DIRECTOR, 2, KEY_FINDING), worklist.value(DIRECTOR, 2, "Paragraph"))
    assert (one.decision, one.who, one.when, one.until) == (Decision.ACCEPTED_UNTIL, "Dr. M", date(2026, 11, 20), date(2027, 1, 31))
    assert one.why == "+1, as agreed"


def test_a_row_without_a_finding_is_about_the_episode(worklist: Filled, runs: Path) -> None:
    assert worklist.value("Clean", 2, "Finding") is None
    [one] = taken(worklist.uphold("Clean", 2), runs)
    assert (one.finding_id, one.paragraph) == (None, None)


@pytest.mark.parametrize("spelling", ["{0.word}", " {0.word} ", "{0.symbol} {0.word}", "{1.value}"])
@pytest.mark.parametrize("decision", Decision)
def test_every_decision_is_understood_by_its_words(worklist: Filled, runs: Path, decision: Decision, spelling: str) -> None:
    said = spelling.format(DECISIONS[decision], decision)
    until = date(2027, 1, 1) if decision is Decision.ACCEPTED_UNTIL else None
    worklist.uphold(DIRECTOR, 2, Decision=said, Why="so", Until=until).uphold(DIRECTOR, 3, Decision=said.upper(), Why="so", Until=until)
    assert [one.decision for one in taken(worklist, runs)] == [decision, decision]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20T00:00:00", date(2026, 11, 20)),
        ("2026-11-20 00:00", date(2026, 11, 20)),
        (" 11/20/2026 ", date(2026, 11, 20)),
        ("9/9/2026", date(2026, 9, 9)),
        (datetime(2026, 11, 20, 13, 5), date(2026, 11, 20)),
        (46346, date(2026, 11, 20)),
        (46346.75, date(2026, 11, 20)),
    ],
)
def test_days_are_understood_as_spreadsheets_write_them(worklist: Filled, runs: Path, cell: Any, day: date) -> None:
    worklist.uphold(DIRECTOR, 2, When=cell)
    if isinstance(cell, (int, float)):
        worklist.sheet(DIRECTOR).cell(2, [one.value for one in worklist.sheet(DIRECTOR)[1]].index("When") + 1).number_format = "General"
    assert [one.when for one in taken(worklist, runs)] == [day]


REFUSED = {
    "no day": ({"When": None}, "When is empty"),
    "a day that is two": ({"When": "3/4/2026"}, "When may be read as two days"),
    "a day that is none": ({"When": "last Friday"}, "When is no date"),
    "a day that is not on the calendar": ({"When": "2026-02-30"}, "When is no date"),
    "a day of another age": ({"When": "1926-11-20"}, "When is before 2000"),
    "a day to come": ({"When": "2026-11-23"}, "When is a day to come"),
    "nobody": ({"Who": "  "}, "Who is empty"),
    "a name that is none": ({"Who": "n" * 121}, "Who is empty, or no name"),
    "a word that is no decision": ({"Decision": "Quillfeather"}, "Decision is none of: upheld; overturned"),
    "no reason": ({"Decision": "overturned"}, "Why is empty; a reason is wanted for: overturned"),
    "no last day": ({"Decision": "accepted until a date", "Why": "x"}, "Until is empty"),
    "a last day before the first": ({"Decision": "accepted until a date", "Why": "x", "Until": "2026-11-01"}, "Until is before When"),
    "a last day of nothing": ({"Until": "2027-01-01"}, "Until is filled, and goes with “accepted until a date” alone"),
    "a reason for nothing": ({"Decision": None, "Why": "x"}, "Why or Until is filled and Decision is empty"),
    "another run": ({"Key: run": "R0123"}, "it is of another run"),
    "an episode that is none": ({"Key: episode": "EQuillfeather"}, "the run holds no such episode or finding"),
    "a finding of another": ({"Key: finding": "Z-99"}, "the run holds no such episode or finding"),
    "no episode": ({"Key: episode": None}, "a decision stands where the hidden columns say nothing"),
}


@pytest.mark.parametrize(("cells", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_taken_is_refused_by_sheet_and_row(worklist: Filled, runs: Path, cells: dict[str, Any], says: str) -> None:
    worklist.uphold("Clean", 2).uphold(DIRECTOR, 3, **cells)
    told = refused(worklist, runs)
    number = worklist.book.sheetnames.index(DIRECTOR) + 1
    assert f"sheet {number} ({DIRECTOR}), row 3: {says}" in told
    assert told.startswith("1 row of the worklist cannot be taken; nothing was kept.")
    assert "Quillfeather" not in told


def test_no_refusal_shows_what_was_written(worklist: Filled, runs: Path) -> None:
    sheet = worklist.sheet(DIRECTOR)
    sheet.title = "Baby Quillfeather"
    for heading in ("Decision", "When", "Until", *KEYS):
        worklist.uphold("Baby Quillfeather", 2, **{heading: "Quillfeather"})
        assert "Quillfeather" not in refused(worklist, runs)


def test_good_rows_are_kept_where_that_is_asked(worklist: Filled, runs: Path) -> None:
    store = store_of(runs)
    imported = import_worklist(worklist.uphold(DIRECTOR, 2).uphold(DIRECTOR, 3, Who=None).save(), runs, store, TODAY)
    with pytest.raises(WorklistRefused, match="1 good row kept"):
        keep(imported, store, keep_good=True)
    assert len(store.all()) == 1


def test_a_name_without_a_decision_leaves_the_row_undecided(worklist: Filled, runs: Path) -> None:
    worklist.uphold(DIRECTOR, 2).fill(DIRECTOR, 3, Who="R. Nurse", When="2026-11-20")
    imported = import_worklist(worklist.save(), runs, store_of(runs), TODAY)
    assert (len(imported.added), imported.refused) == (1, ())


# --- what reviewers and their spreadsheets do to a workbook -----------------------------------------------------------------------


def test_sorted_filtered_and_hidden_rows_are_read_by_their_keys(worklist: Filled, runs: Path) -> None:
    worklist.uphold(DIRECTOR, 2).uphold(DIRECTOR, 3, Who="Dr. M")
    asked = {worklist.value(DIRECTOR, row, KEY_EPISODE): worklist.value(DIRECTOR, row, "Who") for row in (2, 3)}
    sheet = worklist.sheet(DIRECTOR)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value
        sheet.row_dimensions[number].hidden = number % 2 == 0
    assert {one.episode_id: one.who for one in taken(worklist, runs)} == asked


def test_columns_may_be_moved_or_taken_away_and_rows_put_above(worklist: Filled, runs: Path) -> None:
    worklist.uphold(DIRECTOR, 2)
    sheet = worklist.sheet(DIRECTOR)
    sheet.delete_cols(2, 6)
    sheet.insert_rows(1, 3)
    sheet.insert_cols(1)
    sheet["A1"] = "For Monday"
    assert len(taken(worklist, runs)) == 1


def test_sheets_may_be_renamed_and_taken_away(worklist: Filled, runs: Path) -> None:
    worklist.uphold(DIRECTOR, 2)
    del worklist.book["Overview"], worklist.book["Nurse review"]
    worklist.sheet(DIRECTOR).title = "mine"
    assert len(taken(worklist, runs)) == 1


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_gone_is_said(worklist: Filled, runs: Path, key: str) -> None:
    sheet = worklist.uphold(DIRECTOR, 2).sheet(DIRECTOR)
    sheet.delete_cols([cell.value for cell in sheet[1]].index(key) + 1)
    assert f"the hidden column {key} is gone" in refused(worklist, runs)


def test_a_column_that_stands_twice_is_said(worklist: Filled, runs: Path) -> None:
    worklist.sheet(DIRECTOR)["A1"] = "Decision"
    assert "the column Decision stands here twice" in refused(worklist, runs)


@pytest.mark.parametrize("content", [b"no workbook", b"PK\x03\x04", None])
def test_a_file_that_is_no_worklist_is_refused(runs: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.xlsx"
    if content is None:
        openpyxl.Workbook().save(path)
    else:
        path.write_bytes(content)
    with pytest.raises(WorklistRefused, match=r"x\.xlsx: (cannot be read|no sheet)"):
        import_worklist(path, runs, store_of(runs), TODAY)


def test_a_folder_without_runs_is_said(worklist: Filled, runs: Path, tmp_path: Path) -> None:
    with pytest.raises(WorklistRefused, match="holds no finished run"):
        import_worklist(worklist.save(), tmp_path / "nothing", store_of(runs), TODAY)


# --- decisions that meet ----------------------------------------------------------------------------------------------------------


def twins(worklist: Filled) -> tuple[int, int]:
    """Copies the first row of the director's sheet to the end of another; the numbers of both rows."""
    values = [cell.value for cell in worklist.sheet(DIRECTOR)[2]]
    worklist.sheet(DATA).append(values)
    return 2, worklist.sheet(DATA).max_row


def test_the_same_decision_on_several_sheets_is_one(worklist: Filled, runs: Path) -> None:
    one, other = twins(worklist)
    assert len(taken(worklist.uphold(DIRECTOR, one).uphold(DATA, other), runs)) == 1


@pytest.mark.parametrize("cells", [{"Decision": "records requested"}, {"Who": "Dr. M"}, {"Why": "so"}, {"When": "2026-11-19"}])
def test_different_decisions_about_the_same_are_refused_by_their_rows(worklist: Filled, runs: Path, cells: dict[str, Any]) -> None:
    one, other = twins(worklist)
    told = refused(worklist.uphold(DIRECTOR, one).uphold(DATA, other, **cells).uphold("Clean", 2), runs)
    assert told.startswith("2 rows")
    assert f"({DIRECTOR}), row {one}: it differs from sheet" in told
    assert f"({DATA}), row {other}: it differs from sheet" in told


def test_the_same_sheet_twice_adds_nothing(worklist: Filled, runs: Path) -> None:
    first = taken(worklist.uphold(DIRECTOR, 2), runs)
    content = (runs / "dispositions.csv").read_bytes()
    assert taken(worklist, runs) == first
    assert (runs / "dispositions.csv").read_bytes() == content


def test_a_later_decision_comes_after_and_an_old_sheet_does_not_bring_back_the_first(worklist: Filled, runs: Path) -> None:
    taken(worklist.uphold(DIRECTOR, 2), runs)
    later = taken(worklist.uphold(DIRECTOR, 2, Decision="overturned", Why="new echo"), runs)
    assert [one.decision for one in later] == [Decision.UPHELD, Decision.OVERTURNED]
    with pytest.raises(WorklistRefused, match="kept before, and another decision about the same since"):
        taken(worklist.uphold(DIRECTOR, 2, Why=None), runs)
    assert store_of(runs).all() == later


def test_of_runs_that_are_the_same_the_first_is_named_and_others_are_told_apart(worklist: Filled, runs: Path) -> None:
    frames = frames_of([course() for course in COURSES])
    publish(frames, facts_of(frames), runs / "2026-11-22-002")
    other = frames_of([COURSES[0]()])
    publish(other, facts_of(other), runs / "2026-11-21-001")
    assert [one.run for one in taken(worklist.uphold(DIRECTOR, 2), runs)] == [RUN]


def test_a_worklist_of_another_run_is_refused(worklist: Filled, runs: Path, tmp_path: Path) -> None:
    other = frames_of([COURSES[0]()])
    publish(other, facts_of(other), tmp_path / "others" / RUN)
    with pytest.raises(WorklistRefused, match="it is of another run"):
        taken(worklist.uphold(DIRECTOR, 2), tmp_path / "others")


# --- the command line -------------------------------------------------------------------------------------------------------------


def test_the_command_keeps_decisions_privately(command: Command, worklist: Filled, runs: Path) -> None:
    said = command("review", "import", worklist.uphold(DIRECTOR, 2).save(), "--runs", runs)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Decisions: 1 new, 0 kept before; ")
    path = runs / "dispositions.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["decision"], row["who"], row["when"]) == ("upheld", "R. Nurse", "2026-11-20")
    again = command("review", "import", worklist.path, "--runs", runs / RUN)
    assert again.out.startswith("Decisions: 0 new, 1 kept before; ")


def test_the_command_refuses_with_code_11(command: Command, worklist: Filled, runs: Path) -> None:
    said = command("review", "import", worklist.uphold(DIRECTOR, 2, When="2999-01-01").save(), "--runs", runs)
    assert said.code == 11
    assert "row 2: When is a day to come" in said.err
    assert "Traceback" not in said.err
    assert command("review", "import", worklist.path, "--runs", runs, "--keep-good").code == 11
    assert command("review", "import", "absent.xlsx", "--runs", runs).code == 11
    assert UPHELD["Who"] not in said.err
