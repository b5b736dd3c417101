"""What is said to be decidable is what the audit decides: by the audit itself, and by the reference that reads the same page."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pandas as pd
import pytest

from auditor import Readiness, Settings, audit, check
from tests.properties.implementations import as_frames, reference_tables
from tests.properties.strategies import Extract
from tests.properties.test_two_implementations import draw, together
from tests.readiness.checked import samples, samples_audited

NOT_MET, UNKNOWN, MET, NOT_APPLICABLE = range(4)
Pairs = set[tuple[Any, str]]


def pairs(frame: pd.DataFrame) -> Pairs:
    return set(zip(frame["episode_id"], frame["key"], strict=True))


def decided(criteria: pd.DataFrame) -> Pairs:
    return pairs(criteria[criteria["outcome"].isin((NOT_MET, MET))])


def assert_shares_are_those_of(readiness: Readiness, frames: dict[str, pd.DataFrame]) -> None:
    """Counts by paragraph and by facility, taken again from the audit's frames by plain loops."""
    revisions = dict(zip(frames["episodes"]["episode_id"], frames["episodes"]["policy_revision"], strict=True))
    at = {
        one: list(places) or [None] for one, places in zip(frames["episodes"]["episode_id"], frames["episodes"]["facilities"], strict=True)
    }
    asked: Counter[Any] = Counter()
    known: Counter[Any] = Counter()
    for episode, key, outcome in zip(*(frames["criteria"][name] for name in ("episode_id", "key", "outcome")), strict=True):
        for place in ("everywhere", *at[episode]):
            asked[place, revisions[episode], key] += outcome != NOT_APPLICABLE
            known[place, revisions[episode], key] += outcome in (NOT_MET, MET)
    told = defaultdict(list, everywhere=list(readiness.criteria))
    told.update({place.facility: list(place.criteria) for place in readiness.facilities})
    for place, criteria in told.items():
        for one in criteria:
            assert (one.asked, one.decidable) == (asked[place, one.revision, one.key], known[place, one.revision, one.key])
            assert one.holds_up <= one.open <= one.in_question <= one.asked
    assert len(readiness.criteria) == frames["criteria"].groupby("key").ngroups


def test_the_samples() -> None:
    criteria = samples_audited().frames["criteria"]
    assert pairs(samples().decidable) == decided(criteria)
    assert len(samples().decidable) == len(pairs(samples().decidable)) > 1000
    assert_shares_are_those_of(samples(), dict(samples_audited().frames))


def agree(extract: Extract) -> None:
    frames = as_frames(extract)
    readiness, audited = check(Settings(threads=1), frames=frames), audit(Settings(threads=1), frames=frames).frames
    assert pairs(readiness.decidable) == decided(audited["criteria"])
    assert_shares_are_those_of(readiness, dict(audited))
    assert pairs_of_the_reference(readiness, audited["episodes"]) == {
        key for key, row in reference_tables(extract)["criteria"].items() if row["outcome"] in (NOT_MET, MET)
    }
    whole = int(audited["episodes"]["records_needed_cents"].sum())
    assert sum(one.freed_cents for one in readiness.documents) == readiness.blocked_cents == whole
    assert sum(place.blocked_cents for place in readiness.facilities) == whole
    assert sum(state.episodes for state in readiness.episodes) == len(audited["episodes"])
    for file in readiness.files:
        assert file.rows == file.records == file.in_scope + file.out_of_scope + file.set_aside


def pairs_of_the_reference(readiness: Readiness, episodes: pd.DataFrame) -> Pairs:
    """The decidable pairs, with episodes named as the reference names them."""
    columns = ("episode_id", "member_id", "start_day", "basis", "end_day")
    names = {one: (member, start, basis, end) for one, member, start, basis, end in zip(*(episodes[name] for name in columns), strict=True)}
    return {(names[episode], key) for episode, key in pairs(readiness.decidable)}


def test_random_extracts() -> None:
    agree(together(draw(30, 101)))


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(102, 107))
def test_random_extracts_at_length(number: int) -> None:
    agree(together(draw(200, number)))


def test_an_extract_without_anything_to_audit_has_nothing_to_decide() -> None:
    readiness = check(Settings(), frames=as_frames({}))
    assert readiness.nothing_to_audit
    assert readiness.decidable.empty
    assert readiness.criteria == ()
    assert readiness.blocked_cents == 0
