"""What a document may say of each fact that a policy asks: present or absent, or a number on either side of every threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from auditor.policy import Condition, Policy
from auditor.policy.conditions import OPERATORS, ORDERINGS
from auditor.policy.words import Concepts
from auditor.settling.terms import Values

AGE = "age"
AGES = ("age_days", "age_years")
DAYS_A_YEAR = 365.25
STATES = ("present", "absent")


@dataclass(frozen=True)
class Answers:
    """By subject, every value that an answer may have, as far as the policy tells them apart.

    A *subject* is what one answer speaks of: a fact, or the birth date behind every age.
    """

    kinds: Mapping[str, str]
    values: Mapping[str, Values]

    def subject(self, condition: Condition) -> str:
        """What an answer to the condition speaks of."""
        return _subject(condition.fact, self.kinds)

    def fitting(self, condition: Condition, wanted: bool) -> Values:
        """The values of its subject with which the condition is met, or not met."""
        compare, limit = OPERATORS[condition.operator], _limit(condition, self.kinds)
        return frozenset(value for value in self.values[self.subject(condition)] if compare(value, limit) is wanted)


def read_answers(policy: Policy, concepts: Concepts) -> Answers:
    """The answers that a policy's conditions tell apart."""
    kinds = {name: fact.kind for name, fact in concepts.facts.items()}
    limits: dict[str, list[float]] = {}
    for _, condition in policy.conditions():
        if condition.constant is None:
            known = limits.setdefault(_subject(condition.fact, kinds), [])
            known += [float(str(_limit(condition, kinds)))] if condition.operator in ORDERINGS else []
    return Answers(kinds, {name: _values(found) for name, found in limits.items()})


def _values(limits: Iterable[float]) -> Values:
    """Present and absent, or numbers at, beside and between the limits."""
    cuts = sorted(set(limits))
    if not cuts:
        return frozenset(STATES)
    beside = (number for cut in cuts for number in (cut - 1, cut, cut + 1))
    return frozenset((*beside, *((low + high) / 2 for low, high in pairwise(cuts))))


def _subject(fact: str, kinds: Mapping[str, str]) -> str:
    return AGE if kinds.get(fact) in AGES else fact


def _limit(condition: Condition, kinds: Mapping[str, str]) -> object:
    """The value that is compared with; ages all in days."""
    if kinds.get(condition.fact) == AGES[1]:
        return float(str(condition.value)) * DAYS_A_YEAR
    return condition.value
