"""Which determinations rest on a reading: told from audits that really ran, for readings that nobody signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from auditor import Settings, SettingsRefused, audit
from auditor.audits import audit_again
from auditor.masking.mask import Mask, _mask_tried
from auditor.pipeline import Begun, begin
from auditor.places import configs_folder, samples_folder
from auditor.policy import load_rule_book, load_variants
from auditor.policy.model import Reading
from auditor.report.sensitivity import (
    Flip,
    Tried,
    resting,
    rests_on,
    sensitivity_grid,
    sensitivity_line,
    sensitivity_rows,
    sensitivity_summary,
)
from auditor.runs import open_run
from auditor.runs.make import make_run
from auditor.runs.recorded import read_origin
from auditor.runs.rerun import rerun
from auditor.tokens import Tokens
from auditor.vignettes.bench import find_vignettes, vignettes_folder
from auditor.vignettes.files import write_extract
from auditor.workbench import sensitivity
from auditor.workbench.sensitivity import by_episode, find_flips, other_values, readings_to_try, set_otherwise, try_readings, try_these
from auditor.workbench.shifts import find_shift

POLICY = "pacificsource-ino"
SETTINGS = Settings(paths=(samples_folder(),))
FEW = ("Twenty days old", "Fourteen dates", "Fifteen dates")


@pytest.mark.parametrize(
    ("value", "choices", "others"),
    [
        (True, (), [False]),
        ("pay", ("pay", "medical_director"), ["medical_director"]),
        (14, (), [13, 15]),
        (238, (), [214, 262]),
        (1, (), [2]),
        (0.95, (), [0.855, 1.045]),
        (19, (18, 19), [18]),
        ((), (), []),
        (("I.B",), (), [()]),
        (("chart", "claim"), ("chart", "claim"), [("chart",), ("claim",)]),
    ],
)
def test_what_else_a_reading_might_be(value: object, choices: tuple[object, ...], others: list[object]) -> None:
    reading = Reading("some", value, "why", choices)  # type: ignore[arg-type]
    assert list(other_values(reading)) == others


@pytest.mark.parametrize(
    ("value", "choices", "others"),
    [(("I.B",), ("I.A", "I.B"), [("I.B", "I.A")]), (("chart", "claim"), ("chart", "claim"), [("claim", "chart")]), (("I.B",), (), [])],
)
def test_a_list_that_always_names_some_words_is_tried_with_all_of_them(
    value: tuple[str, ...], choices: tuple[str, ...], others: list[object]
) -> None:
    assert list(other_values(Reading("some", value, "why", choices, always=value))) == others


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three stories, of whom two readings would change what is said."""
    book = load_rule_book(POLICY, configs_folder())
    told = [one for one in find_vignettes(book, vignettes_folder(POLICY, book)) if one.title in FEW]
    assert {one.title for one in told} == set(FEW)
    return Settings(paths=(write_extract(told, tmp_path_factory.mktemp("few")),))


@pytest.fixture(scope="module")
def begun(few: Settings) -> Iterator[Begun]:
    with begin(few, None, None) as taken:
        yield taken


def test_flips_are_those_of_separate_runs(begun: Begun, few: Settings) -> None:
    readings = begun.book.policies[-1].readings
    told = try_these(begun, [readings["late_neonate_action"], readings["day_limit"]])
    assert [(one.reading.name, one.value) for one in told] == [("late_neonate_action", "not_met"), ("day_limit", 13), ("day_limit", 15)]
    now = audit(few).frames
    assert told[0].determinations
    for one in told[:1]:
        then = audit(few.model_copy(update={"readings": {one.reading.name: one.value}})).frames
        shift = find_shift(("now", "then"), now, then)
        assert one.moved == tuple(shift.total.after[end] - shift.total.before[end] for end in (0, 1))
        assert {flip.episode_id for flip in one.flips} <= {str(each.episode_id) for each in shift.changed}
        assert one.determinations == sum(each.earlier_determinations != (each.determination,) for each in shift.changed)


