"""What vignettes prove of a policy's outline: each paragraph shown to change the result alone, met, not met and unknown.

For three-valued paragraphs this is modified condition/decision coverage: with all other paragraphs as a vignette has them, another
outcome of this one would change what starting, continuing, or an exclusion comes to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from auditor.outcomes import Outcome
from auditor.policy import Criterion, Policy
from auditor.vignettes.comparison import courses_of
from auditor.vignettes.run import Answer

MET, UNKNOWN, NOT_MET, NOT_ASKED = Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET, Outcome.NOT_APPLICABLE
# For each outcome, the other outcomes that must change the result: by one vignette, or by several.
OTHERS: Mapping[Outcome, tuple[Outcome, ...]] = {MET: (NOT_MET,), NOT_MET: (MET,), UNKNOWN: (MET, NOT_MET)}
Leaves = Mapping[str, Outcome]
# A paragraph, the outcome that a vignette shows of it, and the outcome that would change the result.
Step = tuple[str, Outcome, Outcome]


@dataclass(frozen=True)
class Proof:
    """One paragraph that asks something, and for each outcome the names of the vignettes that prove it; none where it is not proved."""

    key: str
    statement: str
    by: Mapping[Outcome, tuple[str, ...]]

    @property
    def missing(self) -> tuple[Outcome, ...]:
        """The outcomes that no vignette proves."""
        return tuple(outcome for outcome, names in self.by.items() if not names)


@dataclass(frozen=True)
class Outline:
    """A policy's outline as its groups combine outcomes, for one story at a time."""

    policy: Policy

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Every paragraph by its key."""
        return {criterion.key: criterion for criterion in self.policy.walk()}

    @cached_property
    def results(self) -> tuple[Criterion, ...]:
        """What the outline is for: starting, continuing, and each exclusion."""
        return (*self.policy.criteria, *self.policy.experimental)

    def leaves(self) -> Iterator[Criterion]:
        """The paragraphs that ask the record something."""
        return (leaf for leaf in self.policy.leaves() if leaf.condition and leaf.condition.constant is None)

    def outcomes_of(self, leaf: Criterion) -> tuple[Outcome, ...]:
        """What a paragraph can come to: never not met, where what it asks is what the group above it is asked for."""
        asked_if = [group.applies_when for group in self.criteria.values() if leaf in group.walk()]
        return tuple(outcome for outcome in OTHERS if outcome != NOT_MET or leaf.condition not in asked_if)

    def comes_to(self, criterion: Criterion, leaves: Leaves) -> Outcome:
        """What a paragraph comes to; one without members that apply is not asked."""
        if criterion.same_as:
            return self.comes_to(self.criteria[criterion.same_as], leaves)
        if not criterion.members:
            return leaves.get(criterion.key, NOT_ASKED)
        found = [one for member in criterion.members if (one := self.comes_to(member, leaves)) != NOT_ASKED]
        return (min(found) if criterion.kind == "all_of" else max(found)) if found else NOT_ASKED

    def result(self, leaves: Leaves) -> tuple[Outcome, ...]:
        """What all of it comes to."""
        return tuple(self.comes_to(criterion, leaves) for criterion in self.results)

    def decides(self, leaves: Leaves, step: Step) -> bool:
        """Whether a paragraph alone changes the result of a story in which it has the step's outcome."""
        key, outcome, other = step
        return self.result({**leaves, key: other}) != self.result({**leaves, key: outcome})

    def steps(self, leaves: Leaves) -> Iterator[Step]:
        """Each paragraph by which alone the result would be another, with its outcome and the one that would change it."""
        stands = self.result(leaves)
        for key in sorted(leaves):
            for other in OTHERS.get(leaves[key], ()):
                if self.result({**leaves, key: other}) != stands:
                    yield key, leaves[key], other


def proves(answer: Answer, outline: Outline) -> frozenset[Step]:
    """The steps that one vignette proves: it holds, somebody stands behind it, and it says what the episode comes to."""
    vignette = answer.vignette
    blocks = vignette.expect.get("courses", [vignette.expect])
    if not answer.holds or not vignette.is_confirmed:
        return frozenset()
    return frozenset(
        step
        for course, block in zip(courses_of(vignette, answer.frames), blocks, strict=True)
        if {"determination", "criteria", "days"} & set(block)
        for step in outline.steps(leaves_of(course.rows("criteria"), outline))
    )


def leaves_of(rows: Iterable[Mapping[str, object]], outline: Outline) -> Leaves:
    """The outcomes of the paragraphs that ask something, from rows of ``criteria``."""
    found = {str(row["key"]): Outcome(int(str(row["outcome"]))) for row in rows}
    return {leaf.key: found[leaf.key] for leaf in outline.leaves() if leaf.key in found}


def cover(policy: Policy, answers: Iterable[Answer]) -> tuple[Proof, ...]:
    """Every paragraph that asks something, in outline order, with the vignettes that prove each outcome of it."""
    outline = Outline(policy)
    steps = [(str(answer.vignette), proves(answer, outline)) for answer in answers]
    return tuple(
        Proof(leaf.key, leaf.statement, {one: _proving(leaf.key, one, steps) for one in outline.outcomes_of(leaf)})
        for leaf in outline.leaves()
    )


def _proving(key: str, outcome: Outcome, steps: Iterable[tuple[str, frozenset[Step]]]) -> tuple[str, ...]:
    found = [{name for name, proved in steps if (key, outcome, other) in proved} for other in OTHERS[outcome]]
    return tuple(sorted(set().union(*found))) if all(found) else ()
