"""The specimen that people look at first is the report that the program makes today."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.report.csv_amounts import amounts_by_episode, read_rows, shown_amounts
from tests.report.pages import Page
from tests.specimen import KEPT, SPECIMEN, build


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("specimen"))


@pytest.mark.parametrize("name", KEPT)
def test_the_committed_specimen_is_what_the_program_makes(name: str, rebuilt: Path) -> None:
    committed, made = (SPECIMEN / name).read_bytes(), (rebuilt / name).read_bytes()
    assert committed == made, f"reports/specimen/{name} is out of date; run `make specimen`, look at it, and commit it"


def test_the_same_inputs_give_the_same_bytes(rebuilt: Path, tmp_path: Path) -> None:
    again = build(tmp_path)
    files = sorted(path.relative_to(rebuilt) for path in rebuilt.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [name for name in files if (rebuilt / name).read_bytes() != (again / name).read_bytes()] == []


def test_every_amount_on_a_page_of_an_episode_is_one_of_the_csv_files(rebuilt: Path) -> None:
    seen = 0
    for episode, known in amounts_by_episode(rebuilt):
        shown = shown_amounts(rebuilt / "episodes" / f"{episode}.html")
        assert [amount for amount in shown if amount not in known] == [], episode
        seen += len(shown)
    assert seen > 3_000


def test_every_amount_that_waits_for_records_is_one_of_the_csv_files(rebuilt: Path) -> None:
    requests = read_rows(rebuilt, "requests")
    providers = [
        {row["episode_id"]: Decimal(row["waiting"]) for row in requests if row["provider"] == one}
        for one in dict.fromkeys(row["provider"] for row in requests)
    ]
    expected = [sum({name: waits for asked in providers for name, waits in asked.items()}.values())]
    for asked in providers:
        expected += [sum(asked.values()), *asked.values()]
    assert shown_amounts(rebuilt / "requests.html") == expected


def test_what_each_paragraph_stops_is_what_its_csv_says(rebuilt: Path) -> None:
    shown = Page(rebuilt / "report.html").table("Only this paragraph").rows
    told = read_rows(rebuilt, "paragraphs")
    names = ("key", "statement", "failing_episodes", "failing", "waiting_episodes", "waiting")
    assert told
    assert [[cell.replace(",", "").removeprefix("$") if place > 1 else cell for place, cell in enumerate(row)] for row in shown] == [
        [row[name] for name in names] for row in told
    ]


# How a value of each unit is written; a facility with too few episodes has none.
ENDS = ("value", "low", "high")
WRITTEN = {"share": "{:.1%}", "days": "{:,.1f}", "dollars": "${:,.2f}"}


def test_every_facility_is_shown_as_its_csv_says(rebuilt: Path) -> None:
    page, told = Page(rebuilt / "facilities.html"), read_rows(rebuilt, "providers")
    for label in dict.fromkeys(row["label"] for row in told):
        expected = [
            [row["facility"], row["episodes"], *(WRITTEN[row["unit"]].format(float(row[name])) if row[name] else "–" for name in ENDS)]
            for row in told
            if row["label"] == label
        ]
        assert [row[:5] for row in page.table(label).rows] == expected
