"""Naive wordings of the guideline, each as a mutation of the program or the policy that a case of tests/cases must catch.

The first nineteen are the rows of a measurement of what naive wordings cost; the rest are mistakes that lie as near.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor import Settings, audit, engine
from auditor.intake import times
from auditor.outcomes import Outcome
from auditor.places import configs_folder
from auditor.stages import criteria, judge
from auditor.vignettes.batch import Batch
from auditor.vignettes.comparison import differences, speaks_of
from auditor.vignettes.files import NO_DAY, Vignette, write_extract
from auditor.vignettes.outgoing import OF_LETTERS
from tests.test_cases import read_cases

pytestmark = pytest.mark.thorough


@dataclass(frozen=True)
class Edit:
    """Words of a file of the program (``stages/…``) or of ``configs`` and what a naive writer would put in their place, everywhere."""

    file: str
    words: str
    naive: str


@dataclass(frozen=True)
class Patch:
    """A function of the program, by its module, and what a naive writer makes of it."""

    module: Any
    name: str
    naive: Callable[[Any], Any]


@dataclass(frozen=True)
class Mutation:
    """One naive wording, how it is made, and the time zone of the cases it is tried on (most cases have none)."""

    wording: str
    changes: tuple[Edit | Patch, ...]
    zone: str = ""


CONCEPTS = "concepts.yaml"
POLICY = "policies/pacificsource-ino.2020-11-01.yaml"
FAILED = "present_when: [unsuccessful, contraindicated, not_tolerated], absent_when: [successful, absent]"
RECORDED = "present_when: [present, successful, unsuccessful, contraindicated, not_tolerated], absent_when: [absent]"
STATUS = "coalesce(status, 'present') AS status, lower(unit)"
EXACT = "TRY_CAST(exact.weeks AS BIGINT) * 7 + TRY_CAST(exact.days AS BIGINT)"
DECIDED = "WHEN votes_for > 0 THEN 2 WHEN votes_against > 0 THEN 0 ELSE 1 END::TINYINT"
BOTH_SIDES = "conflicts > 0 OR (votes_for > 0 AND votes_against > 0)"
KNOWN_BY_DAY = "ELSE 24.0 * date_diff('day', from_day, to_last_day) END"
END_OF_DAY = f"WHEN from_at IS NOT NULL THEN hours_between(from_at, (to_last_day + 1)::TIMESTAMP) {KNOWN_BY_DAY}"
IN_DAYS = "regexp_matches(trim(lower(value)), 'd(ays?)?$') OR coalesce(unit IN ('d', 'day', 'days'), false) AS in_days"
CALENDAR = "CASE WHEN within_hours THEN least(therapy_days, getvariable('day_limit')) ELSE therapy_days END END AS low"
SEGMENTS = "AND concept IN (SELECT concept FROM exposure_concepts WHERE role = 'segments');"
FIRST_SEGMENT = SEGMENTS.replace(";", " QUALIFY row_number() OVER (PARTITION BY member_id ORDER BY start_day, start_at) = 1;")
CHARTED = "status NOT IN ('preliminary', 'absent', 'contraindicated')"
SHOWS = "line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) IS NOT NULL"
LISTED = f"has_role('listed_services', 'hcpcs', hcpcs_code) IS TRUE OR {SHOWS}"
TRUSTED = "FROM claim_lines_scope WHERE fault IS NULL"
TRUNCATED = "coalesce(floor(elapsed_hours / 24), therapy_days) END AS low"


def combine_as(value: Outcome) -> Callable[[Any], Any]:
    """A group that takes every unknown member for something it is not."""
    return lambda combine: (
        lambda members, smallest: combine([np.where(one == Outcome.UNKNOWN, value, one).astype(np.int8) for one in members], smallest)
    )


def read_in_utc(read: Any) -> Any:
    """A time whose day is that of Greenwich."""

    def read_time(*given: Any) -> times.TimeParts:
        parts = read(*given)
        day = f"coalesce(CAST({parts.at} AS DATE), {{}})"
        return replace(parts, local=parts.at, day=day.format(parts.day), last_day=day.format(parts.last_day))

    return read_time


def read_clock_as_written(local: Any) -> Any:
    """A clock time in UTC taken for the facility's."""
    return lambda zoned, conventions: local(zoned, replace(conventions, zone=None))


def naive(wording: str, *changes: Edit | Patch, zone: str = "") -> Mutation:
    return Mutation(wording, changes, zone)


