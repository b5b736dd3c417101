"""A reading tried at every value of a range: what each would come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.errors import SettingsRefused
from auditor.workbench.sensitivity import by_episode, find_flips
from auditor.workbench.shifts import HIGH, LOW, AtRisk, Frames
from auditor.workbench.variants import Bench, Rules

RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")
MOST_VALUES = 200
EXPECTED = "--sweep takes READING=FROM..TO or READING=FROM..TO/STEP, such as day_limit=10..21 or response_fio2_drop=0.05..0.2/0.05"


@dataclass(frozen=True)
class Sweep:
    """A reading and the values to try, lowest first."""

    reading: str
    values: tuple[int | float, ...]


@dataclass(frozen=True)
class Step:
    """What one value comes to: dollars at risk, episodes by determination, and how many differ from the value that is set."""

    value: int | float
    is_set: bool
    at_risk: AtRisk
    determinations: Mapping[str, int]
    differing: int


def read_sweep(text: str) -> Sweep:
    """``READING=FROM..TO`` or ``READING=FROM..TO/STEP``; both ends are tried. SettingsRefused otherwise."""
    name, _, written = text.partition("=")
    found = RANGE.fullmatch(written.strip())
    if not found:
        raise SettingsRefused(f"{EXPECTED}.")
    first, last, step = (float(part or 1) for part in found.groups())
    count = int((last - first) / step + 1e-9) + 1 if step > 0 else 0
    if not 1 <= count <= MOST_VALUES:
        raise SettingsRefused(f"{EXPECTED}; from the lowest to the highest, and at most {MOST_VALUES} values.")
    values = (round(first + place * step, 6) for place in range(count))
    return Sweep(name.strip(), tuple(int(value) if value == int(value) else value for value in values))


def run_sweep(bench: Bench, rules: Rules, sweep: Sweep, say: Callable[[str], None]) -> tuple[Step, ...]:
    """Audits under each value in turn. SettingsRefused where the policy has no such reading, or it cannot have such a value."""
    readings = bench.load(rules).policies[-1].readings
    for value in sweep.values:  # whatever is refused, is refused before the first audit
        bench.load(tried_rules(rules, sweep.reading, value))
    now = bench.audit(rules).frames
    steps = []
    for value in sweep.values:
        say(f"{sweep.reading} {value}")
        is_set = sweep.reading in readings and readings[sweep.reading].value == value
        tried = now if is_set else bench.audit(tried_rules(rules, sweep.reading, value)).frames
        steps.append(_step(value, is_set, tried, now))
    return tuple(steps)


def tried_rules(rules: Rules, reading: str, value: Any) -> Rules:
    """The same rules with one reading set otherwise."""
    return Rules(f"{reading}={value}", rules.policy, {**rules.readings, reading: value})


def _step(value: int | float, is_set: bool, tried: Frames, now: Frames) -> Step:
    episodes = tried["episodes"]
    counts = episodes["determination"].value_counts().sort_index()
    return Step(
        value,
        is_set,
        (int(episodes[LOW].sum()), int(episodes[HIGH].sum())),
        {str(word): int(count) for word, count in counts.items()},
        sum(1 for _ in find_flips(by_episode(now), by_episode(tried))),
    )
