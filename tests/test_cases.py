"""Every case of tests/cases, from files through the whole audit, and what the cases together must have shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
import yaml
from case_files import Case, as_list, read_cases, read_policy, write_extract

from auditor import Settings, audit
from auditor.outcomes import ACTIONS, DETERMINATIONS, OUTCOMES, VERDICTS
from auditor.places import configs_folder

FAMILIES = ("DQ", "SC", "A", "B", "E", "C")
ACTED_ON = ("S1", "S2", "S3")
AT_RISK = {"low": "at_risk_low_cents", "high": "at_risk_high_cents"}

# Readings that no case can show, and why.
NOT_SHOWN = {"no_response_days": "a deadline for records requests; an audit asks for records and keeps no calendar"}


@cache
def audit_all(asked_under: tuple[str, tuple[tuple[str, str], ...]]) -> dict[str, pd.DataFrame]:
    """Frames of one audit of every case that is asked under these settings."""
    return audit_cases(tuple(case for case in read_cases() if case.asked_under == asked_under))


def audit_cases(cases: tuple[Case, ...]) -> dict[str, pd.DataFrame]:
    """Frames of one audit of these cases, which share their settings."""
    zone, written = cases[0].asked_under
    readings = {name: yaml.safe_load(value) for name, value in written}
    with TemporaryDirectory() as folder:
        return dict(audit(Settings(paths=(write_extract(cases, Path(folder)),), readings=readings, time_zone=zone or None)).frames)


@dataclass(frozen=True)
class Course:
    """What the audit says of one course of a case; without an episode, of the member's lines that belong to none."""

    frames: dict[str, pd.DataFrame]
    episode: dict[str, Any]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """This course's rows of a result table."""
        frame = self.frames[name]
        return list(map(dict, frame[frame["episode_id"] == self.episode["episode_id"]].astype(object).to_dict("records")))


def courses_of(case: Case, frames: dict[str, pd.DataFrame]) -> list[Course]:
    """The courses of the patient, in the order of their start."""
    episodes = frames["episodes"]
    own = episodes[episodes["member_id"] == case.member].astype(object).to_dict("records")
    return [Course(frames, episode) for episode in sorted(own, key=lambda row: (str(row["start_day"]), row["basis"]))]


def plain(value: Any) -> str:
    """A value as a case writes it: nothing as nothing, true and false in words, whole numbers without a point."""
    if not isinstance(value, (list, dict)) and pd.isna(value):
        return ""
    if isinstance(value, (bool, float)):
        return str(value).lower().removesuffix(".0")
    return str(value)


def found(course: Course) -> list[tuple[str, str]]:
    """Findings of the families in question, as (id with its state, severity): of the course, and of the member's lines without one."""
    frames, lines = course.frames, course.frames["lines"]
    own = lines["line_key"][lines["member_id"] == course.episode["member_id"]]
    of_lines = frames["findings"][frames["findings"]["episode_id"].isna() & frames["findings"]["line_key"].isin(own)]
    rows = course.rows("findings") + of_lines.astype(object).to_dict("records")
    named = ((f"{row['finding_id']}.{plain(row['state'])}".removesuffix("."), row["severity"]) for row in rows)
    return sorted({(name, severity) for name, severity in named if name.split("-")[0] in FAMILIES})


def is_named(name: str, wanted: list[str]) -> bool:
    """Whether a finding is among those wanted; one wanted without a state is any state of it."""
    return any(name == one or name.split(".")[0] == one for one in wanted)


Differences = Iterator[str]


def compare_findings(course: Course, wanted: list[str]) -> Differences:
    raised = [name for name, severity in found(course) if severity in ACTED_ON]
    missing = [one for one in wanted if not any(is_named(name, [one]) for name in raised)]
    extra = [name for name in raised if not is_named(name, wanted)]
    if missing or extra:
        yield f"findings: expected {wanted}, came {raised}; missing {missing}, beyond {extra}"


def compare_notes(course: Course, wanted: list[str]) -> Differences:
    raised = [name for name, _ in found(course)]
    missing = [one for one in wanted if not any(is_named(name, [one]) for name in raised)]
    if missing:
        yield f"notes: expected {missing}, came {raised}"


def compare_absences(course: Course, unwanted: list[str]) -> Differences:
    raised = [name for name, _ in found(course) if is_named(name, unwanted)]
    if raised:
        yield f"no findings: {raised} should not be there"


