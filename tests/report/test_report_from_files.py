"""A run published from files, a few rows at a time, is to the byte the run published from frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from draws import draws
from hypothesis import given
from hypothesis import strategies as st
from report.courses import COURSES
from report.fixture import facts_of, frames_of

from auditor import shelf
from auditor.digests import digest_file, plain_files
from auditor.outcomes import Determination
from auditor.report import abreast, publish, request_page, requests, workbook
from auditor.report.abreast import by_episode, count_loose, read_abreast, read_loose
from auditor.report.cases import Casebook
from auditor.report.drawer import open_drawer
from auditor.report.facts import RunFacts
from auditor.report.requests import Requests
from auditor.report.schemas import conform_all
from auditor.report.summary import summary_text
from auditor.shelf import FileShelf, TableShelf, write_parquet

NAMES = st.sampled_from((None, "", "E1", "E2", "E3", "Eé", "E𝄞", "E9"))


def put_in_files(frames: dict[str, pd.DataFrame], folder: Path) -> FileShelf:
    folder.mkdir()
    for name, rows in conform_all(frames).items():
        write_parquet(rows, folder / f"{name}.parquet")
    return FileShelf(folder)


def digests(run: Path) -> dict[str, str]:
    return {name: digest_file(path).sha256 for name, path in plain_files(run)}


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few rows at a time that every table of the hand-made run comes in many pieces."""
    monkeypatch.setattr(shelf, "BATCH_ROWS", 3)
    monkeypatch.setattr(abreast, "PIECE_ROWS", 4)
    monkeypatch.setattr(abreast, "STRETCH", 2)


@pytest.mark.usefixtures("few_at_a_time")
@pytest.mark.parametrize("show_members", [True, False])
def test_a_run_from_files_is_the_run_from_frames(
    show_members: bool, frames: dict[str, pd.DataFrame], facts: RunFacts, run: Path, masked_run: Path, tmp_path: Path
) -> None:
    found = put_in_files(frames, tmp_path / "tables")
    from_files = publish(found, replace(facts, show_members=show_members), tmp_path / "run")
    assert digests(from_files) == digests(run if show_members else masked_run)
    assert digests(publish(found.frames(), facts, tmp_path / "again")) == digests(run)


@pytest.mark.thorough
def test_a_run_of_a_thousand_episodes_from_files_is_the_run_from_frames(tmp_path: Path) -> None:
    courses = [replace(course(), episode_id=f"E{place:06d}X{copy:05d}") for place, course in enumerate(COURSES) for copy in range(170)]
    frames = frames_of(courses)
    facts = facts_of(frames)
    from_frames = publish(frames, facts, tmp_path / "frames")
    assert digests(publish(put_in_files(frames, tmp_path / "tables"), facts, tmp_path / "files")) == digests(from_frames)


@pytest.mark.usefixtures("few_at_a_time")
def test_the_summary_is_the_same_from_files(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path) -> None:
    assert summary_text(put_in_files(frames, tmp_path / "tables").frames(), facts) == summary_text(frames, facts)


