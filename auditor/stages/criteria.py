"""Combines leaf outcomes up the guideline's outline: what each paragraph comes to for each episode, over whole columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.outcomes import Outcome, Reason
from auditor.policy import Condition, Criterion, Policy

Outcomes = NDArray[np.int8]
Reasons = NDArray[np.int8]
Flags = NDArray[np.bool_]

REASONS: tuple[Reason | None, ...] = (None, *Reason)
NO_REASON = 0
NOT_DOCUMENTED = REASONS.index(Reason.NOT_DOCUMENTED)


@dataclass(frozen=True)
class Result:
    """One paragraph over all episodes, shape (episodes,) each.

    ``outcome`` is what it comes to, ``reason`` indexes ``REASONS`` where that is unknown, ``lenient`` is what it would come to if
    failures that the policy refers to medical review were met, and ``generous`` if those that it may refer were met as well.
    """

    outcome: Outcomes
    reason: Reasons
    lenient: Outcomes
    generous: Outcomes

    @property
    def referred(self) -> Flags:
        """Not met, and only for failures that the policy refers to medical review."""
        return np.asarray((self.outcome == Outcome.NOT_MET) & (self.lenient >= Outcome.UNKNOWN) & (self.lenient <= Outcome.MET))

    @property
    def perhaps_referred(self) -> Flags:
        """Not met, and nobody knows yet whether the policy refers it: an age that the record leaves open on either side of a limit."""
        spared = (self.generous >= Outcome.UNKNOWN) & (self.generous <= Outcome.MET)
        return np.asarray((self.outcome == Outcome.NOT_MET) & spared & ~self.referred)


@dataclass(frozen=True)
class LeafTable:
    """Outcome and reason of every leaf for the same episodes in the same order: leaf name to arrays of shape (episodes,)."""

    outcomes: Mapping[str, Outcomes]
    reasons: Mapping[str, Reasons]
    episodes: int

    def condition(self, name: str, condition: Condition | None) -> tuple[Outcomes, Reasons]:
        """A condition's outcome; one that readings alone answer is the same for every episode."""
        if condition is None:
            return self.everywhere(Outcome.MET)
        if condition.constant is not None:
            return self.everywhere(Outcome.MET if condition.constant else Outcome.NOT_MET)
        return self.outcomes[name], self.reasons[name]

    def everywhere(self, outcome: Outcome) -> tuple[Outcomes, Reasons]:
        """The same outcome for every episode."""
        return np.full(self.episodes, outcome, np.int8), np.full(self.episodes, NO_REASON, np.int8)


