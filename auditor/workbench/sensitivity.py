"""Which determinations rest on a reading: every reading is tried otherwise, one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from auditor.pipeline import Begun
from auditor.policy import RuleBook, load_variants
from auditor.policy.model import Reading, Value
from auditor.report.sensitivity import Flip, Tried
from auditor.settings import Settings
from auditor.workbench.shifts import HIGH, LOW, Frames
from auditor.workbench.trials import try_books

# A number without listed choices is tried a tenth lower and a tenth higher, by one unit at least, and never as nought.
NUDGE = 10
Which = Literal["unsigned", "all"]
Sides = dict[str, tuple[str, int, int]]


def try_readings(begun: Begun, which: Which) -> tuple[Tried, ...]:
    """The readings of the latest revision, those that nobody signed or all, at every other value worth trying, in the policy's order."""
    return try_these(begun, readings_to_try(begun.book, which))


def readings_to_try(book: RuleBook, which: Which) -> list[Reading]:
    """The readings of the latest revision, in the policy's order."""
    return [reading for reading in book.policies[-1].readings.values() if which == "all" or not reading.signed_by]


def try_these(begun: Begun, readings: Iterable[Reading]) -> tuple[Tried, ...]:
    """These readings at every other value worth trying, in their order."""
    asked = [(reading, value) for reading in readings for value in other_values(reading)]
    settings = begun.settings
    books = load_variants(settings.policy, settings.configs, (set_otherwise(settings, [(one.name, value)]) for one, value in asked))
    now: Sides = {}
    flips: dict[int, list[Flip]] = defaultdict(list)

    def look(place: int | None, found: Frames) -> None:
        if place is None:
            now.clear()
            now.update(by_episode(found))
        else:
            flips[place] += find_flips(now, by_episode(found))

    try_books(begun, books, look)
    return tuple(Tried(reading, value, tuple(sorted(flips[place], key=by_name))) for place, (reading, value) in enumerate(asked))


def by_name(flip: Flip) -> str:
    """Flips in the order of their episodes."""
    return flip.episode_id


def set_otherwise(settings: Settings, readings: Iterable[tuple[str, Value]]) -> dict[str, object]:
    """The readings of the settings with some of other values, each as a policy file gives it: a list, not a tuple."""
    return {**settings.readings, **{name: list(value) if isinstance(value, tuple) else value for name, value in readings}}


def other_values(reading: Reading) -> Iterator[Value]:
    """Other values that a person might have signed."""
    value = reading.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, tuple):
        yield from _other_lists(reading, value)
    elif reading.choices:
        yield from (choice for choice in reading.choices if choice != value)
    elif isinstance(value, int | float):
        yield from _nudged(value)


def _other_lists(reading: Reading, words: tuple[str, ...]) -> Iterator[Value]:
    """Each word alone, or none; where some are always there, one word more, or the other way round."""
    if reading.always:
        yield from ((*words, str(choice)) for choice in reading.choices if choice not in words)
        yield from [words[::-1]] if len(words) > 1 else []
    elif words:
        yield from ((word,) for word in words if len(words) > 1)
        yield from [] if reading.choices else [()]


def _nudged(value: float) -> Iterator[Value]:
    if isinstance(value, int) or value == int(value):
        whole = max(1, round(abs(value) / NUDGE))
        yield from (int(value) + change for change in (-whole, whole) if value + change > 0)
    else:
        step = value / NUDGE
        yield from (round(value + change, 6) for change in (-step, step))


def find_flips(now: Sides, then: Sides) -> Iterator[Flip]:
    """The episodes of either side that are determined otherwise or carry other dollars, by name."""
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            (was, *dollars_now), (is_then, *dollars_then) = (side.get(name, (None, 0, 0)) for side in (now, then))
            yield Flip(name, was, is_then, (dollars_now[0], dollars_now[1]), (dollars_then[0], dollars_then[1]))


def by_episode(frames: Frames) -> Sides:
    """Of each episode its determination, and its dollars at risk, lowest and highest, in cents."""
    episodes = frames["episodes"]
    columns = (episodes[name].tolist() for name in ("episode_id", "determination", LOW, HIGH))
    return {name: (determination, int(low), int(high)) for name, determination, low, high in zip(*columns, strict=True)}
