"""Mistakes in what the outline asks: facts that nothing defines, operators and values that do not suit them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.conditions import OPERATORS, ORDERINGS, literal, split_condition
from auditor.policy.documents import Documents
from auditor.policy.paragraphs import conditions
from auditor.policy.readings import shown
from auditor.policy.words import NUMBER_KINDS
from auditor.yaml_lines import Block

FACT_WORDS = ("present", "absent")
DAILY = "daily_oxygen"


@dataclass(frozen=True)
class Expected:
    """What the value of a condition should be: in words, as a test, and the names that a wrong word may have meant."""

    words: str
    suits: Callable[[object], bool]
    names: AbstractSet[str]


def unread_conditions(documents: Documents) -> Iterator[Mistake]:
    """A condition that is not *fact operator value*."""
    for policy in documents.policies:
        for key, block, place, text in conditions(policy):
            words = split_condition(text)
            if words is None:
                yield block.mistake(place, f"{key} asks `{text}`, which is not fact, operator, value, such as `pphn is present`.")
            elif words[1] not in OPERATORS:
                yield block.mistake(place, f"{key} uses the operator {words[1]}. It can be {', '.join(OPERATORS)}.")


def unknown_facts(documents: Documents) -> Iterator[Mistake]:
    """A condition on something that is neither a fact nor a reading of one value."""
    facts = documents.concepts["facts"]
    for policy, key, block, place, (fact, _, _) in _read(documents):
        single = [name for name, reading in policy.get("readings", {}).items() if not isinstance(reading["value"], list)]
        if fact not in facts and fact not in single:
            hint = did_you_mean(fact, [*facts, *single])
            yield block.mistake(place, f"{key} asks for {fact}, which no concept defines.{hint}")


def facts_asked_at_the_wrong_time(documents: Documents) -> Iterator[Mistake]:
    """A daily fact asked once, or another fact asked each day."""
    facts = documents.concepts["facts"]
    for _, key, block, place, (fact, _, _) in _read(documents):
        daily = fact in facts and facts[fact].get("kind") == DAILY
        if daily and place != "each_day":
            yield block.mistake(place, f"{key} asks for {fact} once, and it is shown day by day. Write each_day.")
        if not daily and place == "each_day":
            yield block.mistake(place, f"{key} asks for {fact} each day, and it is not shown day by day. Write when.")


def absences_asked_each_day(documents: Documents) -> Iterator[Mistake]:
    """A daily fact asked to be absent: a day is supported by what it shows, so nothing would ever ask the reverse."""
    for _, key, block, place, (fact, _, word) in _read(documents):
        if place == "each_day" and word == "absent":
            yield block.mistake(place, f"{key} asks each day that {fact} is absent; a day is supported by what it shows. Write present.")


def unfit_operators(documents: Documents) -> Iterator[Mistake]:
    """An operator that does not suit the fact: order for statements, or ``is`` for numbers."""
    for policy, key, block, place, (fact, sign, _) in _read(documents):
        fitting = _fitting_operators(policy, documents, fact)
        if fitting and sign not in fitting:
            yield block.mistake(place, f"{key} asks `{fact} {sign}`; {fact} takes {' '.join(fitting)}.")


def unfit_values(documents: Documents) -> Iterator[Mistake]:
    """A value that the fact can never have, or the name of a reading that is not there."""
    for policy, key, block, place, (fact, sign, word) in _read(documents):
        if sign not in _fitting_operators(policy, documents, fact):
            continue
        readings = policy.get("readings", {})
        value = readings[word]["value"] if word in readings else literal(word)
        expected = _expected(policy, fact, sign)
        if not expected.suits(value) and word in readings and expected.suits is is_number:
            yield readings[word].mistake("value", f"{word} is {shown(value)}, and {key} compares {fact} with it. Write a number.")
        elif not expected.suits(value):
            hint = did_you_mean(word, expected.names)
            yield block.mistake(place, f"{key} asks `{fact} {sign} {word}`; {word} is not {expected.words}.{hint}")


def _read(documents: Documents) -> Iterator[tuple[Block, str, Block, str, tuple[str, str, str]]]:
    """The conditions that could be read, each with its policy, paragraph, block and key."""
    for policy in documents.policies:
        for key, block, place, text in conditions(policy):
            words = split_condition(text)
            if words and words[1] in OPERATORS:
                yield policy, key, block, place, words


def _fitting_operators(policy: Block, documents: Documents, fact: str) -> tuple[str, ...]:
    """The operators a fact or reading takes; none where it is neither."""
    facts, readings = documents.concepts["facts"], policy.get("readings", {})
    if fact in readings:
        return (*ORDERINGS, "is", "in") if is_number(readings[fact]["value"]) else ("is", "in")
    if fact in facts:
        return ORDERINGS if facts[fact].get("kind") in NUMBER_KINDS else ("is",)
    return ()


def _expected(policy: Block, fact: str, sign: str) -> Expected:
    readings = policy.get("readings", {})
    if sign == "in":
        lists = {name for name, reading in readings.items() if isinstance(reading["value"], list)}
        return Expected("a reading that holds a list", lambda value: isinstance(value, list), lists)
    if sign in ORDERINGS or (fact in readings and is_number(readings[fact]["value"])):
        numbers = {name for name, reading in readings.items() if is_number(reading["value"])}
        return Expected("a number, nor a reading that holds one", is_number, numbers)
    words = choices(readings[fact]) if fact in readings else FACT_WORDS
    return Expected(" or ".join(shown(word) for word in words), lambda value: value in words, {shown(word) for word in words})


def choices(reading: Block) -> list[object]:
    """The words a reading of one word can hold."""
    both = [True, False] if isinstance(reading["value"], bool) else [reading["value"]]
    return list(reading.get("choices") or both)


def is_number(value: object) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
