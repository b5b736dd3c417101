"""The ways in which documents could have a paragraph met, worked out down the outline as the verdict is worked out up it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.outcomes import Outcome
from auditor.policy import Condition, Criterion, Policy
from auditor.settling.answers import Answers
from auditor.settling.terms import ALWAYS, NEVER, Family, Term, Values, all_of, any_of, one_of


@dataclass(frozen=True)
class Record:
    """What the record of one episode says, and what could speak.

    ``conditions`` are the outcomes of every condition by its leaf's name, ``paragraphs`` those of every criterion by its key.
    ``speakers`` are the documents that could answer a condition; none where it is decided, or where records conflict.
    ``closed`` are pathways for which nothing is asked.
    """

    conditions: Mapping[str, Outcome]
    paragraphs: Mapping[str, Outcome]
    speakers: Mapping[str, tuple[str, ...]]
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """One record beside the policy it is asked by."""

    policy: Policy
    answers: Answers
    record: Record

    def met(self, criterion: Criterion, early: bool = False) -> Family:
        """Ways in which the criterion would be met; ``early`` counts paragraphs with a time limit as met."""
        if criterion.key in self.record.closed and self.record.paragraphs[criterion.key] != Outcome.MET:
            return NEVER
        return all_of((self._still_asked(criterion), self._met_if_asked(criterion, early)))

    def skipped(self, criterion: Criterion) -> Family:
        """Ways in which the criterion would not be asked."""
        ways = [self.holds(f"{criterion.key}/applies", criterion.applies_when, wanted=False)] if criterion.applies_when else []
        if criterion.kind == "same_as":
            ways.append(self.skipped(self.policy.criterion(str(criterion.same_as))))
        if criterion.members:
            ways.append(all_of(self.skipped(member) for member in criterion.members))
        return any_of(ways)

    def holds(self, name: str, condition: Condition, wanted: bool = True) -> Family:
        """Ways in which a condition would be met, or not met."""
        if condition.constant is not None:
            return ALWAYS if condition.constant is wanted else NEVER
        outcome = self.record.conditions[name]
        if outcome != Outcome.UNKNOWN:
            return ALWAYS if (outcome == Outcome.MET) is wanted else NEVER
        subject = self.answers.subject(condition)
        values = self.answers.fitting(condition, wanted) & self._possible(subject)
        return one_of(self.record.speakers.get(name, ()), subject, values) if values else NEVER

    def _still_asked(self, criterion: Criterion) -> Family:
        """A condition for asking that is unknown does not excuse; answered, it must not say that nothing is asked."""
        condition = criterion.applies_when
        if condition is None or condition.constant is not None:
            return ALWAYS if condition is None or condition.constant else NEVER
        outcome = self.record.conditions[f"{criterion.key}/applies"]
        if outcome == Outcome.UNKNOWN:
            return (Term(values={self.answers.subject(condition): self.answers.fitting(condition, True) | {None}}),)
        return ALWAYS if outcome == Outcome.MET else NEVER

    def _met_if_asked(self, criterion: Criterion, early: bool) -> Family:
        if criterion.kind == "same_as":
            return self.met(self.policy.criterion(str(criterion.same_as)), early)
        if criterion.condition:
            return self.holds(criterion.key, criterion.condition)
        members = [*criterion.members, *self._bound(criterion)]
        met = [self._met_as_member(member, early) for member in members]
        if criterion.kind == "any_of":
            return any_of(met)
        fine = [any_of((ways, self.skipped(member))) for ways, member in zip(met, members, strict=True)]
        return any_of(all_of((met[place], *fine[:place], *fine[place + 1 :])) for place in range(len(members)))

    def _met_as_member(self, member: Criterion, early: bool) -> Family:
        """As a group sees it: a paragraph with a time limit is met before it, one whose failure is void always."""
        excused = self._follows(member, "void_none") or (early and self._follows(member, "truncate"))
        if excused and self.record.paragraphs[member.key] <= Outcome.UNKNOWN:
            return self._still_asked(member)
        return self.met(member, early)

    def _bound(self, group: Criterion) -> list[Criterion]:
        """Paragraphs written under another pathway whose time limit reaches this one."""
        inside = {criterion.key for criterion in group.walk()}
        return [
            leaf
            for leaf in self.policy.walk()
            if leaf.key not in inside and any(c.then == "truncate" and group.key in c.binds for c in leaf.if_not_met)
        ]

    def _follows(self, criterion: Criterion, then: str) -> bool:
        """Whether the first consequence whose condition is met, as the record stands, is this one."""
        for number, consequence in enumerate(criterion.if_not_met):
            if consequence.when is None or self._stands(f"{criterion.key}/consequence/{number}", consequence.when):
                return consequence.then == then
        return False

    def _stands(self, name: str, condition: Condition) -> bool:
        return condition.constant if condition.constant is not None else self.record.conditions[name] == Outcome.MET

    def _possible(self, subject: str) -> Values:
        """Values that do not gainsay what the record has decided of the same subject."""
        possible = self.answers.values[subject]
        for name, condition in self.policy.conditions():
            if condition.constant is None and self.answers.subject(condition) == subject:
                outcome = self.record.conditions[name]
                if outcome in (Outcome.MET, Outcome.NOT_MET):
                    possible &= self.answers.fitting(condition, outcome == Outcome.MET)
        return possible or self.answers.values[subject]
