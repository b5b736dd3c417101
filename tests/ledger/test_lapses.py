"""When decisions lapse: every cell of the table, by real nights in a ledger; and what a store of decisions promises."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from auditor.errors import LedgerRefused
from auditor.ledger import Ledger, open_ledger
from auditor.ledger.lapses import RULES, Night
from auditor.review import Decision, Disposition
from tests.ledger.conftest import TOKENS
from tests.ledger.nights import NOW, TODAY, write_run
from tests.ledger.nights import Night as Rows
from tests.ledger.worlds import course, day, finding

UNTIL = TODAY + timedelta(30)
# The table of docs/ledger.md, section 5: what it says of each decision, in the order of its columns; s stands, l lapses.
PRINTED = {
    Decision.UPHELD: "ssslslls",
    Decision.OVERTURNED: "ssllslls",
    Decision.RECORDS_REQUESTED: "ssslllls",
    Decision.ACCEPTED_UNTIL: "ssllslll",
    Decision.NOT_PURSUED: "ssllslls",
}


def one_course(high: int = 100, findings: bool = True, **said: object) -> Rows:
    """A night of one course with one finding."""
    return {
        "episodes": [course("E1", "S-1", [1, 2, 3, 4, 5], high=high)],
        "lines": [],
        "therapy_days": [{"episode_id": "E1", "day": day(one)} for one in (1, 2, 3, 4, 5)],
        "findings": [finding("E1", "C-02", "I.A", **({"high": high} | said))] if findings else [],
    }


def split_course() -> Rows:
    night = one_course()
    night["episodes"] = [course("E1", "S-1", [1, 2, 3]), course("E5", "S-1", [5])]
    night["therapy_days"] = [{"episode_id": "E5" if one == 5 else "E1", "day": day(one)} for one in (1, 2, 3, 5)]
    return night


def changed_course(**said: object) -> Rows:
    night = one_course()
    night["episodes"][0] |= said
    return night


# What the nights after the decision say, of a finding and of an episode.
NO_COURSE: Rows = {"episodes": [], "lines": [], "therapy_days": [], "findings": []}
OF_FINDING: dict[Night, list[Rows]] = {
    Night.UNCHANGED: [one_course()],
    Night.MINOR: [one_course(days=7, high=50)],
    Night.DOLLARS_ROSE: [one_course(high=900)],
    Night.FACTS_CHANGED: [one_course(state="F")],
    Night.RESOLVED: [one_course(findings=False)],
    Night.REOPENED: [one_course(findings=False), one_course()],
}
OF_EPISODE: dict[Night, list[Rows]] = {
    Night.UNCHANGED: [one_course()],
    Night.MINOR: [changed_course(therapy_days=4, at_risk_high_cents=50)],
    Night.DOLLARS_ROSE: [changed_course(at_risk_high_cents=900)],
    Night.FACTS_CHANGED: [changed_course(determination="criteria_not_met")],
    Night.RESOLVED: [NO_COURSE],
    Night.REOPENED: [NO_COURSE, one_course()],
    Night.JOINED: [split_course()],
}
# A finding does not merge or come apart: it goes along, and speaks for itself.
CELLS = [
    (decision, of, night)
    for decision in Decision
    for of in ("finding", "episode")
    for night in Night
    if (of, night) != ("finding", Night.JOINED)
]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger of one night, to be copied."""
    folder = tmp_path_factory.mktemp("begun")
    with open_ledger(f"sqlite:///{folder}/ledger.sqlite", TOKENS) as opened:
        record(opened, folder, 1, one_course())
    return folder / "ledger.sqlite"