@pytest.mark.thorough
def test_a_trial_of_any_reading_comes_to_what_an_audit_does() -> None:
    now = by_episode(audit(SETTINGS).frames)
    with begin(SETTINGS, None, None) as samples:
        for one in try_readings(samples, "all"):
            then = audit_again(
                samples, load_variants(POLICY, SETTINGS.configs, [set_otherwise(SETTINGS, [(one.reading.name, one.value)])])[0]
            ).frames
            assert one.flips == tuple(find_flips(now, by_episode(then))), f"{one.reading.name} {one.value}"


def test_only_readings_that_nobody_signed_are_tried_unless_all_are(begun: Begun) -> None:
    policy = begun.book.policies[-1]
    kept = {"day_limit", "v_action"}
    readings = {name: replace(one, signed_by=None if name == "v_action" else "A Director") for name, one in policy.readings.items()}
    book = replace(begun.book, policies=(replace(policy, readings={name: readings[name] for name in kept}),))
    signed = replace(begun, terms=replace(begun.terms, book=book))
    assert [one.name for one in readings_to_try(signed.book, "unsigned")] == ["v_action"]
    assert sorted(one.name for one in readings_to_try(signed.book, "all")) == sorted(kept)


NOW = Reading("day_limit", 14, "why", unit="days", question="Q26")
FLIPS = (
    Flip("E1", "medical_review", "criteria_met", (0, 5000), (0, 0)),
    Flip("E2", "criteria_met", "criteria_met", (0, 0), (100, 200)),
    Flip("E3", None, "criteria_met", (0, 0), (0, 700)),
)
TRIED = (Tried(NOW, 15, FLIPS), Tried(NOW, 13, ()))


def test_what_rests_on_a_reading_is_told_with_dollars() -> None:
    assert resting(TRIED) == {"E1"}
    assert rests_on("E1", TRIED) == ("day limit (not signed): 15 days instead of 14 days would make it criteria met, $0.00 at risk",)
    assert rests_on("E2", TRIED) == ()
    [row] = sensitivity_grid(TRIED).rows
    assert row[:6] == ("day limit: why", "14 days", "15 days", "not signed", "2", "1")
    assert row[6] == "medical review → criteria met 1; no such episode → criteria met 1"
    assert [row["episode_id"] for row in sensitivity_rows(TRIED)] == ["E1", "E2", "E3", None]
    assert sensitivity_summary(TRIED)["determinations_resting"] == 1
    assert sensitivity_line(TRIED, 9) == "1 of 9 determinations, on 1 of 1 reading tried"


def test_a_run_tells_it_everywhere_and_repeats_to_the_same_bytes(few: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("late_neonate_action", "day_limit")
    monkeypatch.setattr(sensitivity, "readings_to_try", lambda book, which: [book.policies[-1].readings[name] for name in names])
    for name in ("runs", "scratch"):
        (tmp_path / name).mkdir()
    settings = few.model_copy(update={"as_of": date(2026, 11, 22), "sensitivity": "unsigned"})
    published = make_run(settings, tmp_path / "runs", lambda told: None)
    folder = published.folder
    tried = published.result.facts.sensitivity or ()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sensitivity"] == json.loads(json.dumps(sensitivity_summary(tried)))
    assert "sensitivity.csv" in (folder / "files.sha256").read_text(encoding="utf-8")
    assert 'id="sensitivity"' in (folder / "report.html").read_text(encoding="utf-8")
    assert resting(tried)
    for name in resting(tried):
        assert 'id="rests"' in (folder / "episodes" / f"{name}.html").read_text(encoding="utf-8")
    again = open_run(folder)
    assert rerun(again, read_origin(again), tmp_path / "scratch", lambda told: None).proved


def test_sensitivity_of_two_guidelines_at_once_is_refused(few: Settings, tmp_path: Path) -> None:
    both = few.model_copy(update={"beside": ("example-ecmo",), "sensitivity": "unsigned"})
    with pytest.raises(SettingsRefused, match="tries the readings of one guideline"):
        make_run(both, tmp_path, lambda told: None)
    assert not list(tmp_path.iterdir())


def test_a_masked_run_masks_its_flips() -> None:
    masked = _mask_tried(TRIED, Mask(Tokens(b"0" * 32)))
    assert masked is not None
    assert not {flip.episode_id for one in masked for flip in one.flips} & {"E1", "E2", "E3"}
    assert [len(one.flips) for one in masked] == [3, 0]
