"""Readings: the choices the guideline leaves open, what-if overrides of them, and what refers to them by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import fsum
from typing import Any

from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.policy.model import Reading, Value
from auditor.policy.words import HOURS_A_DAY, Bound, Window
from auditor.yaml_lines import Block, Items, read_value

FROM_COMMAND = "the readings that were set"


def read_readings(policy: Block) -> dict[str, Reading]:
    """The readings of a checked policy document, by name."""
    return {name: _reading(name, block) for name, block in policy.get("readings", {}).items()}


def _reading(name: str, block: Block) -> Reading:
    return Reading(
        name=name,
        value=frozen(block["value"]),
        why=block["why"],
        choices=tuple(block.get("choices", ())),
        unit=block.get("unit"),
        question=block.get("question"),
        signed_by=block.get("signed_by"),
        always=tuple(block.get("always", ())),
    )


def frozen(value: Any) -> Value:
    """A value as the model keeps it: lists become tuples."""
    return tuple(value) if isinstance(value, list | tuple) else value


def with_readings(policy: Block, overrides: Mapping[str, object]) -> Block:
    """The policy document with other values for its readings; a what-if, so the document given stays as it was.

    Text is read as a YAML file would read it, unless the reading is itself text. SettingsRefused names every override
    that is no reading, or no value the reading can take.
    """
    readings = policy.get("readings", {})
    refuse_strangers(overrides, readings)
    changed = {name: _overridden(readings[name], value) for name, value in overrides.items()}
    wrong = [text for name, block in changed.items() for text in misfits(name, block, like=readings[name]["value"])]
    if wrong:
        raise refuse(Mistake(FROM_COMMAND, 0, text) for text in wrong)
    return _replaced(policy, {"readings": _replaced(readings, changed)})


def refuse_strangers(overrides: Mapping[str, object], known: Iterable[str]) -> None:
    """SettingsRefused where an override names no reading."""
    strangers = [name for name in overrides if name not in known]
    if strangers:
        raise refuse(Mistake(FROM_COMMAND, 0, f"{name} is no reading.{did_you_mean(name, known)}") for name in strangers)


def misfits(name: str, reading: Block, like: object) -> Iterator[str]:
    """What is wrong with a reading's value: not of the kind of ``like``, none of its choices, or a list that means nothing."""
    value, choices = reading["value"], reading.get("choices", [])
    if _kind(value) != _kind(like):
        yield f"{name} should be {_kind(like)}, such as {shown(like)}, not {shown(value)}."
        return
    if isinstance(value, int | float) and value < 0:
        yield f"{name} cannot be below zero, and is {shown(value)}. Give zero or more."
    for word in value if isinstance(value, list) else [value]:
        if choices and word not in choices:
            yield f"{name} cannot be {shown(word)}.{did_you_mean(shown(word), [shown(choice) for choice in choices])}"
    if isinstance(value, list):
        yield from _misfit_words(name, value, reading.get("always", []))


def _misfit_words(name: str, words: list[object], always: list[object]) -> Iterator[str]:
    """A list that names a word twice, or leaves out one that it always holds, so that nothing would be other than it says."""
    for word in dict.fromkeys(word for word in words if words.count(word) > 1):
        yield f"{name} names {shown(word)} twice. Name it once."
    for word in (word for word in always if word not in words):
        yield f"{name} leaves out {shown(word)}, which it always names: leaving it out would change nothing. Add it."


def shown(value: object) -> str:
    """A value as it would be written in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(item) for item in value)}]"
    return str(value)


def _kind(value: object) -> str:
    """What a value is, in words; whole numbers and fractions are one kind, true and false another."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list | tuple) else "a word"


def _overridden(reading: Block, value: object) -> Block:
    like = reading["value"]
    if isinstance(value, str) and not isinstance(like, str):
        value = read_value(value)
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return _replaced(reading, {"value": list(value) if isinstance(value, tuple) else value})


def _replaced(block: Block, values: Mapping[str, object]) -> Block:
    copy = Block(block.file, block.line)
    copy.update(block)
    copy.update(values)
    copy.lines.update(block.lines)
    return copy


def read_number(value: float | str, readings: Mapping[str, Reading]) -> float:
    """A number, or the value of the reading of that name."""
    number = readings[value].value if isinstance(value, str) else value
    assert isinstance(number, int | float)
    return float(number)


def read_hours(value: float | str | Items | None, readings: Mapping[str, Reading]) -> float | None:
    """Hours as a number, a reading, or a list of these, which is added up; None where none are written."""
    if value is None:
        return None
    parts = value if isinstance(value, list) else [value]
    return fsum(read_number(part, readings) for part in parts)


def read_names(value: str | Items | None, readings: Mapping[str, Reading]) -> tuple[str, ...]:
    """A list of names as written, or the list that the reading of that name holds."""
    names = readings[value].value if isinstance(value, str) else value or ()
    assert isinstance(names, list | tuple)
    return tuple(names)


def read_bound(block: Block, end: str) -> Bound | None:
    """The ``from`` or ``to`` of a window block; days are kept as hours. None is open."""
    in_days = block.get(f"{end}_days")
    written = block.get(end) if in_days is None else in_days
    if written is None:
        return None
    factor = 1.0 if in_days is None else float(HOURS_A_DAY)
    if isinstance(written, int | float):
        return Bound(None, factor * written)
    return Bound(written.removeprefix("-"), -factor if written.startswith("-") else factor)


def bound_hours(bound: Bound | None, readings: Mapping[str, Reading]) -> float | None:
    """Hours from the first iNO; None is open."""
    if bound is None or bound.reading is None:
        return None if bound is None else bound.factor
    return bound.factor * read_number(bound.reading, readings)


def window_hours(window: Window, readings: Mapping[str, Reading]) -> tuple[float | None, float | None]:
    """Both ends of a window in hours from the first iNO, under these readings."""
    return bound_hours(window.start, readings), bound_hours(window.end, readings)