@pytest.fixture
def ledger(begun: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of one night."""
    shutil.copy2(begun, tmp_path)
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", TOKENS) as opened:
        yield opened


def decided(decision: Decision, of: str = "finding", run: str = "2026-11-22-001") -> Disposition:
    until = UNTIL if decision is Decision.ACCEPTED_UNTIL else None
    target = ("C-02", "I.A") if of == "finding" else (None, None)
    return Disposition(run, "E1", *target, decision, "R. Nurse", TODAY, "seen", until)


def record(ledger: Ledger, out: Path, number: int, night: Rows, as_of: date = TODAY) -> None:
    ledger.record(write_run(out, f"2026-11-22-{number:03d}", night, as_of), NOW)


@pytest.mark.parametrize(("decision", "of", "night"), CELLS)
def test_every_cell_of_the_table(ledger: Ledger, tmp_path: Path, decision: Decision, of: str, night: Night) -> None:
    ledger.keep(decided(decision, of))
    if night is Night.DATE_PASSED:
        record(ledger, tmp_path, 2, one_course(), UNTIL - timedelta(1))
        assert ledger.dispositions()[0].stands
        record(ledger, tmp_path, 3, one_course(), UNTIL)
    else:
        after = (OF_FINDING if of == "finding" else OF_EPISODE)[night]
        for number, rows in enumerate(after, 2):
            record(ledger, tmp_path, number, rows)
    [kept] = ledger.dispositions()
    lapses = PRINTED[decision][list(Night).index(night)] == "l"
    on_the_way = night is Night.REOPENED and RULES[decision][Night.RESOLVED]
    assert kept.stands is not lapses
    assert kept.lapsed_why == ("" if not lapses else Night.RESOLVED.value if on_the_way else night.value)


def test_the_table_is_whole() -> None:
    assert set(RULES) == set(Decision)
    assert all(set(rule) == set(Night) for rule in RULES.values())


def test_the_table_is_printed_in_the_papers() -> None:
    papers = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
    for decision, letters in PRINTED.items():
        [line] = [line for line in papers.splitlines() if line.startswith(f"| {decision.value.replace('_', ' ')} |")]
        cells = [cell.strip() for cell in line.strip("|").split("|")][1:]
        assert [cell == "lapses" for cell in cells] == [letter == "l" for letter in letters]


def test_the_very_same_decision_is_kept_once_and_does_not_come_back(ledger: Ledger, tmp_path: Path) -> None:
    given = decided(Decision.OVERTURNED)
    assert ledger.keep(given)
    assert not ledger.keep(given)
    record(ledger, tmp_path, 2, one_course(state="F"))
    assert not ledger.keep(given)
    assert not ledger.dispositions()[0].stands
    assert ledger.all() == (given,)


def test_a_later_decision_takes_the_place_of_the_earlier(ledger: Ledger) -> None:
    ledger.add((decided(Decision.UPHELD), decided(Decision.NOT_PURSUED), decided(Decision.UPHELD, "episode")))
    assert [(one.stands, one.lapsed_why) for one in ledger.dispositions()] == [(False, "decided anew"), (True, ""), (True, "")]


def test_a_decision_on_an_old_run_meets_what_came_after(ledger: Ledger, tmp_path: Path) -> None:
    record(ledger, tmp_path, 2, one_course(state="F"))
    ledger.keep(decided(Decision.UPHELD))
    [kept] = ledger.dispositions()
    assert (kept.lapsed_run, kept.lapsed_why) == ("2026-11-22-002", Night.FACTS_CHANGED.value)


def test_of_several_decisions_all_or_none_is_kept(ledger: Ledger) -> None:
    stranger = Disposition("2026-11-22-001", "E9", None, None, Decision.UPHELD, "R. Nurse", TODAY, "")
    with pytest.raises(LedgerRefused, match="has no episode E9"):
        ledger.add((decided(Decision.UPHELD), stranger))
    assert ledger.all() == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (decided(Decision.UPHELD, run="2026-01-01-001"), "no run 2026-01-01-001 is recorded"),
        (Disposition("2026-11-22-001", "E1", "C-99", None, Decision.UPHELD, "me", TODAY, ""), "did not say C-99 of E1"),
        (Disposition("2026-11-22-001", "E1", None, None, Decision.UPHELD, "", TODAY, ""), "say who decided"),
        (Disposition("2026-11-22-001", "E1", None, None, Decision.ACCEPTED_UNTIL, "me", TODAY, ""), "a date is given"),
        (Disposition("2026-11-22-001", "E1", None, None, Decision.UPHELD, "me", TODAY, "", UNTIL), "a date is given"),
    ],
)
def test_what_cannot_be_kept_is_refused(ledger: Ledger, given: Disposition, message: str) -> None:
    with pytest.raises(LedgerRefused, match=message):
        ledger.keep(given)


def test_yields_count_each_finding_once_by_its_last_decision(ledger: Ledger, tmp_path: Path) -> None:
    night = one_course()
    for number in range(2, 6):
        night["findings"].append(finding("E1", "C-02", f"I.{number}"))
    record(ledger, tmp_path, 2, night)
    for paragraph, decision in (("I.A", "overturned"), ("I.A", "upheld"), ("I.2", "upheld"), ("I.3", "overturned"), ("I.4", "not_pursued")):
        ledger.keep(Disposition("2026-11-22-002", "E1", "C-02", paragraph, Decision(decision), "me", TODAY, ""))
    [by_finding], [by_facility] = ledger.yields().by_finding, ledger.yields().by_facility
    assert (by_finding.name, by_facility.name) == ("C-02", "1992700111")
    for one in (by_finding, by_facility):
        assert (one.raised, one.reviewed, one.upheld, one.overturned, one.waiting) == (5, 3, 2, 1, 1)
        assert one.share == pytest.approx(2 / 3)


def test_nothing_reviewed_has_no_share(ledger: Ledger) -> None:
    assert [one.share for one in ledger.yields().by_finding] == [None]
