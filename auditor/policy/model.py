"""The rules as frozen values: a policy's outline and readings, and what its words mean in records and codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from auditor.policy.coding_words import Coding
from auditor.policy.words import Concepts, FindingType, TextPattern, ValueSet

Value = str | int | float | bool | tuple[str, ...]
CriterionKind = Literal["when", "each_day", "all_of", "any_of", "same_as"]

CRITERION_KINDS: tuple[CriterionKind, ...] = ("when", "each_day", "all_of", "any_of", "same_as")
# What a guideline is about that does not say.
TREATMENT = "iNO"

CONSEQUENCES = ("not_met", "medical_review", "truncate", "void_all", "void_none")
ROUTES = ("criteria", "case_review", "elsewhere")

# What the audit asks of the outline by role, never by number. The last ones are paragraphs that a finding looks at, and ask a fact each.
FINDING_ROLES = ("population", "echo", "gestation", "response", "right_to_left")
ROLES = ("initiation", "continuation", "duration", "pathways", "signs", *FINDING_ROLES)

# What kind of name each role of the exposure rules takes.
EXPOSURE_ROLES: dict[str, Literal["concept", "value_set", "pattern", "fact"]] = {
    "segments": "concept",
    "doses": "concept",
    "services": "value_set",
    "drugs": "value_set",
    "drug_text": "pattern",
    "marker": "value_set",
    "hint_text": "pattern",
    "hint_services": "value_set",
    "unlisted_services": "value_set",
    "other_use_text": "pattern",
    "possible_facts": "fact",
    "lookalike_services": "value_set",
    "lookalike_text": "pattern",
    "test_services": "value_set",
    "ventilator_services": "value_set",
}


@dataclass(frozen=True)
class Reading:
    """One choice the guideline's text leaves open: what was chosen, from what, why, and who signed it. A list holds ``always`` at least."""

    name: str
    value: Value
    why: str
    choices: tuple[Value, ...] = ()
    unit: str | None = None
    question: str | None = None
    signed_by: str | None = None
    always: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Condition:
    """*Fact operator value*. ``reading`` names the reading that gave the value.

    ``constant`` is the answer where the fact is itself a reading, which no record can change; None asks the record.
    """

    fact: str
    operator: str
    value: Value
    reading: str | None = None
    constant: bool | None = None


@dataclass(frozen=True)
class Consequence:
    """What a criterion that is not met leads to, where ``when`` holds (always, if None).

    ``after_hours`` counts from the first iNO; ``binds`` are the pathways it reaches; ``reading`` chose ``then``.
    """

    when: Condition | None
    then: str
    after_hours: float | None = None
    binds: tuple[str, ...] = ()
    reading: str | None = None


@dataclass(frozen=True)
class Criterion:
    """One paragraph of the guideline: a leaf that asks a fact, or a group of paragraphs. ``overriding_reading`` named what overrides it."""

    key: str
    statement: str
    kind: CriterionKind
    condition: Condition | None = None
    members: tuple[Criterion, ...] = ()
    same_as: str | None = None
    applies_when: Condition | None = None
    if_not_met: tuple[Consequence, ...] = ()
    from_hour: float | None = None
    overridden_by: tuple[str, ...] = ()
    overriding_reading: str | None = None

    def walk(self) -> Iterator[Criterion]:
        """This criterion and all below it, in outline order."""
        return iter(self._outline)

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition written at this paragraph, with the name of the leaf that it is."""
        if self.condition:
            yield self.key, self.condition
        if self.applies_when:
            yield f"{self.key}/applies", self.applies_when
        for number, consequence in enumerate(self.if_not_met):
            if consequence.when:
                yield f"{self.key}/consequence/{number}", consequence.when

    @cached_property
    def _outline(self) -> tuple[Criterion, ...]:
        return (self, *(below for member in self.members for below in member.walk()))


@dataclass(frozen=True)
class LineOfBusiness:
    """Whose rules decide for one kind of plan in its states; ``rules`` names them where they are not this policy's.

    ``reading`` names the reading that chose the route.
    """

    line: str
    states: tuple[str, ...]
    route: str
    paragraph: str
    rules: str | None = None
    reading: str | None = None


@dataclass(frozen=True)
class NotAutomated:
    """What of a paragraph is left to people, and why."""

    paragraph: str
    what: str
    why: str


@dataclass(frozen=True)
class Policy:
    """One revision of a guideline, its readings resolved.

    ``review_by`` is None where no review is planned, ``next_effective`` where no later revision is known. ``treatment`` is what it is
    about, ``notice`` what every report on it says first. ``episode_mark`` stands in the names of its episodes, that no other guideline's
    episode has the same.
    """

    name: str
    title: str
    payer: str
    revision: str
    effective: date
    review_by: date | None
    source: str
    listed_services: str
    roles: Mapping[str, tuple[str, ...]]
    exposure: Mapping[str, tuple[str, ...]]
    lines_of_business: tuple[LineOfBusiness, ...]
    readings: Mapping[str, Reading]
    criteria: tuple[Criterion, ...]
    experimental: tuple[Criterion, ...]
    not_automated: tuple[NotAutomated, ...]
    file: str
    next_effective: date | None = None
    treatment: str = TREATMENT
    notice: str | None = None
    episode_mark: str = ""

    def walk(self) -> Iterator[Criterion]:
        """Every criterion in outline order, the experimental uses last."""
        return iter(self._outline)

    def leaves(self) -> Iterator[Criterion]:
        """The criteria that ask something themselves."""
        return (criterion for criterion in self.walk() if criterion.condition)

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition of the outline, with the name of the leaf that it is."""
        for criterion in self.walk():
            yield from criterion.conditions()

    def criterion(self, key: str) -> Criterion:
        """The criterion of that paragraph; KeyError if there is none."""
        return self._by_key[key]

    def value(self, reading: str) -> Value:
        """The value of a reading; KeyError if there is none."""
        return self.readings[reading].value

    @cached_property
    def _outline(self) -> tuple[Criterion, ...]:
        return tuple(criterion for root in (*self.criteria, *self.experimental) for criterion in root.walk())

    @cached_property
    def _by_key(self) -> Mapping[str, Criterion]:
        return {criterion.key: criterion for criterion in self._outline}

    def chosen(self, reading: str) -> Value | None:
        """The same, None if there is none: what a guideline does not speak of is not done."""
        return self.readings[reading].value if reading in self.readings else None

    def playing(self, role: str) -> Criterion | None:
        """The paragraph that plays a role, the first of several; None if none does."""
        return self.criterion(self.roles[role][0]) if role in self.roles else None

    @property
    def goes_on_by(self) -> str:
        """The paragraph by which going on is supported; the one of the start, where the guideline has none of its own."""
        return (self.roles.get("continuation") or self.roles["initiation"])[0]


@dataclass(frozen=True)
class RuleBook:
    """The revisions of one policy, earliest first, and everything their words refer to."""

    policies: tuple[Policy, ...]
    concepts: Concepts
    value_sets: Mapping[str, ValueSet]
    patterns: Mapping[str, TextPattern]
    findings: Mapping[str, FindingType]
    excludes1: tuple[tuple[str, str], ...]
    frequency: Mapping[str, str]
    coding: Coding

    def in_force(self, day: date) -> Policy | None:
        """The revision in force on that day; None before the first one."""
        return next((policy for policy in reversed(self.policies) if policy.effective <= day), None)
