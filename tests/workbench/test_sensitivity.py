"""Which determinations rest on a reading: told from audits that really ran, for readings that nobody signed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor import Settings, audit
from auditor.places import samples_folder
from auditor.policy.model import Reading
from auditor.workbench.sensitivity import other_values, try_these
from auditor.workbench.shifts import find_shift
from auditor.workbench.variants import Rules, take_to_bench

POLICY = "pacificsource-ino"
SETTINGS = Settings(paths=(samples_folder(),))


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
    assert list(other_values(replace(reading, signed_by="A Director"))) == []


def test_flips_are_those_of_separate_runs() -> None:
    with take_to_bench(SETTINGS) as bench:
        rules = Rules("the policy as it is", POLICY)
        now = bench.audit(rules).frames
        readings = bench.load(rules).policies[-1].readings
        told = try_these(bench, rules, now, [readings["late_neonate_action"], readings["day_limit"]], lambda text: None)
    assert [(one.reading.name, one.value) for one in told] == [("late_neonate_action", "not_met"), ("day_limit", 13), ("day_limit", 15)]
    for one in told:
        then = audit(SETTINGS.model_copy(update={"readings": {one.reading.name: one.value}})).frames
        shift = find_shift(("now", "then"), now, then)
        assert one.moved == tuple(shift.total.after[end] - shift.total.before[end] for end in (0, 1))
        assert {flip.episode_id for flip in one.flips} <= {str(each.episode_id) for each in shift.changed}
        assert one.determinations == sum(each.earlier_determinations != (each.determination,) for each in shift.changed)