@dataclass
class Evaluation:
    """Evaluates a policy's outline once; results are kept by paragraph.

    ``early`` counts truncating paragraphs as met: what holds before their time limit.
    """

    policy: Policy
    leaves: LeafTable
    early: bool = False
    results: dict[str, Result] = field(default_factory=dict)

    def run(self) -> dict[str, Result]:
        """Every paragraph's result, by its key."""
        for root in (*self.policy.criteria, *self.policy.experimental):
            self.evaluate(root)
            self._skip_below(root)
        return self.results

    def _skip_below(self, group: Criterion) -> None:
        """What is not asked of a group is not asked of its members."""
        skip = self.results[group.key].outcome == Outcome.NOT_APPLICABLE
        for member in group.members:
            self.results[member.key] = not_asked(skip, self.results[member.key])
            self._skip_below(member)

    def evaluate(self, criterion: Criterion) -> Result:
        """One paragraph's result."""
        if criterion.key not in self.results:
            self.results[criterion.key] = self._asked(criterion, self._evaluate(criterion))
        return self.results[criterion.key]

    def _evaluate(self, criterion: Criterion) -> Result:
        if criterion.kind == "same_as":
            return self.evaluate(self.policy.criterion(str(criterion.same_as)))
        if criterion.members:
            return self._group(criterion)
        return self._leaf(criterion)

    def _leaf(self, criterion: Criterion) -> Result:
        outcome, reason = self.leaves.condition(criterion.key, criterion.condition)
        failed = outcome == Outcome.NOT_MET
        referred = failed & consequence_holds(criterion, "medical_review", self.leaves)
        perhaps = failed & consequence_holds(criterion, "medical_review", self.leaves, least=Outcome.UNKNOWN)
        lenient, generous = (np.where(spared, Outcome.MET, outcome).astype(np.int8) for spared in (referred, perhaps))
        return Result(outcome, reason, lenient, generous)

    def _group(self, criterion: Criterion) -> Result:
        members = [self._as_member(self.evaluate(member), member) for member in criterion.members]
        members += [self._bound(leaf) for leaf in self._truncating if self._binds(leaf, criterion)]
        smallest = criterion.kind == "all_of"
        outcome = combine([member.outcome for member in members], smallest)
        lenient = combine([member.lenient for member in members], smallest)
        generous = combine([member.generous for member in members], smallest)
        reason = np.full(self.leaves.episodes, NO_REASON, np.int8)
        for member in reversed(members):
            reason = np.where(member.outcome == outcome, member.reason, reason)
        return Result(outcome, np.where(outcome == Outcome.UNKNOWN, reason, NO_REASON).astype(np.int8), lenient, generous)

    def _as_member(self, result: Result, criterion: Criterion) -> Result:
        """A paragraph as its group sees it: a truncating one is met before its limit, a void one always."""
        void = consequence_holds(criterion, "void_none", self.leaves)
        early = self.early & consequence_holds(criterion, "truncate", self.leaves)
        return replaced((void | early) & (result.outcome <= Outcome.UNKNOWN), Outcome.MET, result)

    @cached_property
    def _truncating(self) -> tuple[Criterion, ...]:
        return truncating_leaves(self.policy)

    def _binds(self, leaf: Criterion, group: Criterion) -> bool:
        """Whether a time limit written under another pathway reaches this one."""
        bound = any(group.key in consequence.binds for consequence in leaf.if_not_met)
        return bound and all(leaf.key != criterion.key for criterion in group.walk())

    def _bound(self, leaf: Criterion) -> Result:
        return self._as_member(self.evaluate(leaf), leaf)

    def _asked(self, criterion: Criterion, result: Result) -> Result:
        """Not applicable where the condition for asking is not met; unknown does not excuse from asking."""
        applies, _ = self.leaves.condition(f"{criterion.key}/applies", criterion.applies_when)
        return not_asked(applies == Outcome.NOT_MET, result)


def not_asked(skip: Flags, result: Result) -> Result:
    """The result, not applicable where it is skipped."""
    return replaced(skip, Outcome.NOT_APPLICABLE, result)


def replaced(where: Flags, outcome: Outcome, result: Result) -> Result:
    """The result with another outcome, and no reason, in some places."""
    if not where.any():
        return result
    return Result(
        np.where(where, outcome, result.outcome).astype(np.int8),
        np.where(where, NO_REASON, result.reason).astype(np.int8),
        np.where(where, outcome, result.lenient).astype(np.int8),
        np.where(where, outcome, result.generous).astype(np.int8),
    )


def combine(members: list[Outcomes], smallest: bool) -> Outcomes:
    """The minimum (``all_of``) or maximum (``any_of``) of the members that apply; not applicable where none does."""
    stacked = np.stack(members)
    applies = stacked != Outcome.NOT_APPLICABLE
    neutral = np.where(applies, stacked, Outcome.NOT_APPLICABLE if smallest else -1)
    combined = neutral.min(axis=0) if smallest else neutral.max(axis=0)
    return np.where(applies.any(axis=0), combined, Outcome.NOT_APPLICABLE).astype(np.int8)


def consequence_holds(criterion: Criterion, then: str, leaves: LeafTable, least: Outcome = Outcome.MET) -> Flags:
    """Where the consequence of not meeting the paragraph, the first whose condition is met, is ``then``; or may be: ``least`` unknown."""
    decided = np.zeros(leaves.episodes, bool)
    holds = np.zeros(leaves.episodes, bool)
    for number, consequence in enumerate(criterion.if_not_met):
        outcome, _ = leaves.condition(f"{criterion.key}/consequence/{number}", consequence.when)
        holds |= (outcome >= least) & ~decided & (consequence.then == then)
        decided |= outcome == Outcome.MET
    return holds


def truncating_leaves(policy: Policy) -> tuple[Criterion, ...]:
    """Paragraphs whose failure ends support after some hours, under the readings in force."""
    return tuple(criterion for criterion in policy.walk() if any(c.then == "truncate" for c in criterion.if_not_met))


def truncation_hours(policy: Policy) -> float | None:
    """Hours after the start when the first time limit of the policy ends; None if it has none."""
    return min(
        (
            c.after_hours
            for leaf in truncating_leaves(policy)
            for c in leaf.if_not_met
            if c.then == "truncate" and c.after_hours is not None
        ),
        default=None,
    )