def present_where(condition: str) -> Edit:
    """A statement's status taken for ``present`` where a condition holds."""
    return Edit(
        "stages/statements.sql", STATUS, f"CASE WHEN {condition} THEN 'present' ELSE coalesce(status, 'present') END AS status, lower(unit)"
    )


def one_day_less(past_limit: Any) -> Any:
    """The limit of days reached a day early."""
    return lambda days, policy: past_limit(days.assign(day_number=days["day_number"] + 1), policy)


MUTATIONS = {
    # --- what naive wordings of the guideline cost
    "unknown is met": naive("unknown treated as met", Edit("stages/leaf_outcomes.sql", DECIDED, DECIDED.replace("ELSE 1", "ELSE 2"))),
    "unknown is not met": naive(
        "unknown treated as not met", Edit("stages/leaf_outcomes.sql", DECIDED, DECIDED.replace("ELSE 1", "ELSE 0"))
    ),
    "silent echo": naive(
        "a finding that the echo does not mention is absent",
        Edit("stages/leaf_outcomes.sql", DECIDED, DECIDED.replace("ELSE 1", "WHEN leaves.value_text = 'absent' THEN 2 ELSE 1")),
    ),
    "therapy recorded": naive("any conventional therapy recorded counts as failed", Edit(CONCEPTS, FAILED, RECORDED)),
    "provisional diagnosis": naive("a preliminary record counts as present", present_where("status = 'preliminary'")),
    "refuted diagnosis": naive("a refuted diagnosis counts as present", present_where("status = 'absent' AND concept = 'pphn'")),
    "day in UTC": naive("dates in UTC, not the facility's day", Patch(times, "_text", read_in_utc), zone="America/Los_Angeles"),
    "UTC clock": naive("a UTC time read as the facility's", Patch(times, "_local", read_clock_as_written), zone="America/Los_Angeles"),
    "late diagnosis": naive(
        "a diagnosis after the start accepted",
        Edit(CONCEPTS, "{concept: pphn, window: by_start}", "{concept: pphn, window: any}"),
    ),
    "late failure": naive(
        "respiratory failure after the start accepted",
        Edit(CONCEPTS, "{concept: hypoxic_respiratory_failure, window: by_start}", "{concept: hypoxic_respiratory_failure, window: any}"),
    ),
    "late therapy": naive("a therapy after the start accepted", Edit(CONCEPTS, f"window: by_start, {FAILED}", f"window: any, {FAILED}")),
    "gestation without unit": naive("gestational age: the unit ignored", Edit("stages/evidence.sql", IN_DAYS, "false AS in_days")),
    "gestation rounded": naive("gestational age: weeks rounded", Edit("stages/evidence.sql", EXACT, f"round(({EXACT}) / 7.0)::BIGINT * 7")),
    "gestation preliminary": naive("gestational age: preliminary counted", present_where("concept = 'gestational_age'")),
    "fourteen days old": naive(
        "age <= 14, not < 14", Edit(POLICY, "when: age_at_start_days < age_limit_days", "when: age_at_start_days <= age_limit_days")
    ),
    "onset date": naive("an onset date compared with a start instant", Edit("stages/macros.sql", KNOWN_BY_DAY, END_OF_DAY)),
    "whole days": naive("14 days: whole days truncated", Edit("stages/ages.sql", CALENDAR, TRUNCATED)),
    "missing end": naive(
        "14 days: a missing end ignored", Edit("stages/ages.sql", "CASE WHEN open_end THEN 'infinity'", "CASE WHEN false THEN 'infinity'")
    ),
    "first administration": naive("14 days: the first administration only", Edit("stages/exposure.sql", SEGMENTS, FIRST_SEGMENT)),
    "any echo": naive(
        "an echo that says present wins over one that says absent", Edit("stages/leaf_outcomes.sql", BOTH_SIDES, "conflicts > 0")
    ),
    "entered in error": naive(
        "rows entered in error counted",
        Edit("stages/statements.sql", "WHEN status = 'entered_in_error' THEN 'error'", "WHEN false THEN 'error'"),
        present_where("status = 'entered_in_error'"),
    ),
    "not done": naive("iNO charted as not given counted as given", Edit("stages/exposure.sql", CHARTED, "true")),
    "birth month": naive(
        "a birth month read as the first of it",
        Edit("stages/ages.sql", "birth_date_last_day AS birth_last_day", "birth_date_day AS birth_last_day"),
    ),
    # --- unknown, in groups of paragraphs
    "unknown member is met": naive("an unknown paragraph met in its group", Patch(criteria, "combine", combine_as(Outcome.MET))),
    "unknown member is not met": naive(
        "an unknown paragraph not met in its group", Patch(criteria, "combine", combine_as(Outcome.NOT_MET))
    ),
    "what suggests decides": naive("what only suggests decides", Edit(CONCEPTS, ", strength: suggests", "")),
    # --- numbers of the guideline
    "gestation over 34": naive(
        "more than 34 weeks, not at least", Edit(POLICY, "when: gestational_age_days >= ", "when: gestational_age_days > ")
    ),
    "eighteen": naive(
        "age <= 18, not < 18", Edit(POLICY, "when: age_at_start_years < child_age_years", "when: age_at_start_years <= child_age_years")
    ),
    "birthday by year": naive(
        "years by the calendar, birthday or not", Edit("stages/macros.sql", "year(birth) - CASE", "year(birth) - 0 * CASE")
    ),
    "older newborn": naive(
        "what the policy refers to review is simply not met",
        Edit(
            POLICY, "age_at_start_days < neonate_max_days, then: late_neonate_action", "age_at_start_days < neonate_max_days, then: not_met"
        ),
    ),
    "taper": naive(
        "the day of taper after 72 hours ignored", Edit(POLICY, "[improvement_window_h, taper_grace_h]", "[improvement_window_h]")
    ),
    "limit of days": naive("day 14 itself past the limit", Patch(judge, "past_limit", one_day_less)),
    "room air": naive(
        "room air counts as oxygen", Edit("stages/oxygen_days.sql", "number > getvariable('room_air", "number >= getvariable('room_air")
    ),
    "weaning": naive(
        "no hours of grace in room air", Edit("stages/oxygen_days.sql", "sure_hours >= getvariable('wean_grace_h')", "sure_hours >= 0")
    ),
    # --- days and courses
    "three days off": naive(
        "three free days do not end a therapy", Edit("stages/episodes.sql", "free_days >= getvar", "free_days > getvar")
    ),
    "end at midnight": naive("an end at midnight touches its day", Edit("stages/exposure.sql", "THEN end_day - 1", "THEN end_day")),
    "ordered": naive("iNO ordered is iNO given", Edit(POLICY, "segments: [ino, ", "segments: [ino, ino_order, ")),
    "dose of nothing": naive("a dose of 0 ppm is a dose", Edit("stages/exposure.sql", "number > 0 AND", "number >= 0 AND")),
    "billed is given": naive(
        "a day billed where the chart says that iNO was off is a day on iNO",
        Edit("stages/exposure.sql", "AS contradicted\n", "AND false AS contradicted\n"),
    ),
    "look-alike": naive(
        "a breath test for nitric oxide is iNO",
        Edit("stages/macros.sql", "has_role('lookalike_services', 'hcpcs', hcpcs)", "false"),
        Edit("stages/macros.sql", "says(words, getvariable('lookalike_text_has'), getvariable('lookalike_text_lacks'))", "false"),
    ),
    "hint is proof": naive("words that only hint are proof", Edit("stages/macros.sql", "THEN 'hint'", "THEN 'text'")),
    # --- claims
    "codes before versions": naive(
        "claims filtered by code before versions are resolved", Edit("stages/scope.sql", TRUSTED, f"{TRUSTED} AND ({LISTED})")
    ),
    "latest line": naive(
        "every version of a claim lives",
        Edit("stages/final_lines.sql", "CASE WHEN fate <> 'living'", "CASE WHEN false"),
    ),
    "duplicates": naive("a line that came twice counts twice", Edit("stages/final_lines.sql", "WHERE copy = 1", "WHERE copy >= 1")),
    "reversals": naive(
        "negative amounts do not net", Edit("stages/final_lines.sql", "min(amount) OVER netting < 0 AS netting", "false AS netting")
    ),
    "denied": naive(
        "a denied line's amount counts", Edit("stages/final_lines.sql", "claim_status IN ('denied', 'pending')", "claim_status = 'pending'")
    ),
    "one price": naive(
        "a line within a stay of one price is at risk", Edit("stages/final_lines.sql", "IS TRUE AS bundled", "IS NULL AS bundled")
    ),
    "last cent": naive("cents that do not divide are lost", Edit("stages/dollars.sql", "THEN sign(counted_cents)::BIGINT", "THEN 0")),
    "retired code": naive(
        "a code outside its dates of validity decides", Edit("stages/evidence.sql", "THEN 'suggests'", "THEN evidence_rules.strength")
    ),
    "part of a code": naive(
        "a code matched by its beginning",
        Edit("stages/evidence.sql", "(is_prefix AND starts_with(seen.code, listed.code))", "starts_with(seen.code, left(listed.code, 3))"),
    ),
    # --- whose rules
    "every Medicaid": naive(
        "Medicaid of every state goes by Oregon's rules", Edit(POLICY, "medicaid, states: [OR]", "medicaid, states: [ID, OR, WA]")
    ),
    "Oregon Medicaid": naive(
        "Oregon Medicaid denied without review of the case", Edit(POLICY, "ohp_mode: {value: case_review", "ohp_mode: {value: criteria")
    ),
    "test is therapy": naive(
        "a test of the lung vessels judged as therapy", Edit("stages/episodes.sql", " AS is_test", " AND false AS is_test")
    ),
}


