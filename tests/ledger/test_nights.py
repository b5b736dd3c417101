"""Nights recorded one after the other: the ledger's history is that of plain loops, on either database."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.changes import Changes
from auditor.ledger import Ledger, open_ledger
from auditor.ledger.lapses import Night as Event
from auditor.ledger.schema import METADATA
from auditor.review import Decision, Disposition
from tests.ledger.conftest import TOKENS, Place
from tests.ledger.nights import NOW, Night, said_courses, said_findings, told_courses, told_findings, write_run
from tests.ledger.reference import History
from tests.ledger.season import MEMBERS, NIGHTS, Decided, Season, World, samples
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


@pytest.mark.parametrize("examples", [8, pytest.param(400, marks=pytest.mark.thorough)])
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


# --- thirty nights of real audits ----------------------------------------------------------------------------------------------

# What a person expects of each night: courses that are not just the same (kinship and change), and the reasons told of findings.
EXPECTED: tuple[tuple[dict[str, int], set[str]], ...] = (
    ({"new new": 5}, {""}),
    ({}, set()),
    ({"same updated": 1}, {"data"}),
    ({"same updated": 1}, {"data"}),
    ({"same updated": 1}, {"data"}),
    ({"same updated": 1}, {"data"}),
    ({}, {"data"}),
    ({}, set()),
    ({"same updated": 1}, {"data"}),
    ({"same updated": 1}, {"reading"}),
    ({"same updated": 1}, {"reading"}),
    ({"merged updated": 1}, {"data"}),
    ({}, set()),
    ({"split updated": 1, "split reopened": 1}, {"data"}),
    ({"same updated": 1}, {"data"}),
    ({"same updated": 1}, {"data"}),
    ({}, set()),
    ({}, {"policy"}),
    ({"same updated": 1}, {"reading"}),
    ({"same updated": 2}, {"data", "policy and reading"}),
    ({"gone resolved": 1}, {"data"}),
    ({"same reopened": 1}, {"data"}),
    ({"new new": 1, "same updated": 1}, {"data"}),
    ({"gone resolved": 1, "same updated": 1}, {"data"}),
    ({"same updated": 1}, {"data", "policy"}),
    ({"same updated": 1}, {"data", "reading"}),
    ({"same updated": 1}, {"policy and reading"}),
    ({}, set()),
    ({"same updated": 5}, {"data"}),
    ({"same updated": 5}, {"data"}),
)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    return Season(tmp_path_factory.mktemp("rules"))


def decide(decided: tuple[Decided, ...], night: Night, name: str, today: date) -> Iterator[Disposition]:
    """What reviewers decide of the first episode of a member."""
    for member, finding_id, decision, wait in decided:
        episode = next(row["episode_id"] for row in night["episodes"] if row["member_id"] == member)
        found = [row["paragraph"] for row in night["findings"] if (row["episode_id"], row["finding_id"]) == (episode, finding_id)]
        until = today + timedelta(wait) if wait else None
        paragraph = found[0] if finding_id else None
        yield Disposition(name, episode, finding_id, paragraph, Decision(decision), "R. Nurse", FIRST, "seen", until)


def expect(changes: Changes, expected: tuple[Mapping[str, int], set[str]]) -> None:
    courses, whys = expected
    told = Counter(f"{one.kinship} {one.change}" for one in changes.episodes)
    told.pop("same unchanged", None)
    assert dict(told) == courses
    assert {one.why.words for one in changes.findings if one.change != "unchanged"} == whys


@pytest.mark.parametrize("count", [3, pytest.param(len(NIGHTS), marks=pytest.mark.thorough)])
def test_nights_of_real_audits_have_the_history_of_plain_loops(place: Place, tmp_path: Path, season: Season, count: int) -> None:
    plain, before = History(), None
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        for number, world in enumerate(season.worlds()[:count]):
            night, name = season.night(world), name_of(number)[0]
            courses, findings = plain.night(name, world.as_of, night)
            run = write_run(tmp_path / "runs", name, night, world.as_of, **season.told(world))
            changes = ledger.record(run, NOW, season.replay(before, world) if before else None)
            before = world
            assert said_courses(changes) == told_courses(courses)
            assert said_findings(changes) == told_findings(findings)
            expect(changes, EXPECTED[number])
            for one in decide(NIGHTS[number][2], night, name, world.as_of):
                assert ledger.keep(one) == plain.decide(one)
            assert standings(ledger) == [(one["given"], one["lapsed"]) for one in plain.decisions]
        assert len(ledger.chain()) == count
    hides(place, tmp_path, season.worlds()[0])


def hides(place: Place, folder: Path, world: World) -> None:
    """No identifier of the samples stands in the ledger's file, nor in a dump of its tables."""
    names = ("member_id", "claim_id", "document_id", "mother_member_id", "person_id", "authorization_number", "text")
    secret = {row[name] for table in ("claim_lines", "members", "events") for row in samples(table) for name in names if row.get(name)}
    assert secret >= set(MEMBERS)
    files = list(folder.glob("ledger.sqlite*")) if place.url.startswith("sqlite") else []
    written = b"".join(path.read_bytes() for path in files)
    with open_ledger(place.url, TOKENS, place.password) as ledger, ledger.reading() as connection:
        for table in METADATA.sorted_tables:
            written += repr(connection.execute(table.select()).all()).encode()
    assert len(written) > 10_000
    assert not [value for value in secret if value.encode() in written]
