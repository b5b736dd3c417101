"""Finds keys and values that do not belong where they are written, and says so with their line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy import coding_shapes, shapes
from auditor.policy.documents import Documents
from auditor.policy.readings import shown
from auditor.yaml_lines import Block, Items

# How each kind of value is said; pydantic's own words would speak of Python.
EXPECTED = {
    "string_type": "text (in quotes, if it looks like a number or a date)",
    "string_too_short": "text that says something",
    "string_pattern_mismatch": "two capital letters",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date such as 2020-11-01",
    "list_type": "a list",
    "too_short": "a longer list",
    "too_long": "a shorter list",
    "greater_than": "a number above 0",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
}

# Keys that may be written with nothing after them: a window without an end.
OPEN_ENDS = ("from", "to")


def misplaced_keys_and_values(documents: Documents) -> Iterator[Mistake]:
    """A key that is not known or missing, or a value of the wrong kind."""
    for policy in documents.policies:
        yield from shape_mistakes(policy, shapes.PolicyShape)
    for value_set in documents.value_sets:
        yield from shape_mistakes(value_set, shapes.ValueSetShape)
    yield from shape_mistakes(documents.concepts, shapes.ConceptsShape)
    yield from shape_mistakes(documents.patterns, shapes.PatternsShape)
    yield from shape_mistakes(documents.findings, shapes.FindingsShape)
    yield from shape_mistakes(documents.excludes1, shapes.Excludes1Shape)
    yield from shape_mistakes(documents.frequency, shapes.FrequencyShape)
    yield from shape_mistakes(documents.coding.ncci, coding_shapes.NcciShape)
    yield from shape_mistakes(documents.coding.services, coding_shapes.ServicesShape)
    yield from shape_mistakes(documents.coding.recovery, coding_shapes.RecoveryShape)
    yield from shape_mistakes(documents.coding.reasons, coding_shapes.ReasonsShape)


def shape_mistakes(document: Block, shape: type[shapes.Shape]) -> Iterator[Mistake]:
    """One mistake a place: what a value could have been is gathered from all that pydantic tried, the deepest alone."""
    yield from empty_values(document)
    try:
        shape.model_validate(document)
    except ValidationError as refused:
        by_place: dict[tuple[Any, ...], list[ErrorDetails]] = defaultdict(list)
        for error in refused.errors(include_url=False):
            by_place[_written_part(document, error)].append(error)
        for place, errors in by_place.items():
            if not any(len(other) > len(place) and other[: len(place)] == place for other in by_place):
                yield _mistake(document, place, errors)


def empty_values(block: Block) -> Iterator[Mistake]:
    """Keys with nothing after them; only the end of a window says something by being empty."""
    for key, value in block.items():
        if value is None and key not in OPEN_ENDS:
            yield block.mistake(key, f"{key} has no value. Write one, or leave the key out.")
        for part in value if isinstance(value, Items) else [value]:
            if isinstance(part, Block):
                yield from empty_values(part)


def _written_part(document: Block, error: ErrorDetails) -> tuple[Any, ...]:
    """The part of an error's location that leads through keys and items; pydantic adds the types it tried."""
    place: list[Any] = []
    here: Any = document
    for step in error["loc"]:
        if _is_in(here, step):
            place.append(step)
            here = here[step]
    return (*place, error["loc"][-1]) if error["type"] == "missing" else tuple(place)


def _is_in(here: object, step: str | int) -> bool:
    return (isinstance(here, Block) and step in here) or (isinstance(here, Items) and isinstance(step, int))


def _mistake(document: Block, place: tuple[Any, ...], errors: list[ErrorDetails]) -> Mistake:
    holder: Any = document
    line = document.line
    for step in place[:-1]:
        line = _line(holder, step, line)
        holder = holder[step]
    line = _line(holder, place[-1], line) if place else line
    return Mistake(document.file, line, _text(holder, place, errors))


def _line(holder: Any, step: Any, line: int) -> int:
    """The line of a key or item; of a key that is missing, the line given."""
    lines: Any = dict(enumerate(holder.lines)) if isinstance(holder, Items) else holder.lines
    return int(lines.get(step, line))


def _text(holder: Any, place: tuple[Any, ...], errors: list[ErrorDetails]) -> str:
    key, owner = _named(place[-1:]), _named(place[:-1])
    if errors[0]["type"] == "missing":
        return f"{owner} lacks {key}."
    if errors[0]["type"] == "extra_forbidden":
        return f"{owner} takes no {key}.{did_you_mean(key, _fitting_keys(holder))}"
    for error in errors:
        if error["type"] == "unknown_word":
            word = error["input"]
            where = owner if word == key else _named(place)
            return f"{where}: {word} is not known here.{did_you_mean(word, error['ctx']['expected'])}"
    expected = " or ".join(dict.fromkeys(EXPECTED.get(error["type"], error["msg"]) for error in errors))
    value = holder[place[-1]]
    return f"{_named(place)} should be {expected}{'' if isinstance(value, Block) else f', not {shown(value)}'}."


def _named(place: tuple[Any, ...]) -> str:
    """The last key of a place, with the number of the item where it stands in a list."""
    numbers = [step + 1 for step in place if isinstance(step, int)]
    keys = [step for step in place if not isinstance(step, int)]
    if not keys:
        return "the file"
    return f"item {numbers[-1]} of {keys[-1]}" if isinstance(place[-1], int) else str(keys[-1])


def _fitting_keys(block: Mapping[str, object]) -> list[str]:
    """The keys of the shape that this block most looks like."""
    all_shapes = shapes.Shape.__subclasses__()
    known = [[field.alias or name for name, field in shape.model_fields.items()] for shape in all_shapes]
    return max(known, key=lambda keys: len(block.keys() & set(keys)))