def cases_of(zone: str) -> tuple[Vignette, ...]:
    """The cases that are asked in this time zone under the policy's own readings."""
    own = (case for case in read_cases() if (case.extract, case.readings) == ((zone, NO_DAY), ()))
    return tuple(case for case in own if not speaks_of(case, OF_LETTERS))


@cache
def written(folder: Path, zone: str) -> Path:
    return write_extract(cases_of(zone), folder / (zone.replace("/", "-") or "no zone"))


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of the cases of a time zone, written once."""
    folder = tmp_path_factory.mktemp("cases")
    return lambda zone: written(folder, zone)


@pytest.fixture(autouse=True)
def _forget_queries() -> Iterator[None]:
    """The queries of a file are remembered by its name; a mutant's must not outlive it."""
    engine.named_queries.cache_clear()
    yield
    engine.named_queries.cache_clear()


def failing(extract: Path, zone: str, configs: Path) -> Iterator[str]:
    """The cases that come out otherwise than they expect, and how."""
    found = Batch(audit(Settings(paths=(extract,), configs=configs, time_zone=zone or None)).frames)
    yield from (f"{case}: {said}" for case in cases_of(zone) for said in differences(case, found))


def substitute(text: str, edits: list[Edit]) -> str:
    """The text with each edit made; a mutation that changes nothing is a mistake of this file."""
    for edit in edits:
        assert edit.words in text, f"{edit.file} has no longer the words that this mutation replaces: {edit.words}"
        assert edit.words != edit.naive
        text = text.replace(edit.words, edit.naive)
    return text


