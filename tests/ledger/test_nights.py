"""Nights recorded one after the other: the ledger's history is that of plain loops, on either database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.ledger import Ledger, open_ledger
from auditor.ledger.lapses import Night as Event
from auditor.ledger.schema import METADATA
from auditor.review import Decision, Disposition
from tests.ledger.conftest import TOKENS, Place
from tests.ledger.nights import NOW, Night, said_courses, said_findings, told_courses, told_findings, write_run
from tests.ledger.reference import History
from tests.ledger.worlds import nights

FIRST = date(2026, 11, 1)
EVENTS = {
    Event.MINOR.value: "minor",
    Event.DOLLARS_ROSE.value: "rose",
    Event.FACTS_CHANGED.value: "otherwise",
    Event.RESOLVED.value: "resolved",
    Event.REOPENED.value: "reopened",
    Event.JOINED.value: "joined",
    Event.DATE_PASSED.value: "date",
    "decided anew": "anew",
}


def name_of(number: int) -> tuple[str, date]:
    day = FIRST + timedelta(number)
    return f"{day.isoformat()}-001", day


def standings(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Each decision, and in which run it lapsed for what."""
    found = [(one.disposition, one.lapsed_run, EVENTS.get(one.lapsed_why)) for one in ledger.dispositions()]
    return [(given, (run, why) if run else None) for given, run, why in found]


@contextmanager
def emptied(place: Place) -> Iterator[Ledger]:
    """The ledger with nothing in it."""
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        with ledger.writing() as connection:
            for table in reversed(METADATA.sorted_tables):
                if table.name != "keys":
                    connection.execute(table.update().values(merged_into=None)) if table.name == "courses" else None
                    connection.execute(table.delete())
        yield ledger


@st.composite
def decisions(draw: st.DrawFn, night: Night, number: int) -> list[Disposition]:
    """What people decide of a night that was just recorded, or some nights ago."""
    given = []
    for row in draw(st.lists(st.sampled_from(night["episodes"]), max_size=2)) if night["episodes"] else []:
        said = [one for one in night["findings"] if one["episode_id"] == row["episode_id"]]
        finding = draw(st.sampled_from([None, *said]))
        decision = draw(st.sampled_from(Decision))
        given.append(
            Disposition(
                run=name_of(number)[0],
                episode_id=row["episode_id"],
                finding_id=finding and finding["finding_id"],
                paragraph=finding and finding["paragraph"],
                decision=decision,
                who="reviewer",
                when=FIRST,
                why="",
                until=name_of(number + draw(st.integers(0, 3)))[1] if decision is Decision.ACCEPTED_UNTIL else None,
            )
        )
    return given


@st.composite
def seasons(draw: st.DrawFn, most: int) -> list[tuple[Night, list[Disposition]]]:
    """Nights, each with what is decided after it."""
    season: list[tuple[Night, list[Disposition]]] = []
    for number in range(draw(st.integers(2, most))):
        again = draw(st.booleans()) and season
        night = season[draw(st.integers(0, number - 1))][0] if again else draw(nights(("S-1",)))
        older = draw(st.integers(0, number))
        given = [*draw(decisions(night, number)), *(draw(decisions(season[older][0], older)) if older < number else [])]
        season.append((night, given))
    return season


def play(ledger: Ledger, season: list[tuple[Night, list[Disposition]]], out: Path) -> None:
    """Records every night and decision in the ledger and by plain loops, which must tell the same after each."""
    plain, told = History(), []
    for number, (night, decided) in enumerate(season):
        name, day = name_of(number)
        courses, findings = plain.night(name, day, night)
        changes = ledger.record(write_run(out, name, night, day), NOW)
        assert said_courses(changes) == told_courses(courses)
        assert said_findings(changes) == told_findings(findings)
        told.append(changes)
        for one in decided:
            assert ledger.keep(one) == plain.decide(one)
        assert standings(ledger) == [(one["given"], one["lapsed"]) for one in plain.decisions]
    assert [ledger.changes(name_of(number)[0]) for number in range(len(season))] == told


@pytest.mark.parametrize("examples", [25, pytest.param(400, marks=pytest.mark.thorough)])
def test_random_nights_have_the_history_of_plain_loops(place: Place, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(seasons(5))
    def check(season: list[tuple[Night, list[Disposition]]]) -> None:
        folder = Path(tempfile.mkdtemp(prefix="auditor-nights-"))
        try:
            with emptied(place) as ledger:
                play(ledger, season, folder)
        finally:
            shutil.rmtree(folder)

    check()
