"""Every case of tests/cases, from files through the whole audit, and what the cases together must have shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
import yaml
from case_files import AskedUnder, Case, changed_readings, read_cases, read_policy, write_extract
from cases.comparison import ALL_FAMILIES, COMPARISONS, OF_THE_MEMBER, Frames, differences, is_named, named
from cases.outgoing import WORDS, outgoing
from cases.shorthand import as_list

from auditor import Settings, audit
from auditor.outcomes import OUTCOMES, Outcome
from auditor.places import configs_folder

ALONE = ("scenarios/01-clean-term-newborn.1", "scenarios/15-four-days-off.1", "scenarios/29-replaced-claim.1")

FACTS = {
    "case", "scenario", "why", "start from", "readings", "time zone", "days later", "coverage", "born", "member", "people",
    "ino", "oxygen", "as of", "chart", "diagnoses", "procedures", "lines", "authorizations", "expect", "reading", "expect by reading",
}  # fmt: skip
KNOWN = {"courses", *COMPARISONS, *OF_THE_MEMBER}

# Readings that no case can show, and why.
NOT_SHOWN = {"no_response_days": "a deadline for records requests; an audit asks for records and keeps no calendar"}


@cache
def audit_all(asked_under: AskedUnder) -> Frames | None:
    """Frames of one audit of every case that is asked under these settings; None if that audit failed."""
    try:
        return audit_cases(tuple(case for case in read_cases() if case.asked_under == asked_under))
    except Exception:  # whatever it is, each case is then audited alone, so that only the one at fault fails
        return None


def audit_cases(cases: tuple[Case, ...]) -> Frames:
    """Frames of one audit of these cases, which share their settings."""
    zone, written = cases[0].asked_under
    readings = {name: yaml.safe_load(value) for name, value in written if name != "as of"}
    as_of = date.fromisoformat(cases[0].as_of)
    with TemporaryDirectory() as folder:
        result = audit(Settings(paths=(write_extract(cases, Path(folder)),), readings=readings, time_zone=zone or None, as_of=as_of))
    members = {case.member for case in cases if set(WORDS) & words_of(case)}
    return {**result.frames, **(outgoing(result, members) if members else {})}


def words_of(case: Case) -> set[str]:
    """The words that a case expects something of."""
    return set(case.expect).union(*case.expect.get("courses", []))


def complain(case: Case, said: list[str]) -> str:
    """The failure of a case, in plain words."""
    return "\n".join([f"\n{case}: {case.title}", *(f"  {line}" for line in said)])


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_case(case: Case) -> None:
    said = list(differences(case, audit_all(case.asked_under) or audit_cases((case,))))
    assert not said, complain(case, said)


@pytest.mark.parametrize("case", [case for case in read_cases() if case.name in ALONE], ids=str)
def test_a_case_alone_comes_to_the_same(case: Case) -> None:
    said = list(differences(case, audit_cases((case,))))
    assert not said, complain(case, said)


def leaves_below(criteria: dict[str, Any], conditional: bool) -> Iterator[tuple[str, bool]]:
    """Key of every leaf, and whether it may be not applicable."""
    for key, criterion in criteria.items():
        asked_if = conditional or "applies_when" in criterion
        members = criterion.get("all_of") or criterion.get("any_of")
        if members:
            yield from leaves_below(members, asked_if)
        elif "same_as" not in criterion:
            yield key, asked_if


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_a_case_is_written_in_known_words(case: Case) -> None:
    unknown = (set(case.facts) - FACTS) | (words_of(case) - KNOWN)
    assert not unknown, f"{case}: tests/cases/README.md does not know {sorted(unknown)}"


def test_every_scenario_is_there() -> None:
    told = {int(case.facts["scenario"]) for case in read_cases() if "scenario" in case.facts}
    assert told == set(range(1, 35))


def test_every_reading_has_a_case_under_two_values() -> None:
    asked = {case.facts["reading"] for case in read_cases() if "expect by reading" in case.facts}
    missing = sorted(set(read_policy()["readings"]) - asked - set(NOT_SHOWN))
    assert not missing, f"no case shows what changing these readings does: {missing}"
    assert not asked & set(NOT_SHOWN), f"said not to be shown, and shown: {sorted(asked & set(NOT_SHOWN))}"


def test_every_reading_case_has_the_default_and_a_different_answer() -> None:
    for case in {case.name: case for case in read_cases() if "expect by reading" in case.facts}.values():
        answers = case.facts["expect by reading"]
        changed = [changed_readings({case.facts["reading"]: answer["value"]}) for answer in answers]
        said = [str({key: wanted for key, wanted in answer.items() if key != "value"}) for answer in answers]
        assert () in changed, f"{case.name}: the policy's own value is not among its values"
        assert len(set(said)) == len(said), f"{case.name}: two values, one answer"


def all_frames(name: str) -> pd.DataFrame:
    """One result table of every audit of the cases that did not fail."""
    audits = [audit_all(asked_under) for asked_under in sorted({case.asked_under for case in read_cases()})]
    return pd.concat([frames[name] for frames in audits if frames])


def test_every_leaf_is_seen_with_every_outcome() -> None:
    criteria = all_frames("criteria")
    seen = set(zip(criteria["key"], criteria["outcome"], strict=True))
    leaves = leaves_below(read_policy()["criteria"] | read_policy()["experimental"], False)
    wanted = [(leaf, outcome) for leaf, conditional in leaves for outcome in OUTCOMES if conditional or outcome != Outcome.NOT_APPLICABLE]
    missing = [f"{leaf} {OUTCOMES[outcome].word}" for leaf, outcome in wanted if (leaf, outcome) not in seen]
    assert not missing, f"no case shows: {missing}"


def catalogue() -> dict[str, dict[str, Any]]:
    """The findings of the catalogue."""
    written = yaml.safe_load((configs_folder() / "findings.yaml").read_text(encoding="utf-8"))["findings"]
    return {key: finding for key, finding in written.items() if key.split("-")[0] in ALL_FAMILIES}


def states_of(finding: dict[str, Any]) -> list[str]:
    """The states that a finding of the catalogue can have; nothing, for one that has none."""
    return [state for state in "FUX" if state in finding] or [""]


def expectations() -> Iterator[dict[str, Any]]:
    """Every block of expectations of every case."""
    for case in read_cases():
        yield from case.expect.get("courses", [case.expect])


def test_every_finding_is_raised_and_has_a_near_miss() -> None:
    raised = {named(row) for row in all_frames("findings").astype(object).to_dict("records")}
    expected = {one for block in expectations() for key in ("findings", "coding", "notes") for one in as_list(block.get(key))}
    missed = {one.split(".")[0] for block in expectations() for one in as_list(block.get("no findings"))}
    states = sorted(f"{key}.{state}".removesuffix(".") for key, finding in catalogue().items() for state in states_of(finding))
    assert not (unraised := [state for state in states if state not in raised]), f"no case raises: {unraised}"
    assert not (unexpected := [state for state in states if not is_named(state, sorted(expected))]), f"no case expects: {unexpected}"
    assert not (unmissed := sorted(set(catalogue()) - missed)), f"no near miss of: {unmissed}"