def edits_of(mutation: Mutation, in_stages: bool) -> dict[str, list[Edit]]:
    """The edits of a mutation by file, of the stages or of the configs."""
    edits = [change for change in mutation.changes if isinstance(change, Edit) and change.file.startswith("stages/") == in_stages]
    return {edit.file: [one for one in edits if one.file == edit.file] for edit in edits}


def mutate_stages(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    read = engine.read_sql
    mutants = {
        file.removeprefix("stages/").removesuffix(".sql"): substitute(read(file.removeprefix("stages/").removesuffix(".sql")), edits)
        for file, edits in edits_of(mutation, in_stages=True).items()
    }

    def read_mutant(name: str, part: str = "stages") -> str:
        return mutants[name] if part == "stages" and name in mutants else read(name, part)

    monkeypatch.setattr(engine, "read_sql", read_mutant)


def mutate_configs(mutation: Mutation, folder: Path) -> Path:
    configs = Path(shutil.copytree(configs_folder(), folder / "configs"))
    for file, edits in edits_of(mutation, in_stages=False).items():
        path = configs / file
        path.write_text(substitute(path.read_text(encoding="utf-8"), edits), encoding="utf-8")
    return configs


@cache
def differing_already(extract: Path, zone: str) -> frozenset[str]:
    """What differs without a mutation: nothing, or a mutation must not be thought caught by it."""
    return frozenset(failing(extract, zone, configs_folder()))


@pytest.mark.parametrize("zone", sorted({mutation.zone for mutation in MUTATIONS.values()}), ids=lambda zone: zone or "no zone")
def test_without_a_mutation_every_case_holds(extracts: Callable[[str], Path], zone: str) -> None:
    assert not differing_already(extracts(zone), zone)


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_case_catches_it(mutation: Mutation, extracts: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = extracts(mutation.zone)
    already = differing_already(extract, mutation.zone)
    mutate_stages(mutation, monkeypatch)
    for patch in (change for change in mutation.changes if isinstance(change, Patch)):
        monkeypatch.setattr(patch.module, patch.name, patch.naive(getattr(patch.module, patch.name)))
    came = failing(extract, mutation.zone, mutate_configs(mutation, tmp_path))
    assert any(said not in already for said in came), f"no case shows what is wrong with this wording: {mutation.wording}"
