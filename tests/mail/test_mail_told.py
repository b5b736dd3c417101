"""What a message counts, beside a plain count of the run's own CSV files; and which dollars of few episodes it leaves out."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.changes import Change, Changes, EpisodeChange, Kinship
from auditor.mail.entries import Entry, entries_of, is_told
from auditor.mail.few import shown_rows
from auditor.mail.letter import news_of
from auditor.mail.notices import night_troubles, notices_of
from auditor.mail.settings import MailGroup
from auditor.mail.tables import LEFT_OUT, Discretion, change_grid, queue_grid, signed_dollars
from auditor.mail.told import Compared, Told, tell
from auditor.outcomes import ExitCode
from auditor.report.queues import CLEAN, CODING, NURSE, RECORDS
from auditor.runs import RunFolder, run_folders
from auditor.tables import LINES_OF_BUSINESS
from tests.mail.conftest import Office

BUSINESS = LINES_OF_BUSINESS[0]
OTHER_BUSINESS = LINES_OF_BUSINESS[1]


def group(**told: Any) -> MailGroup:
    return MailGroup.model_validate({"name": "some", "to": ["desk@plan.example"]} | told)


def compared(office: Office, changes: Changes) -> Compared:
    earlier, later = run_folders(office.desk.runs)
    return Compared(changes, entries_of(later), entries_of(earlier))


def rows(run: RunFolder, name: str) -> list[dict[str, str]]:
    with (run.path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_everything_is_counted_as_the_run_has_it(office: Office, changes: Changes) -> None:
    told = tell(group(), entries_of(office.run), compared(office, changes))
    episodes, findings = rows(office.run, "episodes"), rows(office.run, "findings")
    assert len(told.entries) == len(episodes) > 20
    assert sum(entry.high for entry in told.entries) == office.run.manifest["totals_cents"]["at_risk_high_cents"]
    wanted = {row["episode_id"] for row in episodes if row["next_action"] == "nurse_review"}
    wanted |= {row["episode_id"] for row in findings if row["action"] == "nurse_review" and row["episode_id"]}
    [nurse] = [one for one in told.queues if one.queue is NURSE]
    assert len(nurse.entries) == len(wanted)
    was, now = ({row["episode_id"] for row in rows(run, "episodes")} for run in run_folders(office.desk.runs))
    assert told.changes is not None
    assert Counter(one.change for one in told.changes) == {Change.NEW: len(now - was), Change.UNCHANGED: len(now & was)}
    assert nurse.came == len(wanted & (now - was))
    assert nurse.left == 0


def test_the_other_way_round_they_left(office: Office, changes: Changes) -> None:
    earlier, later = run_folders(office.desk.runs)
    from tests.mail.conftest import compare

    backwards = tell(group(), entries_of(earlier), Compared(compare(later, earlier), entries_of(earlier), entries_of(later)))
    forwards = tell(group(), entries_of(later), compared(office, changes))
    assert [one.left for one in backwards.queues] == [one.came for one in forwards.queues]
    assert backwards.changes is not None
    assert forwards.changes is not None
    assert sum(one.change is Change.RESOLVED for one in backwards.changes) == sum(one.change is Change.NEW for one in forwards.changes)


def test_groups_by_line_of_business_share_the_run_out(office: Office, changes: Changes) -> None:
    beside = compared(office, changes)
    parts = [tell(group(lines_of_business=[name]), beside.now, beside) for name in (*LINES_OF_BUSINESS, "not_given")]
    assert sum(len(part.entries) for part in parts) == len(beside.now)
    assert sum(len(part.changes or ()) for part in parts) == len(changes.episodes)
    of_episodes = sum(one.episode_id is not None for one in changes.findings)
    assert sum(part.findings.total() for part in parts) == of_episodes


def test_a_group_of_one_queue_is_told_of_that_queue_alone(office: Office, changes: Changes) -> None:
    beside = compared(office, changes)
    told = tell(group(queues=["coding"]), beside.now, beside)
    assert [one.queue for one in told.queues] == [CODING]
    assert all(CODING in entry.queues for entry in told.entries)
    assert 0 < len(told.entries) < len(beside.now)


def entry(*queues: Any, business: str = BUSINESS, high: int = 100) -> Entry:
    return Entry(business, queues, 1, 1000, 0, high)


def change(kind: Change, now: str | None, *before: str, kinship: Kinship = Kinship.SAME) -> EpisodeChange:
    return EpisodeChange(kind, kinship, now, before, None, (), (0, 100 if now else 0), (0, 50 * len(before)))


def test_an_episode_that_leaves_a_queue_is_still_told_to_that_queue_once() -> None:
    changes = Changes("2026-11-21-001", (change(Change.UPDATED, "E1", "E1"),), ())
    beside = Compared(changes, {"E1": entry(CLEAN)}, {"E1": entry(NURSE)})
    told = tell(group(queues=["nurse"]), beside.now, beside)
    assert (len(told.entries), told.changes, told.queues[0].came, told.queues[0].left) == (0, changes.episodes, 0, 1)
    assert tell(group(queues=["records"]), beside.now, beside).changes == ()


def test_an_episode_that_changes_its_line_of_business_leaves_one_group_and_comes_to_another() -> None:
    changes = Changes("2026-11-21-001", (change(Change.UPDATED, "E1", "E1"),), ())
    beside = Compared(changes, {"E1": entry(NURSE)}, {"E1": entry(NURSE, business=OTHER_BUSINESS)})
    gains, loses = (tell(group(queues=["nurse"], lines_of_business=[name]), beside.now, beside) for name in (BUSINESS, OTHER_BUSINESS))
    assert (gains.queues[0].came, gains.queues[0].left) == (1, 0)
    assert (loses.queues[0].came, loses.queues[0].left) == (0, 1)


def test_merging_and_coming_apart_move_nothing_that_stays() -> None:
    merged = Changes("x", (change(Change.UPDATED, "E3", "E1", "E2", kinship=Kinship.MERGED),), ())
    told = tell(group(), {"E3": entry(NURSE)}, Compared(merged, {"E3": entry(NURSE)}, {"E1": entry(NURSE), "E2": entry(RECORDS)}))
    moves = {one.queue: (one.came, one.left) for one in told.queues}
    assert (moves[NURSE], moves[RECORDS]) == ((0, 0), (0, 1))
    parts = tuple(change(Change.UPDATED, name, "E1", kinship=Kinship.SPLIT) for name in ("E4", "E5"))
    now = {"E4": entry(NURSE), "E5": entry(RECORDS)}
    told = tell(group(), now, Compared(Changes("x", parts, ()), now, {"E1": entry(NURSE)}))
    moves = {one.queue: (one.came, one.left) for one in told.queues}
    assert (moves[NURSE], moves[RECORDS]) == ((0, 0), (1, 0))
    assert "came of one that has come apart" in change_grid(told, parts, Discretion(1)).note


def test_where_the_earlier_run_is_gone_moves_are_not_known(office: Office, changes: Changes) -> None:
    told = tell(group(), entries_of(office.run), replace(compared(office, changes), before=None))
    assert {(one.came, one.left) for one in told.queues} == {(None, None)}
    assert queue_grid(told, Discretion(1)).rows[0][2:4] == ("–", "–")


def test_an_episode_without_a_line_of_business_has_a_group_that_can_ask_for_it() -> None:
    assert is_told(group(lines_of_business=["not_given"]), entry(NURSE, business="not_given"))
    assert not is_told(group(lines_of_business=[BUSINESS]), entry(NURSE, business="not_given"))


# --- dollars of few ------------------------------------------------------------------------------------------------------------

COUNTS = st.lists(st.integers(0, 40), max_size=9)


@given(COUNTS, st.integers(1, 20))
def test_no_row_of_few_shows_dollars_and_none_can_be_reckoned(counts: list[int], least: int) -> None:
    shown = shown_rows(counts, least)
    hidden = [count for count, may in zip(counts, shown, strict=True) if not may]
    assert all(count == 0 or count >= least for count, may in zip(counts, shown, strict=True) if may)
    if hidden:
        assert sum(hidden) >= least or not any(count for count, may in zip(counts, shown, strict=True) if may)
    if all(count == 0 or count >= least for count in counts):
        assert all(shown)


def test_a_table_leaves_out_what_would_tell_and_says_so() -> None:
    few = tuple(entry(NURSE) for _ in range(3))
    many = tuple(entry(RECORDS) for _ in range(30))
    beside = {f"E{place}": one for place, one in enumerate((*few, *many))}
    told = tell(group(), beside, None)
    grid = queue_grid(told, Discretion(11))
    by_name = {row[0]: row[-1] for row in grid.rows}
    assert (by_name[NURSE.name], by_name[RECORDS.name]) == (LEFT_OUT, LEFT_OUT), "30 are hidden lest the total less 30 tell of 3"
    assert {row[0]: row[-1] for row in queue_grid(told, Discretion(1)).rows}[NURSE.name] == "$3.00"


def test_dollars_that_go_up_or_down_bear_a_sign() -> None:
    assert [signed_dollars(cents) for cents in (12345, -12345, 0)] == ["+$123.45", "−$123.45", "$0.00"]


def test_sums_of_changes_are_what_the_runs_differ_by(office: Office, changes: Changes) -> None:
    told: Told = tell(group(), entries_of(office.run), compared(office, changes))
    high = [run.manifest["totals_cents"]["at_risk_high_cents"] for run in run_folders(office.desk.runs)]
    assert told.changes is not None
    assert change_grid(told, told.changes, Discretion(1)).totals[-1] == signed_dollars(high[1] - high[0])


# --- notices -------------------------------------------------------------------------------------------------------------------


def test_notices_name_no_file(office: Office) -> None:
    unread = ["Jane_Roe_1987.json", "README.md"]
    manifest = office.run.manifest | {"not_read": unread, "notices": ["Jane_Roe_1987.json: 3 resources not needed"]}
    told = "\n".join(notices_of(manifest))
    assert "Jane" not in told
    assert "1 file not read" in told
    assert "1 further notice in the report" in told


@pytest.mark.parametrize("code", ExitCode)
def test_every_trouble_of_a_night_can_be_told(code: ExitCode) -> None:
    [told] = night_troubles((code, code))
    assert told.startswith(f"Exit {code.value}: ")


def test_paths_and_links_are_told_as_they_are(office: Office) -> None:
    from auditor.mail import owe, preview

    owe(office.desk, office.run)
    folder = Path(str(office.desk.runs)).parent / "look"
    [_, page] = preview(office.desk, office.run, folder)
    assert str(office.run.path) in page.read_text(encoding="utf-8")
    assert "<a " not in page.read_text(encoding="utf-8")
    office.set(link="https://audits.plan.example/{run}/report.html")
    [_, page] = preview(office.desk, office.run, folder)
    assert 'href="https://audits.plan.example/2026-11-22-001/report.html"' in page.read_text(encoding="utf-8")


def test_a_new_finding_of_an_episode_that_stands_is_not_called_nothing() -> None:
    same = Told((), (), "2026-11-21-001", (change(Change.UNCHANGED, "E1", "E1"),), Counter({Change.NEW: 1, Change.UNCHANGED: 4}))
    assert news_of(same) == "1 finding new"
    assert news_of(replace(same, findings=Counter({Change.UNCHANGED: 4}))) == "nothing changed"
    assert news_of(replace(same, changes=(change(Change.NEW, "E1"), change(Change.UPDATED, "E2", "E2")))) == "1 episode new, 1 updated"