@draws(30, 1000)
@given(episodes=st.sets(st.sampled_from(("E1", "E2", "E3", "Eé", "E𝄞"))), lines=st.lists(NAMES), findings=st.lists(NAMES))
def test_rows_stand_beside_their_episode(episodes: set[str], lines: list[str | None], findings: list[str | None]) -> None:
    """Against plain loops: lines are in the order of their numbers, findings of their episodes; some are of no episode."""
    findings.sort(key=lambda name: (name is not None, name or ""))
    given_rows = {
        "episodes": [{"episode_id": name, "member_id": f"M{name}"} for name in sorted(episodes, reverse=True)],
        "lines": [{"line_key": place, "episode_id": name} for place, name in enumerate(lines)],
        "findings": [{"line_key": place, "episode_id": name} for place, name in enumerate(findings)],
    }
    kinds = {
        name: pa.schema([("member_id" if name == "episodes" else "line_key", pa.string()), ("episode_id", pa.string())])
        for name in given_rows
    }
    kinds |= {name: kinds[name].set(0, pa.field("line_key", pa.int64())) for name in ("lines", "findings")}
    tables = TableShelf({name: pa.Table.from_pylist(rows, schema=kinds[name]) for name, rows in given_rows.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "BATCH_ROWS", 3)
        patch.setattr(abreast, "PIECE_ROWS", 2)
        patch.setattr(abreast, "STRETCH", 2)
        found = list(read_abreast(tables, ("episodes", "lines", "findings")))
        loose = [row for batch in read_loose(tables, "lines") for row in batch.to_pylist()]
        assert count_loose(tables, "findings") == sum(not name for name in findings)
    assert [rows["episodes"][0]["episode_id"] for rows in found] == sorted(episodes)
    for rows in found:
        for name in ("lines", "findings"):
            assert list(rows[name]) == [row for row in given_rows[name] if row["episode_id"] == rows["episodes"][0]["episode_id"]]
    assert loose == [row for row in given_rows["lines"] if not row["episode_id"]]


@pytest.mark.parametrize("rows_read_together", [4, 10_000])
@pytest.mark.parametrize("place", ["first", "last"])
def test_rows_that_are_not_in_their_order_are_refused(
    rows_read_together: int, place: str, frames: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the row stands that is out of order, and also where none of the rows after it is read for any episode."""
    monkeypatch.setattr(shelf, "BATCH_ROWS", rows_read_together)
    tables = dict(conform_all(frames))
    order = list(range(tables["criteria"].num_rows))
    turned = tables["criteria"].take([order[-1], *order[:-1]] if place == "first" else [*order[1:], order[0]])
    with pytest.raises(ValueError, match="criteria: rows are not in the order of their episodes"):
        list(read_abreast(TableShelf(tables | {"criteria": turned})))


@pytest.mark.usefixtures("few_at_a_time")
def test_a_long_table_is_brought_into_order_in_pieces(frames: dict[str, pd.DataFrame]) -> None:
    tables = conform_all(frames)
    found = pa.Table.from_batches(by_episode(tables, "line_days")).to_pylist()
    assert len(found) > abreast.PIECE_ROWS
    assert found == sorted(tables["line_days"].to_pylist(), key=lambda row: (row["episode_id"], row["line_key"], row["day"]))


def test_a_drawer_gives_back_what_was_put_in() -> None:
    with open_drawer() as drawer:
        places = [drawer.put(thing) for thing in ("first", [], {"a": 1})]
        assert [drawer.get(place) for place in reversed(places)] == [{"a": 1}, [], "first"]
        assert drawer.get(drawer.put("after reading")) == "after reading"
        assert drawer.get(places[0]) == "first"


def test_requests_too_many_for_a_browser_are_cut_with_a_sentence(
    frames: dict[str, pd.DataFrame], facts: RunFacts, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_page, "COURSES_SHOWN", 0)
    cut = publish(frames, facts, tmp_path / "run")
    text, whole = ((folder / "requests.html").read_text(encoding="utf-8") for folder in (cut, run))
    assert 'class="asked"' in whole
    assert 'class="asked"' not in text
    assert "The first 0 of 1 providers by dollars waiting; all of them are in requests.csv." in text
    assert (cut / "requests.csv").read_bytes() == (run / "requests.csv").read_bytes()


def test_of_those_for_whom_nobody_is_asked_the_most_dollars_stand(
    frames: dict[str, pd.DataFrame], facts: RunFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "UNASKED_KEPT", 1)
    book = Casebook(conform_all(frames))
    with open_drawer() as drawer:
        gathered = Requests(facts, drawer)
        for case in book:
            gathered.add(replace(case, settling=(), episode=case.episode | {"determination": Determination.INSUFFICIENT_DOCUMENTATION}))
        page = request_page.request_page(gathered)
    assert [one.episode_id for one in gathered.unasked] == [book.episodes[0]["episode_id"]]
    assert page.not_asked_cut == "The first 1 of 6 episodes by dollars at risk; all of them are in worklist.xlsx."


def test_a_workbook_too_long_for_memory_says_the_same(
    frames: dict[str, pd.DataFrame], facts: RunFacts, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_HELD", 1)
    streamed, held = (openpyxl.load_workbook(folder / "worklist.xlsx") for folder in (publish(frames, facts, tmp_path / "run"), run))
    assert streamed.sheetnames == held.sheetnames
    for name in held.sheetnames:
        assert list(streamed[name].values) == list(held[name].values)
        assert len(streamed[name].conditional_formatting) == len(held[name].conditional_formatting)
        assert [cell.style_id for row in streamed[name] for cell in row] == [cell.style_id for row in held[name] for cell in row]
    assert (tmp_path / "run" / "worklist.xlsx").read_bytes() != (run / "worklist.xlsx").read_bytes()
