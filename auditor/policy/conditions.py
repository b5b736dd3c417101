"""The one sentence a policy can ask: *fact operator value*. It has three words and never grows a fourth."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from auditor.policy.model import Condition, Reading, Value
from auditor.yaml_lines import plain_value

ORDERINGS = ("<", "<=", ">", ">=")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.eq,
    "in": lambda value, values: value in values,
}


def split_condition(text: object) -> tuple[str, str, str] | None:
    """Fact, operator and value as written; None where the text is not three words."""
    words = text.split() if isinstance(text, str) else []
    return (words[0], words[1], words[2]) if len(words) == 3 else None


def read_condition(text: str, readings: Mapping[str, Reading]) -> Condition:
    """The condition a checked text asks, its value taken from the readings."""
    words = split_condition(text)
    assert words, f"{text!r} was not checked"
    fact, sign, word = words
    named = readings.get(word)
    value = named.value if named else literal(word)
    constant = OPERATORS[sign](readings[fact].value, value) if fact in readings else None
    return Condition(fact, sign, value, named.name if named else None, constant)


def literal(word: str) -> Value:
    """A number, true or false, or else the word itself."""
    try:
        value = plain_value(word)
    except ValueError:
        return word
    return value if isinstance(value, bool | int | float) else word
