"""Mutants of a policy: each with one threshold, operator, group, condition or reading changed, named by what was done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from auditor.policy.model import Condition, Criterion, Policy, Reading, Value
from auditor.policy.readings import shown
from auditor.workbench.sensitivity import other_values

# What a careless writer puts in the place of an operator.
NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"present": "absent", "absent": "present"}
OTHER_GROUP = {"all_of": "any_of", "any_of": "all_of"}
Change = Callable[[Criterion], Criterion | None]


@dataclass(frozen=True)
class Mutant:
    """One change: ``name`` says it in words; of a paragraph by its key, or of a reading by another value."""

    name: str
    key: str = ""
    change: Change | None = None
    reading: str = ""
    value: Value | None = None

    def of(self, policy: Policy) -> Policy:
        """The policy with its paragraph changed; a change of a reading is made where the policy is loaded."""
        if self.change is None:
            return policy
        return replace(policy, criteria=_changed(policy.criteria, self), experimental=_changed(policy.experimental, self))


def _changed(criteria: tuple[Criterion, ...], mutant: Mutant) -> tuple[Criterion, ...]:
    return tuple(changed for criterion in criteria if (changed := _change(criterion, mutant)) is not None)


def _change(criterion: Criterion, mutant: Mutant) -> Criterion | None:
    if criterion.key == mutant.key and mutant.change:
        return mutant.change(criterion)
    return replace(criterion, members=_changed(criterion.members, mutant)) if criterion.members else criterion


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Every mutant of a policy, paragraphs first, in outline order."""
    roots = {criterion.key for criterion in (*policy.criteria, *policy.experimental)}
    for criterion in policy.walk():
        yield from of_condition(criterion)
        yield from of_group(criterion)
        yield from of_attachments(criterion)
        if criterion.key not in roots and not _spoken_of(policy) & {one.key for one in criterion.walk()}:
            yield Mutant(f"{criterion.key} left out", criterion.key, lambda one: None)
    for reading in policy.readings.values():
        yield from of_reading(reading)


def _spoken_of(policy: Policy) -> frozenset[str]:
    """Paragraphs that the policy names elsewhere, and so cannot be without."""
    named = {key for keys in policy.roles.values() for key in keys}
    overriding = {key for criterion in policy.walk() for key in criterion.overridden_by}
    return frozenset(named | overriding | {criterion.same_as for criterion in policy.walk() if criterion.same_as})


def of_condition(criterion: Criterion) -> Iterator[Mutant]:
    """Its operator nearly right, its word the opposite, its number one off; each day only what is present can be asked."""
    condition = criterion.condition if criterion.kind != "each_day" else None
    for text, other in otherwise(condition) if condition else ():
        yield Mutant(f"{criterion.key} asks {text}", criterion.key, lambda one, other=other: replace(one, condition=other))  # type: ignore[misc]


def otherwise(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """A condition with another operator, word or number. What a reading decides is changed there."""
    if condition.operator in NEAR:
        near = NEAR[condition.operator]
        yield f"{condition.fact} {near} {shown(condition.value)}", replace(condition, operator=near)
    if isinstance(condition.value, str) and condition.value in OPPOSITE and condition.constant is None:
        word = OPPOSITE[condition.value]
        yield f"{condition.fact} is {word}", replace(condition, value=word)
    if isinstance(condition.value, int | float) and not isinstance(condition.value, bool) and condition.reading is None:
        for value in (condition.value - 1, condition.value + 1):
            yield f"{condition.fact} {condition.operator} {shown(value)}", replace(condition, value=value)


def of_group(criterion: Criterion) -> Iterator[Mutant]:
    """All for any, and any for all."""
    if len(criterion.members) > 1:
        other = OTHER_GROUP[criterion.kind]
        yield Mutant(f"{criterion.key} needs {other}", criterion.key, lambda one: replace(one, kind=other))  # type: ignore[arg-type]


def of_attachments(criterion: Criterion) -> Iterator[Mutant]:
    """When it is asked, what follows where it fails, and what overrides it: forgotten, or nearly right."""
    if criterion.applies_when:
        yield Mutant(f"{criterion.key} asked always", criterion.key, lambda one: replace(one, applies_when=None))
        for text, other in otherwise(criterion.applies_when):
            yield Mutant(f"{criterion.key} asked when {text}", criterion.key, lambda one, other=other: replace(one, applies_when=other))  # type: ignore[misc]
    if criterion.if_not_met:
        yield Mutant(f"{criterion.key} without what follows where it fails", criterion.key, lambda one: replace(one, if_not_met=()))
    for number, consequence in enumerate(criterion.if_not_met):
        for text, other in otherwise(consequence.when) if consequence.when else ():
            yield Mutant(
                f"{criterion.key} followed where {text}",
                criterion.key,
                lambda one, number=number, other=other: _following(one, number, other),  # type: ignore[misc]
            )
    if criterion.overridden_by:
        yield Mutant(f"{criterion.key} overridden by nothing", criterion.key, lambda one: replace(one, overridden_by=()))


def _following(criterion: Criterion, number: int, when: Condition) -> Criterion:
    kept = list(criterion.if_not_met)
    kept[number] = replace(kept[number], when=when)
    return replace(criterion, if_not_met=tuple(kept))


def of_reading(reading: Reading) -> Iterator[Mutant]:
    """Every other value worth trying."""
    for value in other_values(reading):
        yield Mutant(f"{reading.name} {shown(value)}, not {shown(reading.value)}", reading=reading.name, value=value)
