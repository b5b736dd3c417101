"""The samples, checked: the same text in a terminal of any width, and counts that reconcile with the audit's own results."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from auditor.outcomes import Determination
from auditor.readiness.states import WAITING, State
from auditor.readiness.view import readiness_page
from tests.readiness.checked import WIDTHS, golden_path, samples, samples_audited, terminal_text

UNDECIDED = (Determination.INSUFFICIENT_DOCUMENTATION, Determination.INO_NOT_SHOWN)
NOT_ASKED = (Determination.NOT_INO, Determination.DECIDED_ELSEWHERE, Determination.POLICY_SILENT)


def episodes() -> pd.DataFrame:
    return samples_audited().frames["episodes"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_terminal_says_what_the_golden_file_says(width: int) -> None:
    golden = golden_path(width)
    assert terminal_text(samples(), width) == golden.read_text(encoding="utf-8"), (
        f"{golden.name} is out of date: run `python -m tests.readiness.checked`, look at it, and commit it"
    )


@pytest.mark.parametrize("width", [40, *WIDTHS, 250])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, terminal_text(samples(), width).splitlines())) <= width


def test_a_narrow_terminal_is_told_all_that_a_wide_one_is() -> None:
    """Every cell of every table that a terminal shows, wherever the lines break."""
    narrow = "".join(terminal_text(samples(), 30).split())
    for section in readiness_page(samples()).sections:
        for grid in section.grids:
            for row in grid.rows[:15]:
                for cell in row:
                    text = cell if isinstance(cell, str) else cell.word
                    assert "".join(text.split()) in narrow or text == "–", f"{grid.caption}: {text}"


def test_rows_in_are_rows_read_and_rows_set_aside() -> None:
    facts = samples_audited().facts
    assert [(file.file, file.records) for file in samples().files] == [(file.name, file.rows) for file in facts.inputs]
    for file in samples().files:
        assert file.rows == file.in_scope + file.out_of_scope + file.set_aside
        assert min(file.in_scope, file.out_of_scope, file.set_aside) >= 0
    by_table = {count.table: count for count in facts.counts}
    for name, count in by_table.items():
        files = [file for file in samples().files if file.table == name]
        assert sum(file.rows for file in files) == count.rows_in
        assert sum(file.in_scope for file in files) == count.in_scope
        assert sum(file.set_aside for file in files) == count.set_aside


def test_rows_set_aside_are_told_with_their_reasons() -> None:
    frame = samples_audited().frames["set_aside"]
    told = {(one.file, one.column, one.reason): one.rows for one in samples().set_aside}
    assert told == Counter(zip(frame["source_file"], frame["column_name"], frame["reason"], strict=True))
    assert all(one.mend for one in samples().set_aside)
    assert sum(one.rows for one in samples().set_aside) == sum(file.set_aside for file in samples().files) == 4


def test_every_episode_is_in_one_state() -> None:
    states = {state.state: state for state in samples().episodes}
    assert list(states) == list(State)
    assert sum(state.episodes for state in states.values()) == len(episodes())
    assert sum(state.counted_cents for state in states.values()) == episodes()["counted_cents"].sum()
    assert states[State.NOT_ASKED].episodes == episodes()["determination"].isin(NOT_ASKED).sum()
    assert sum(states[state].episodes for state in WAITING) == episodes()["determination"].isin(UNDECIDED).sum()
    assert states[State.DECIDABLE].episodes == (~episodes()["determination"].isin((*NOT_ASKED, *UNDECIDED))).sum()


def test_blocked_dollars_are_those_for_which_records_are_needed_wherever_they_are_summed() -> None:
    whole = int(episodes()["records_needed_cents"].sum())
    assert samples().blocked_cents == whole > 0
    assert sum(document.freed_cents for document in samples().documents) == whole
    assert sum(place.blocked_cents for place in samples().facilities) == whole


def test_a_document_blocks_the_episodes_that_name_it() -> None:
    waiting = episodes()[episodes()["determination"].isin(UNDECIDED)]
    assert len(waiting) == 17
    for document in samples().documents:
        mine = waiting[[document.document in (list(named) or [None]) for named in waiting["documents"]]]
        missing = mine[mine["next_action"] == "request_records"]
        alone = mine[[len(named) <= 1 for named in mine["documents"]]]
        assert document.episodes == len(mine)
        assert document.blocked_cents == mine["records_needed_cents"].sum()
        assert document.missing_cents == missing["records_needed_cents"].sum()
        assert document.alone_cents == alone["records_needed_cents"].sum()
    assert [one.blocked_cents for one in samples().documents] == sorted((one.blocked_cents for one in samples().documents), reverse=True)


def test_what_is_asked_of_a_facility_is_of_its_own_lines() -> None:
    waiting = episodes()[episodes()["determination"].isin(UNDECIDED)].set_index("episode_id")
    lines = samples_audited().frames["lines"]
    expected: Counter[tuple[str, str | None, str]] = Counter()
    for episode, facility, cents in zip(*(lines[name] for name in ("episode_id", "facility_npi", "records_needed_cents")), strict=True):
        if episode in waiting.index:
            for document in list(waiting.loc[episode, "documents"]) or [None]:
                expected[facility, document, waiting.loc[episode, "next_action"]] += cents
    assert {(ask.facility, ask.document, ask.action): ask.blocked_cents for ask in samples().asks} == expected
    assert [ask.blocked_cents for ask in samples().asks] == sorted((ask.blocked_cents for ask in samples().asks), reverse=True)


def test_facilities_and_files_are_named_and_no_member_is() -> None:
    text = terminal_text(samples(), 200) + str(readiness_page(samples()))
    assert "1992700111" in text
    assert "claim_lines.csv" in text
    members = set(episodes()["member_id"]) | set(episodes()["episode_id"])
    assert not [member for member in members if member in text]
