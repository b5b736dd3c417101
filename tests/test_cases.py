"""Every vignette of the shipped policy and case of tests/cases, from files through the whole audit, and what they show together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor import Settings
from auditor.outcomes import OUTCOMES, Outcome
from auditor.places import configs_folder
from auditor.policy import load_rule_book
from auditor.settings import DEFAULT_POLICY
from auditor.vignettes.comparison import ALL_FAMILIES, COMPARISONS, OF_THE_MEMBER, is_named, named
from auditor.vignettes.coverage import Outline, cover, leaves_of
from auditor.vignettes.files import Lexicon, Vignette, changed_readings, read_lexicon, read_vignettes
from auditor.vignettes.run import Answer, run_vignettes
from auditor.vignettes.shorthand import as_list
from auditor.vignettes.words import EXPECTED
from tests.plain_yaml import read_plain

ALONE = ("scenarios/01-clean-term-newborn.1", "scenarios/15-four-days-off.1", "scenarios/29-replaced-claim.1")

# Readings that no case can show, and why.
NOT_SHOWN = {"no_response_days": "a deadline for records requests; an audit asks for records and keeps no calendar"}


TEMPLATES = configs_folder() / "policies" / "pacificsource-ino" / "vignettes" / "templates.yaml"


@cache
def lexicon() -> Lexicon:
    """The words of the shipped policy."""
    return read_lexicon(load_rule_book(DEFAULT_POLICY, configs_folder()))


@cache
def read_policy() -> dict[str, Any]:
    """The policy file as it is written."""
    written: dict[str, Any] = read_plain(next((configs_folder() / "policies").glob("*.yaml")))
    return written


@cache
def read_cases() -> tuple[Vignette, ...]:
    """The vignettes beside the shipped policy, and the cases of this folder, which begin from the same templates."""
    return (*read_vignettes(TEMPLATES.parent, lexicon()), *read_vignettes(Path(__file__).parent / "cases", lexicon(), TEMPLATES))


def is_everyday(case: Vignette) -> bool:
    """Whether a case is asked every day: most sets of readings, each an audit of its own, are left to the long tests.

    Not those under which alone some paragraphs are asked, or a finding raised.
    """
    asked_for = {"c_requires_both", "max_support_rule"} & {name for name, _ in case.readings} or "C-12" in str(case.expect)
    return not case.readings or not case.name.startswith("readings/") or bool(asked_for)


EVERYDAY = tuple(case for case in read_cases() if is_everyday(case))
LONG = tuple(case for case in read_cases() if not is_everyday(case))


@cache
def answers(cases: tuple[Vignette, ...]) -> Mapping[Vignette, Answer]:
    """Every answer of one run of the cases; none where that cannot be had, so that each is asked alone and only the one at fault fails."""
    try:
        return {one.vignette: one for one in run_vignettes(cases, Settings())}
    except Exception:  # whatever it is, the case at fault says it itself
        return {}


def answer_of(case: Vignette) -> Answer:
    """A case's answer."""
    return answers(EVERYDAY if is_everyday(case) else LONG).get(case) or run_vignettes((case,), Settings())[0]


def complain(case: Vignette, said: tuple[str, ...]) -> str:
    """The failure of a case, in plain words."""
    return "\n".join([f"\n{case}: {case.title}", *(f"  {line}" for line in said)])


@pytest.mark.parametrize("case", [*EVERYDAY, *(pytest.param(case, marks=pytest.mark.thorough) for case in LONG)], ids=str)
def test_case(case: Vignette) -> None:
    said = answer_of(case).differs
    assert not said, complain(case, said)


@pytest.mark.parametrize("case", [case for case in read_cases() if case.name in ALONE], ids=str)
def test_a_case_alone_comes_to_the_same(case: Vignette) -> None:
    said = run_vignettes((case,), Settings())[0].differs
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


def test_the_words_that_can_be_expected_are_those_that_are_compared() -> None:
    assert set(EXPECTED) == {"courses", *COMPARISONS, *OF_THE_MEMBER}


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
        changed = [changed_readings({case.facts["reading"]: answer["value"]}, lexicon()) for answer in answers]
        said = [str({key: wanted for key, wanted in answer.items() if key != "value"}) for answer in answers]
        assert () in changed, f"{case.name}: the policy's own value is not among its values"
        assert len(set(said)) == len(said), f"{case.name}: two values, one answer"


def all_frames(name: str) -> pd.DataFrame:
    """One result table of every audit of the cases that did not fail."""
    audits = {id(answer.frames): answer.frames for answer in answers(EVERYDAY).values()}
    return pd.concat([frames[name] for frames in audits.values() if name in frames])


def test_every_leaf_is_seen_with_every_outcome() -> None:
    criteria = all_frames("criteria")
    seen = set(zip(criteria["key"], criteria["outcome"], strict=True))
    leaves = leaves_below(read_policy()["criteria"] | read_policy()["experimental"], False)
    wanted = [(leaf, outcome) for leaf, conditional in leaves for outcome in OUTCOMES if conditional or outcome != Outcome.NOT_APPLICABLE]
    missing = [f"{leaf} {OUTCOMES[outcome].word}" for leaf, outcome in wanted if (leaf, outcome) not in seen]
    assert not missing, f"no case shows: {missing}"


def catalogue() -> dict[str, dict[str, Any]]:
    """The findings of the catalogue."""
    written = read_plain(configs_folder() / "findings.yaml")["findings"]
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


def test_the_shipped_policy_is_proved_whole() -> None:
    told = [answers(EVERYDAY)[one] for one in read_vignettes(TEMPLATES.parent, lexicon()) if is_everyday(one)]
    proofs = cover(load_rule_book(DEFAULT_POLICY, configs_folder()).policies[-1], told)
    assert not (missing := [f"{proof.key} {outcome.name}" for proof in proofs for outcome in proof.missing]), missing
    assert not [str(one.vignette) for one in told if not one.vignette.is_confirmed]


def test_the_outline_of_coverage_combines_as_the_audit_does() -> None:
    outline = Outline(load_rule_book(DEFAULT_POLICY, configs_folder()).policies[-1])
    own = next(answer.frames for answer in answers(EVERYDAY).values() if not answer.vignette.readings)
    for _, rows in own["criteria"].groupby("episode_id"):
        said = {row["key"]: row["outcome"] for row in rows.to_dict("records")}
        leaves = leaves_of(rows.to_dict("records"), outline)
        assert {root.key: outline.comes_to(root, leaves) for root in outline.results} == {
            root.key: said[root.key] for root in outline.results
        }