def compare_criteria(course: Course, wanted: dict[str, str]) -> Differences:
    came = {row["key"]: said_outcome(row) for row in course.rows("criteria")}
    for key, outcome in wanted.items():
        if came.get(key) not in (outcome, f"{outcome} ") and came.get(key, "").split(" (")[0] != outcome:
            yield f"{key}: expected {outcome}, came {came.get(key, 'no such paragraph')}"


def said_outcome(row: dict[str, Any]) -> str:
    """An outcome in words, with its reason."""
    word = OUTCOMES[row["outcome"]].word
    return f"{word} ({row['reason']})" if plain(row["reason"]) else word


def compare_days(course: Course, wanted: dict[str, str]) -> Differences:
    verdicts = [VERDICTS[row["verdict"]].word for row in course.rows("therapy_days")]
    came = {word.word: str(verdicts.count(word.word)) for word in VERDICTS.values()}
    for word, days in came.items():
        if days != wanted.get(word, "0"):
            yield f"days {word}: expected {wanted.get(word, '0')}, came {days}"


def compare_one_day(course: Course, wanted: dict[str, str]) -> Differences:
    came = {str(row["day"])[:10]: f"{VERDICTS[row['verdict']].word}, for {row['cause']}" for row in course.rows("therapy_days")}
    for day, verdict in wanted.items():
        if came.get(day, "").split(",")[0] != verdict:
            yield f"{day}: expected {verdict}, came {came.get(day, 'no such day')}"


def compare_dollars(course: Course, wanted: dict[str, str]) -> Differences:
    for word, dollars in wanted.items():
        came = course.episode[AT_RISK.get(word) or word.replace(" ", "_") + "_cents"] / 100
        if came != float(dollars):
            yield f"dollars {word}: expected {float(dollars):,.2f}, came {came:,.2f}"


def compare_columns(course: Course, wanted: dict[str, str]) -> Differences:
    for column, value in wanted.items():
        came = plain(course.episode[column.replace(" ", "_")])
        if came.removesuffix(" 00:00:00") != value:
            yield f"{column}: expected {value}, came {came or 'nothing'}"


def compare_documents(course: Course, wanted: list[str]) -> Differences:
    missing = [document for document in wanted if document not in list(course.episode["documents"])]
    if missing:
        yield f"ask for: expected {missing}, came {list(course.episode['documents'])}"


def compare_word(column: str, words: dict[str, str]) -> Callable[[Course, str], Differences]:
    """Compares a column of the episode with the words of its table."""

    def compare(course: Course, wanted: str) -> Differences:
        came = words[course.episode[column]]
        if came != wanted:
            yield f"{column.replace('_', ' ')}: expected {wanted}, came {came}"

    return compare


COMPARISONS: dict[str, Callable[[Course, Any], Differences]] = {
    "determination": compare_word("determination", {str(key): word.word for key, word in DETERMINATIONS.items()}),
    "next action": compare_word("next_action", {str(key): word for key, word in ACTIONS.items()}),
    "findings": compare_findings,
    "notes": compare_notes,
    "no findings": compare_absences,
    "criteria": compare_criteria,
    "days": compare_days,
    "day": compare_one_day,
    "dollars": compare_dollars,
    "course": compare_columns,
    "ask for": compare_documents,
}


def compare_lines(case: Case, frames: dict[str, pd.DataFrame], wanted: dict[str, str]) -> Differences:
    lines = frames["lines"]
    own = lines[lines["member_id"] == case.member]
    for word, count in wanted.items():
        came = int(((own["disposition"] == word.replace(" ", "_")) | (own["attribution"] == word)).sum())
        if came != int(count):
            yield f"lines {word}: expected {count}, came {came}"


def compare_set_aside(case: Case, frames: dict[str, pd.DataFrame], wanted: str) -> Differences:
    came = int((frames["set_aside"]["member_id"] == case.member).sum())
    if came != int(wanted):
        yield f"set aside: expected {wanted} rows, came {came}"


OF_THE_MEMBER = {"lines": compare_lines, "set aside": compare_set_aside}


