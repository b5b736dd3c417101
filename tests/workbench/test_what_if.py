"""What other rules would come to: equal to separate runs, empty for the same rules, and mirrored when exchanged."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from few_samples import write_few

from auditor import Settings, audit
from auditor.cli import commands
from auditor.errors import SettingsRefused
from auditor.places import samples_folder
from auditor.report.sheet import sheet_html
from auditor.workbench.chart import round_ticks
from auditor.workbench.shifts import Shift, find_shift
from auditor.workbench.sweep import Step, Sweep, read_sweep, run_sweep
from auditor.workbench.tables import write_shift, write_sweep
from auditor.workbench.told import Trial, shift_sheet, sweep_sheet
from auditor.workbench.variants import Bench, Rules, take_to_bench

POLICY = "pacificsource-ino"
NOW = Rules("the policy as it is", POLICY)
STRICT = Rules("strict", POLICY, {"taper_grace_h": 0, "day_limit": 10, "late_neonate_action": "not_met", "episode_gap_days": 1})
# Of the samples those whom these rules move, and a course that some of them part: an audit of few takes a third of the time.
MEMBERS = ("S-0107", "S-0201", "S-0202", "S-0203", "S-0204", "S-0205", "S-0302")
Frames = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few(MEMBERS, tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def settings(few: Path) -> Settings:
    return Settings(paths=(few,))


@pytest.fixture(scope="module")
def bench(settings: Settings) -> Iterator[Bench]:
    with take_to_bench(settings) as taken:
        yield taken


@pytest.fixture(scope="module")
def both(bench: Bench) -> tuple[Frames, Frames]:
    return bench.audit(NOW).frames, bench.audit(STRICT).frames


@pytest.fixture(scope="module")
def shift(both: tuple[Frames, Frames]) -> Shift:
    return find_shift(("now", "strict"), *both)


def assert_alike(one: Frames, other: Frames) -> None:
    for name, frame in one.items():
        pd.testing.assert_frame_equal(frame, other[name])


def test_an_audit_on_the_bench_is_the_audit_of_a_run(bench: Bench, both: tuple[Frames, Frames], settings: Settings) -> None:
    assert_alike(both[0], audit(settings).frames)
    assert_alike(both[1], audit(settings.model_copy(update={"readings": STRICT.readings})).frames)


def test_the_same_rules_differ_in_nothing(both: tuple[Frames, Frames]) -> None:
    assert find_shift(("a", "b"), both[0], both[0]).is_empty


def test_something_moves(shift: Shift) -> None:
    assert not shift.is_empty
    assert {(one.before, one.after) for one in shift.moves} >= {("criteria_met", "medical_review"), ("medical_review", "criteria_not_met")}


def test_exchanging_the_rules_mirrors_every_figure(shift: Shift, both: tuple[Frames, Frames]) -> None:
    mirrored = find_shift(("strict", "now"), both[1], both[0])
    for one, other in ((shift.paragraphs, mirrored.paragraphs), (shift.lines, mirrored.lines), ((shift.total,), (mirrored.total,))):
        assert [(a.group, a.count_before, a.count_after, a.before, a.after) for a in one] == [
            (b.group, b.count_after, b.count_before, b.after, b.before) for b in other
        ]
    assert sum(one.at_risk_cents[1] - one.earlier_at_risk_cents[1] for one in shift.changed) == -sum(
        one.at_risk_cents[1] - one.earlier_at_risk_cents[1] for one in mirrored.changed
    )


def test_dollars_that_move_are_the_difference_of_the_totals(shift: Shift, both: tuple[Frames, Frames]) -> None:
    for end, name in enumerate(("at_risk_low_cents", "at_risk_high_cents")):
        difference = int(both[1]["episodes"][name].sum() - both[0]["episodes"][name].sum())
        assert difference == shift.total.after[end] - shift.total.before[end]
        assert difference == sum(one.dollars_after[end] - one.dollars_before[end] for one in shift.moves)
        assert difference == sum(one.at_risk_cents[end] - one.earlier_at_risk_cents[end] for one in shift.changed)
        assert difference == sum(one.after[end] - one.before[end] for one in shift.lines)
    assert sum(one.episodes for one in shift.moves) == len(shift.changed)


@pytest.fixture(scope="module")
def steps(bench: Bench) -> tuple[Step, ...]:
    return run_sweep(bench, NOW, read_sweep("day_limit=13..15"), lambda told: None)


@pytest.mark.parametrize("place", [0, *(pytest.param(place, marks=pytest.mark.thorough) for place in (1, 2))])
def test_every_point_of_a_sweep_is_a_run_of_its_own(steps: tuple[Step, ...], settings: Settings, place: int) -> None:
    assert [step.value for step in steps] == [13, 14, 15]
    alone = audit(settings.model_copy(update={"readings": {"day_limit": steps[place].value}})).frames["episodes"]
    assert steps[place].at_risk == (alone["at_risk_low_cents"].sum(), alone["at_risk_high_cents"].sum())
    assert steps[place].determinations == alone["determination"].value_counts().to_dict()


def test_the_value_that_is_set_differs_in_nothing(steps: tuple[Step, ...]) -> None:
    assert [(step.value, step.differing) for step in steps if step.is_set] == [(14, 0)]
    assert all(step.differing for step in steps if not step.is_set)


@pytest.mark.parametrize(
    ("text", "values"),
    [("a=1..3", (1, 2, 3)), ("a=0.1..0.3/0.1", (0.1, 0.2, 0.3)), ("a=5..5", (5,)), ("a=-1..1", (-1, 0, 1)), ("a=0..1/0.5", (0, 0.5, 1))],
)
def test_a_range_holds_both_of_its_ends(text: str, values: tuple[float, ...]) -> None:
    assert read_sweep(text) == Sweep("a", values)


@pytest.mark.parametrize("text", ["a", "a=", "a=3..1", "a=1..x", "a=0..1000", "a=1..2/0"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(SettingsRefused, match="READING=FROM"):
        read_sweep(text)


def test_figures_of_the_tables_are_those_of_the_shift(shift: Shift, steps: tuple[Step, ...], tmp_path: Path) -> None:
    write_shift(shift, tmp_path)
    write_sweep("day_limit", steps, tmp_path)
    tables = {path.stem: list(csv.DictReader(path.open(encoding="utf-8"))) for path in tmp_path.iterdir()}
    assert set(tables) == {"moves", "paragraphs", "lines_of_business", "episodes", "sweep"}
    assert sum(int(row["episodes"]) for row in tables["moves"]) == len(tables["episodes"]) == len(shift.changed)
    assert [round(float(row["at_risk_high_after"]) * 100) for row in tables["episodes"]] == [one.at_risk_cents[1] for one in shift.changed]
    assert [row["day_limit"] for row in tables["sweep"]] == ["13", "14", "15"]


def test_the_pages_hold_every_figure_and_no_script(shift: Shift, steps: tuple[Step, ...]) -> None:
    trial = Trial(Settings().as_of, "native")
    page = sheet_html(shift_sheet(shift, trial))
    assert all(str(one.episode_id or one.earlier_ids[0]) in page for one in shift.changed)
    chart = sheet_html(sweep_sheet("day_limit", steps, trial))
    assert chart.count("<svg") == 1
    assert "<script" not in page + chart


@pytest.mark.parametrize(
    ("cents", "ticks"), [(29_123_926, [0, 100_000, 200_000, 300_000]), (0, [0, 1]), (99_999, [0, 500, 1000]), (400, [0, 1, 2, 3, 4])]
)
def test_the_axis_bears_round_dollars(cents: int, ticks: list[int]) -> None:
    step = Step(1, False, (0, cents), {}, 0)
    assert [tick / 100 for tick in round_ticks((step, step))] == ticks


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, [*arguments, "--as-of", "2026-11-22"])
    return result.exit_code if not result.exception else -1, result.output


def test_the_commands_tell_it(few: Path, tmp_path: Path) -> None:
    code, told = run("what-if", str(few), "--set", "late_neonate_action=not_met", "--out", str(tmp_path / "trial"))
    assert (code, "would change" in told) == (0, True)
    assert sorted(path.name for path in (tmp_path / "trial").iterdir()) == [
        "episodes.csv",
        "lines_of_business.csv",
        "moves.csv",
        "paragraphs.csv",
        "what-if.html",
    ]
    code, told = run("policy", "compare", POLICY, POLICY, str(few))
    assert (code, "Nothing differs" in told) == (0, True)


def test_a_reading_nobody_knows_is_refused(bench: Bench) -> None:
    with pytest.raises(SettingsRefused, match="day_limit"):
        run_sweep(bench, NOW, read_sweep("day_limt=1..2"), lambda told: None)
    with pytest.raises(SettingsRefused, match="what-if needs"):
        commands.main(["what-if", str(samples_folder())], standalone_mode=False)
    with pytest.raises(SettingsRefused, match="Did you mean day_limit"):
        commands.main(["what-if", "no such extract", "--set", "day_limt=3"], standalone_mode=False)


def test_readings_of_one_policy_do_not_linger_under_another(bench: Bench, both: tuple[Frames, Frames], settings: Settings) -> None:
    other = Rules("ECMO", "example-ecmo")
    assert_alike(bench.audit(other).frames, audit(settings.model_copy(update={"policy": "example-ecmo"})).frames)
    assert_alike(both[0], bench.audit(NOW).frames)
