"""Why findings changed: told from replays of old and new together, for every world in which the truth is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain, combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.changes import Cause, Change, Mix, Why
from auditor.changes.causes import Difference, Mixed, explain
from auditor.changes.compare import compare
from auditor.changes.replay import FACTORS
from auditor.changes.snapshot import Snapshot, read_snapshot
from auditor.ledger import open_ledger
from tests.ledger.conftest import TOKENS
from tests.ledger.nights import NOW, Night, frames_of, write_run
from tests.ledger.worlds import course, day, finding

# What the one finding comes to, from the set of factors taken of the later run: dollars, or None for no finding.
World = Callable[[frozenset[Cause]], int | None]
ALL = frozenset(FACTORS)
DATA, POLICY, READING, DAY, PROGRAM = Cause.DATA, Cause.POLICY, Cause.READING, Cause.DAY, Cause.PROGRAM


def night(dollars: int | None) -> Night:
    return {
        "episodes": [course("E1", "S-1", [1, 2])],
        "lines": [],
        "therapy_days": [{"episode_id": "E1", "day": day(one)} for one in (1, 2)],
        "findings": [] if dollars is None else [finding("E1", "C-02", "I.A", high=dollars)],
    }


@cache
def snapshot(dollars: int | None) -> Snapshot:
    return read_snapshot(frames_of(night(dollars)))


def why(world: World, factors: frozenset[Cause], program: bool = False, missing: Callable[[Mix], bool] = lambda mix: False) -> Why:
    """Why the finding changed in a world; the earlier program told one dollar more, where another is at work."""
    told = world(frozenset())
    before = snapshot((told or 0) + 1 if program else told)
    after = snapshot(world(factors))
    difference = Difference(factors, program)
    replayed = {mix: snapshot(world(mix.later)) for mix in difference.mixes() if not missing(mix)}
    found = explain(compare(before, after), Mixed(before, after, difference, replayed))
    return next(iter(found.values()), Why())


def by(*causes: Cause) -> World:
    """A world in which each of these adds its dollars."""
    return lambda later: 100 + sum(2**place for place, cause in enumerate(causes, 3) if cause in later)


@pytest.mark.parametrize("cause", FACTORS)
def test_the_one_that_makes_the_change_is_named(cause: Cause) -> None:
    assert why(by(cause), ALL) == Why(sure=(cause,))


def test_two_that_each_make_a_change_are_both_named() -> None:
    assert why(by(DATA, POLICY), ALL).sure == (DATA, POLICY)


def test_two_that_make_it_only_together_are_both_named() -> None:
    assert why(lambda later: 9 if {DATA, POLICY} <= later else 5, ALL).sure == (DATA, POLICY)


def test_two_of_which_either_would_do_are_both_named() -> None:
    assert why(lambda later: 9 if {DATA, POLICY} & later else 5, ALL).sure == (DATA, POLICY)


def test_any_two_of_three_name_all() -> None:
    assert why(lambda later: 9 if len({DATA, POLICY, READING} & later) > 1 else 5, frozenset({DATA, POLICY, READING})).sure == (
        DATA,
        POLICY,
        READING,
    )


def test_new_and_resolved_findings_are_told_alike() -> None:
    assert why(lambda later: 9 if READING in later else None, ALL) == Why(sure=(READING,))
    assert why(lambda later: None if DATA in later else 9, ALL) == Why(sure=(DATA,))


def test_what_the_earlier_program_told_otherwise_is_the_program() -> None:
    assert why(lambda later: 5, ALL, program=True) == Why(sure=(PROGRAM,))
    assert why(by(DATA), ALL, program=True) == Why(sure=(DATA, PROGRAM))


def test_one_difference_is_the_cause_and_needs_no_replay() -> None:
    for cause in FACTORS:
        assert Difference(frozenset({cause}), False).mixes() == ()
        assert why(by(cause), frozenset({cause})) == Why(sure=(cause,))
    assert why(lambda later: 5, frozenset(), program=True) == Why(sure=(PROGRAM,))


@pytest.mark.parametrize(("differing", "program", "replays"), [(2, False, 2), (3, False, 6), (4, False, 8), (1, True, 1), (2, True, 3)])
def test_no_more_is_replayed_than_is_needed(differing: int, program: bool, replays: int) -> None:
    assert len(Difference(frozenset(FACTORS[:differing]), program).mixes()) == replays


def test_without_replays_all_that_differs_may_be_the_cause() -> None:
    unknown = why(by(DATA), frozenset({DATA, DAY}), missing=lambda mix: True)
    assert unknown == Why(perhaps=(DATA, DAY))
    assert unknown.words == "data or day"


def test_without_the_old_inputs_what_is_not_ruled_out_is_said() -> None:
    gone = lambda mix: DATA not in mix.later  # noqa: E731
    factors = frozenset({DATA, POLICY})
    assert why(by(DATA), factors, missing=gone) == Why(sure=(DATA,), perhaps=(POLICY,))
    assert why(by(DATA), factors, missing=gone).words == "data, perhaps policy"
    assert why(by(POLICY), factors, missing=gone) == Why(sure=(POLICY,), perhaps=(DATA,))


def subsets(factors: tuple[Cause, ...]) -> Iterator[frozenset[Cause]]:
    yield from map(frozenset, chain.from_iterable(combinations(factors, size) for size in range(len(factors) + 1)))


@settings(deadline=None)
@given(st.lists(st.sampled_from((None, 5, 9)), min_size=16, max_size=16), st.sets(st.sampled_from(FACTORS), min_size=2))
def test_in_any_world_a_cause_is_what_makes_a_difference_alone_or_last(told: list[int | None], chosen: set[Cause]) -> None:
    table = dict(zip(subsets(FACTORS), told, strict=True))
    factors = frozenset(chosen)
    found = why(lambda later: table[later], factors)
    if table[frozenset()] == table[factors]:
        assert found == Why()
        return
    makes = [
        one
        for one in FACTORS
        if one in factors and (table[frozenset()] != table[frozenset({one})] or table[factors] != table[factors - {one}])
    ]
    assert list(found.sure) == (makes or [one for one in FACTORS if one in factors])
    assert found.perhaps == ()


def test_the_ledger_replays_only_where_something_changed_and_keeps_why(tmp_path: Path) -> None:
    asked: list[Mix] = []

    def replay(mix: Mix) -> Mapping[str, pd.DataFrame]:
        asked.append(mix)
        return frames_of(night(7 if POLICY in mix.later else 5))

    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", TOKENS) as ledger:
        ledger.record(write_run(tmp_path, "2026-11-20-001", night(5)), NOW)
        again = write_run(tmp_path, "2026-11-21-001", night(5), fingerprints={"inputs": "other", "policy": "other"})
        ledger.record(again, NOW, replay)
        assert not asked
        changed = write_run(tmp_path, "2026-11-22-001", night(7), readings={"day_limit": {"value": 10}})
        changes = ledger.record(changed, NOW, replay)
        assert [(one.change, one.why.words) for one in changes.findings] == [(Change.UPDATED, "policy")]
        assert len(asked) == 6
        assert ledger.record(changed, NOW, replay) == changes == ledger.changes("2026-11-22-001")
        assert len(asked) == 6