def differences(case: Case, frames: dict[str, pd.DataFrame]) -> Differences:
    """How the audit differs from what the case expects, in plain words."""
    courses = courses_of(case, frames)
    expected = case.expect.get("courses", [{key: wanted for key, wanted in case.expect.items() if key not in OF_THE_MEMBER}])
    if len(courses) != len(expected):
        yield f"courses: expected {len(expected)}, came {[(str(course.episode['start_day']), course.episode['determination']) for course in courses]}"
        return
    for number, (course, wanted) in enumerate(zip(courses, expected, strict=True), 1):
        place = f"course {number}, " if len(courses) > 1 else ""
        yield from (f"{place}{said}" for key, value in wanted.items() for said in COMPARISONS[key](course, value))
    for key, compare in OF_THE_MEMBER.items():
        if key in case.expect:
            yield from compare(case, frames, case.expect[key])


def complain(case: Case, said: list[str]) -> str:
    """The failure of a case, in plain words."""
    return "\n".join([f"\n{case}: {case.title}", *(f"  {line}" for line in said)])


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_case(case: Case) -> None:
    said = list(differences(case, audit_all(case.asked_under)))
    assert not said, complain(case, said)


@pytest.mark.parametrize("case", [case for case in read_cases() if case.name in ("scenarios/01-clean-term-newborn.1", "scenarios/15-four-days-off.1")], ids=str)
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


def test_every_reading_has_a_case_under_two_values() -> None:
    asked = {case.facts["reading"] for case in read_cases() if "expect by reading" in case.facts}
    missing = sorted(set(read_policy()["readings"]) - asked - set(NOT_SHOWN))
    assert not missing, f"no case shows what changing these readings does: {missing}"
    assert not asked & set(NOT_SHOWN), f"said not to be shown, and shown: {sorted(asked & set(NOT_SHOWN))}"


def test_every_reading_case_has_the_default_and_a_different_answer() -> None:
    readings = read_policy()["readings"]
    for case in {case.name: case for case in read_cases() if "expect by reading" in case.facts}.values():
        answers = case.facts["expect by reading"]
        values = [yaml.safe_load(str(answer["value"]).replace("'", "")) for answer in answers]
        said = [str({key: wanted for key, wanted in answer.items() if key != "value"}) for answer in answers]
        assert readings[case.facts["reading"]]["value"] in values, f"{case.name}: the default is not among its values"
        assert len(set(said)) == len(said), f"{case.name}: two values, one answer"


def all_frames(name: str) -> pd.DataFrame:
    """One result table of every audit of the cases."""
    return pd.concat([audit_all(asked_under)[name] for asked_under in sorted({case.asked_under for case in read_cases()})])


def test_every_leaf_is_seen_with_every_outcome() -> None:
    criteria = all_frames("criteria")
    seen = set(zip(criteria["key"], criteria["outcome"], strict=True))
    wanted = [(leaf, outcome) for leaf, conditional in leaves_below(read_policy()["criteria"] | read_policy()["experimental"], False) for outcome in OUTCOMES if conditional or outcome != 3]
    missing = [f"{leaf} {OUTCOMES[outcome].word}" for leaf, outcome in wanted if (leaf, outcome) not in seen]
    assert not missing, f"no case shows: {missing}"


def catalogue() -> dict[str, dict[str, Any]]:
    """The findings of the catalogue in the families that cases speak of."""
    written = yaml.safe_load((configs_folder() / "findings.yaml").read_text(encoding="utf-8"))["findings"]
    return {key: finding for key, finding in written.items() if key.split("-")[0] in FAMILIES}


def expectations() -> Iterator[dict[str, Any]]:
    """Every block of expectations of every case."""
    for case in read_cases():
        yield from case.expect.get("courses", [case.expect])


def test_every_finding_is_raised_and_has_a_near_miss() -> None:
    findings = all_frames("findings")
    raised = {f"{row.finding_id}.{plain(row.state)}".removesuffix(".") for row in findings.itertuples()}
    states = {f"{key}.{state}" if state else key for key, finding in catalogue().items() for state in ([s for s in "FUX" if s in finding] or [""])}
    expected = {one for block in expectations() for key in ("findings", "notes") for one in as_list(block.get(key))}
    missed = {one.split(".")[0] for block in expectations() for one in as_list(block.get("no findings"))}
    not_raised = sorted(states - raised - {state for state in states if state in expected and state in raised})
    assert not not_raised, f"no case raises: {not_raised}"
    assert not (unsaid := sorted({state.split(".")[0] for state in states} - {one.split(".")[0] for one in expected})), f"no case expects: {unsaid}"
    assert not (unmissed := sorted(set(catalogue()) - missed)), f"no near miss of: {unmissed}"
