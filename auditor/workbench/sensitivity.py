"""Which determinations rest on a reading: every reading that nobody signed is tried otherwise, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from auditor.policy.model import Reading, Value
from auditor.workbench.shifts import HIGH, LOW, AtRisk, Frames
from auditor.workbench.sweep import tried_rules
from auditor.workbench.variants import Bench, Rules

# A number without listed choices is tried a tenth lower and a tenth higher, by one unit at least, and never as nought.
NUDGE = 10


@dataclass(frozen=True)
class Flip:
    """One episode that would come to something else. A determination is None where there would be no such episode, or is none now."""

    episode_id: str
    now: str | None
    then: str | None
    at_risk_now: AtRisk
    at_risk_then: AtRisk


@dataclass(frozen=True)
class Tried:
    """One reading at another value: the episodes whose determination or dollars would differ, by name."""

    reading: Reading
    value: Value
    flips: tuple[Flip, ...]

    @property
    def determinations(self) -> int:
        """How many episodes would be determined otherwise."""
        return sum(flip.now != flip.then for flip in self.flips)

    @property
    def moved(self) -> AtRisk:
        """By how much the dollars at risk would differ, low and high, in cents."""
        low, high = (sum(flip.at_risk_then[end] - flip.at_risk_now[end] for flip in self.flips) for end in (0, 1))
        return low, high


def try_these(bench: Bench, rules: Rules, now: Frames, readings: Iterable[Reading], say: Callable[[str], None]) -> tuple[Tried, ...]:
    """These readings at every other value worth trying, in their order; ``now`` is the audit under ``rules``."""
    tried = []
    for reading in readings:
        for value in other_values(reading):
            say(f"trying {reading.name}")
            then = bench.audit(tried_rules(rules, reading.name, list(value) if isinstance(value, tuple) else value)).frames
            tried.append(Tried(reading, value, tuple(find_flips(now, then))))
    return tuple(tried)


def other_values(reading: Reading) -> Iterator[Value]:
    """Other values that a person might have signed: none where somebody did."""
    value = reading.value
    if reading.signed_by:
        return
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, tuple):
        yield from () if not value else (*((one,) for one in value if len(value) > 1), *(() if reading.choices else ((),)))
    elif reading.choices:
        yield from (choice for choice in reading.choices if choice != value)
    elif isinstance(value, int | float):
        yield from _nudged(value)


def _nudged(value: float) -> Iterator[Value]:
    if isinstance(value, int) or value == int(value):
        whole = max(1, round(abs(value) / NUDGE))
        yield from (int(value) + change for change in (-whole, whole) if value + change > 0)
    else:
        step = value / NUDGE
        yield from (round(value + change, 6) for change in (-step, step))


def find_flips(now: Frames, then: Frames) -> Iterator[Flip]:
    """The episodes of either side that are determined otherwise or carry other dollars, by name."""
    sides = [_by_episode(frames) for frames in (now, then)]
    for name in sorted(set(sides[0]) | set(sides[1])):
        (was, *dollars_now), (is_then, *dollars_then) = (side.get(name, (None, 0, 0)) for side in sides)
        if (was, dollars_now) != (is_then, dollars_then):
            yield Flip(name, was, is_then, (dollars_now[0], dollars_now[1]), (dollars_then[0], dollars_then[1]))


def _by_episode(frames: Frames) -> dict[str, tuple[str, int, int]]:
    episodes = frames["episodes"]
    columns = (episodes[name].tolist() for name in ("episode_id", "determination", LOW, HIGH))
    return {name: (determination, int(low), int(high)) for name, determination, low, high in zip(*columns, strict=True)}
