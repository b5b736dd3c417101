"""Two runs compared: against the reference, and by the laws that any comparison keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings

from auditor.changes import Change, Changes, Kinship, compare_runs
from auditor.changes.kinship import match
from auditor.changes.snapshot import read_snapshot
from auditor.changes.states import STEPS, Event, State
from tests.ledger.nights import Night, frames_of, said_courses, said_findings, told_courses, told_findings
from tests.ledger.reference import History
from tests.ledger.worlds import course, day, finding, nights

MIRROR = {Change.NEW: Change.RESOLVED, Change.RESOLVED: Change.NEW}
ANY_DAY = date(2026, 11, 22)


def compared(earlier: Night, later: Night) -> Changes:
    return compare_runs(frames_of(earlier), frames_of(later), "before")


def two_runs_compare_as_by_plain_loops(earlier: Night, later: Night) -> None:
    plain = History()
    plain.night("before", ANY_DAY, earlier)
    courses, findings = plain.night("after", ANY_DAY, later)
    changes = compared(earlier, later)
    assert said_courses(changes) == told_courses(courses)
    assert said_findings(changes) == told_findings(findings)


def a_run_beside_itself_is_unchanged(night: Night, _: Night) -> None:
    changes = compared(night, night)
    assert {one.change for one in changes.episodes} <= {Change.UNCHANGED}
    assert {one.kinship for one in changes.episodes} <= {Kinship.SAME}
    assert {one.change for one in changes.findings} <= {Change.UNCHANGED}
    assert len(changes.episodes) == len(night["episodes"])


def exchanging_the_runs_turns_every_statement_round(earlier: Night, later: Night) -> None:
    there, back = compared(earlier, later), compared(later, earlier)
    turned = Counter((MIRROR.get(one.change, one.change), one.earlier_at_risk_cents, one.at_risk_cents, one.what) for one in back.findings)
    assert Counter((one.change, one.at_risk_cents, one.earlier_at_risk_cents, one.what) for one in there.findings) == turned
    before, after = (read_snapshot(frames_of(night)).courses.values() for night in (earlier, later))
    assert match(before, after).mirrored == match(after, before)


def every_course_and_every_dollar_of_either_run_is_told_once(earlier: Night, later: Night) -> None:
    changes = compared(earlier, later)
    assert sorted(one.episode_id for one in changes.episodes if one.episode_id) == sorted(row["episode_id"] for row in later["episodes"])
    for side, column in enumerate(("at_risk_low_cents", "at_risk_high_cents")):
        assert sum(one.at_risk_cents[side] for one in changes.episodes) == sum(row[column] for row in later["episodes"])
        assert sum(one.earlier_at_risk_cents[side] for one in changes.episodes) == sum(row[column] for row in earlier["episodes"])
    assert sum(one.at_risk_cents for one in changes.findings) == sum(row["at_risk_high_cents"] for row in later["findings"])
    assert sum(one.earlier_at_risk_cents for one in changes.findings) == sum(row["at_risk_high_cents"] for row in earlier["findings"])


LAWS = (
    two_runs_compare_as_by_plain_loops,
    a_run_beside_itself_is_unchanged,
    exchanging_the_runs_turns_every_statement_round,
    every_course_and_every_dollar_of_either_run_is_told_once,
)


@pytest.mark.parametrize("examples", [25, pytest.param(400, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("law", LAWS)
def test_any_two_nights_keep_the_law(law: Callable[[Night, Night], None], examples: int) -> None:
    settings(max_examples=examples, deadline=None)(given(nights(), nights())(law))()


def night_of(*courses: tuple[str, list[int]], findings: tuple[tuple[str, str], ...] = (), **told: str) -> Night:
    """A night of one member: courses by name and days, and findings by course and number."""
    return {
        "episodes": [course(name, "S-1", days, **told) for name, days in courses],
        "lines": [],
        "therapy_days": [{"episode_id": name, "day": day(one)} for name, days in courses for one in days],
        "findings": [finding(name, number, "I.A") for name, number in findings],
    }


def kin(changes: Changes) -> list[tuple[str | None, str, str, tuple[str, ...], str | None]]:
    return [(one.episode_id, one.change, one.kinship, one.earlier_ids, one.keeps) for one in changes.episodes]


def test_a_late_claim_that_begins_a_course_earlier_keeps_its_identity() -> None:
    changes = compared(night_of(("E3", [3, 4])), night_of(("E1", [1, 2, 3, 4, 5])))
    assert kin(changes) == [("E1", "updated", "same", ("E3",), "E3")]
    assert set(changes.episodes[0].what) == {"episode_id", "start_day", "end_day", "therapy_days"}


def test_two_that_merge_keep_the_identity_of_the_longer() -> None:
    earlier = night_of(("E1", [1]), ("E3", [3, 4, 5]), findings=(("E1", "C-02"), ("E1", "C-05"), ("E3", "C-05")))
    later = night_of(("E1", [1, 2, 3, 4, 5]), findings=(("E1", "C-02"), ("E1", "C-05")))
    changes = compared(earlier, later)
    assert kin(changes) == [("E1", "updated", "merged", ("E3", "E1"), "E3")]
    assert [(one.change, one.finding_id) for one in changes.findings] == [
        ("unchanged", "C-02"),
        ("resolved", "C-05"),
        ("unchanged", "C-05"),
    ]


def test_one_that_splits_keeps_its_identity_in_the_longer_part() -> None:
    changes = compared(night_of(("E1", [1, 2, 3, 4, 5])), night_of(("E1", [1]), ("E3", [3, 4, 5])))
    assert kin(changes) == [("E1", "new", "split", ("E1",), None), ("E3", "updated", "split", ("E1",), "E1")]


def test_a_finding_goes_along_where_its_days_went() -> None:
    earlier = night_of(("E1", [1, 2, 3, 4, 5]), findings=(("E1", "C-02"),))
    later = night_of(("E1", [1]), ("E3", [3, 4, 5]), findings=(("E1", "C-02"),))
    assert [(one.change, one.episode_id) for one in compared(earlier, later).findings] == [("unchanged", "E1")]


def test_a_test_day_that_became_a_therapy_is_the_same_course() -> None:
    changes = compared(night_of(("E1", [1]), kind="vasoreactivity"), night_of(("E1x", [1, 2, 3])))
    assert kin(changes)[0][2:] == ("same", ("E1",), "E1")
    assert "kind" in changes.episodes[0].what


def test_a_test_beside_a_therapy_is_never_taken_for_it() -> None:
    earlier = night_of(("E1", [1, 2]))
    later = night_of(("E1", [1, 2]))
    later["episodes"].append(course("E1t", "S-1", [1], kind="vasoreactivity"))
    later["therapy_days"].append({"episode_id": "E1t", "day": day(1)})
    changes = compared(earlier, later)
    assert kin(changes) == [("E1", "unchanged", "same", ("E1",), "E1"), ("E1t", "new", "new", (), None)]


def test_dates_corrected_on_the_same_claim_line_keep_the_identity() -> None:
    earlier, later = night_of(("E1", [1, 2])), night_of(("E8", [8, 9]))
    for night, name in ((earlier, "E1"), (later, "E8")):
        night["lines"].append({"line_key": 0, "member_id": "S-1", "claim_id": "c", "claim_line_number": "1", "episode_id": name})
        night["lines"][0] |= {"facility_npi": None, "first_day": day(1), "last_day": day(2)}
    assert kin(compared(earlier, later)) == [("E8", "updated", "same", ("E1",), "E1")]


def test_other_days_on_other_lines_are_another_course() -> None:
    changes = compared(night_of(("E1", [1, 2])), night_of(("E8", [8, 9])))
    assert kin(changes) == [(None, "resolved", "gone", ("E1",), "E1"), ("E8", "new", "new", (), None)]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_cell_of_the_state_machine(state: State, event: Event) -> None:
    seen = event is not Event.NOT_SEEN
    after, change = STEPS[state, event]
    assert after is (State.OPEN if seen else State.RESOLVED if state is State.OPEN else state)
    words = {
        (State.NEVER, True): Change.NEW,
        (State.RESOLVED, True): Change.REOPENED,
        (State.OPEN, False): Change.RESOLVED,
        (State.OPEN, True): Change.UNCHANGED if event is Event.SEEN_ALIKE else Change.UPDATED,
    }
    assert change == words.get((state, seen))


def test_the_machine_has_no_other_cell() -> None:
    assert len(STEPS) == len(State) * len(Event)
