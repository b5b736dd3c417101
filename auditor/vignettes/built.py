"""Builds a story from the outline: the fewest answers with which one paragraph alone decides, told of a patient whom the numbers fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from auditor.outcomes import Outcome
from auditor.policy import Condition, Criterion, Policy, RuleBook
from auditor.vignettes.coverage import Step
from auditor.vignettes.files import given, spaced
from auditor.vignettes.shorthand import GIVEN, Facts
from auditor.vignettes.tell import ON_OXYGEN, WRITTEN, Hand
from auditor.workbench.cells import AGE, Cell, Region, regions
from auditor.workbench.ways import NONE, OF_ITSELF, Question, Way, Ways, agree, all_together, by_size

# The patient of a built story: a month after the policy begins, in the morning, two days old and treated for four, where that fits.
AFTER, BEGINS, USUAL, STAY = timedelta(days=31), time(8), 2, 4
# A patient of a year or more is told a month past a birthday, since years have leap days.
YEAR, MONTH = 365, 30
COUNTED = ("exposure_days", "span_days")
# How many smallest sets of answers are tried in one region.
WAYS = 12


@dataclass(frozen=True)
class Builder:
    """Builds stories for one policy."""

    book: RuleBook
    policy: Policy

    def stories(self, step: Step) -> Iterator[Facts]:
        """Stories in which the step's paragraph has its outcome and decides alone, those with fewest answers first."""
        key, outcome, _ = step
        condition = self._criteria[key].condition
        if condition is None or condition.constant is not None or not self.policy.exposure.get("segments"):
            return
        for question, way in self._in_turn(key, outcome):
            facts = self._told(question.region, way)
            if facts is not None:
                yield from self._answered(facts, condition, outcome)

    def _in_turn(self, key: str, outcome: Outcome) -> Iterator[tuple[Question, Way]]:
        """Regions with sets of other answers: each set in the first region that it fits, the smallest first; then in the second."""
        places: dict[Way, list[Question]] = {}
        for question in self._questions:
            for way in self._alone(question, key, outcome):
                places.setdefault(way, []).append(question)
        turns = [(turn, by_size(way), question, way) for way, fits in places.items() for turn, question in enumerate(fits)]
        for _, _, question, way in sorted(turns, key=lambda one: one[:2]):
            yield question, way

    def _answered(self, facts: Facts, condition: Condition, outcome: Outcome) -> Iterator[Facts]:
        """The story with the paragraph's own answer; a number that its region decides is told already."""
        if self._is_number(condition) and outcome is not Outcome.UNKNOWN:
            yield facts
        else:
            yield from self._hand.change(facts, condition, outcome)

    def _alone(self, question: Question, key: str, outcome: Outcome) -> list[Way]:
        """The smallest sets of other answers with which nothing but this paragraph decides what is above it; none where it is not asked."""
        leaf = self._criteria[key]
        if not leaf.condition or not self._has(question.region, leaf.condition, outcome):
            return []
        unsure = self._beside(question.region, leaf.condition) if outcome is Outcome.UNKNOWN else (question,)
        ways = all_together((self._asked(self._criteria[key]), *self._around(unsure, key)))
        return sorted((way for way in ways if self._leaves_room(way, leaf.condition, outcome)), key=by_size)[:WAYS]

    def _around(self, questions: Sequence[Question], key: str) -> Iterator[Ways]:
        """What each group above a paragraph needs of its other members: all met, or none in any region that the patient may be in."""
        if questions[0].ways(key, Outcome.MET) is None:
            yield NONE
            return
        parent = self._parents.get(key)
        if parent is None:
            return
        every = parent.kind == "all_of"
        for member in parent.members:
            for question in questions[: 1 if every else None] if member.key != key else ():
                ways = question.ways(member.key, Outcome.MET if every else Outcome.NOT_MET)
                if ways is not None:
                    yield ways
        yield self._asked(parent)
        yield from self._around(questions, parent.key)

    def _beside(self, region: Region, condition: Condition) -> tuple[Question, ...]:
        """The region, and those that differ from it in the one number of a condition: a patient of whom it is unknown may be in any."""
        axis = region.axes[condition.fact][0] if self._is_number(condition) else None
        rest = {cell for cell in region.cells if cell.axis != axis}
        others = (one for one in self._questions if one.region is not region and rest <= set(one.region.cells))
        return (*(one for one in self._questions if one.region is region), *(others if axis else ()))

    def _asked(self, criterion: Criterion) -> Ways:
        """The answer with which a paragraph is asked at all; numbers are the region's."""
        condition = criterion.applies_when
        if condition is None or condition.constant is not None or self._is_number(condition):
            return OF_ITSELF
        return frozenset({frozenset({(condition.fact, str(condition.value))})})

    def _has(self, region: Region, condition: Condition, outcome: Outcome) -> bool:
        """Whether a paragraph can have the outcome in a region."""
        return outcome is Outcome.UNKNOWN or not self._is_number(condition) or region.holds(condition) is (outcome is Outcome.MET)

    def _leaves_room(self, way: Way, condition: Condition, outcome: Outcome) -> bool:
        """Whether the other answers leave the paragraph's own open, or say the same."""
        if self._is_number(condition) or condition.fact not in {fact for fact, _ in way}:
            return True
        said = {"present": "absent", "absent": "present"}
        word = str(condition.value) if outcome is Outcome.MET else said.get(str(condition.value), "")
        return outcome is not Outcome.UNKNOWN and agree(way | {(condition.fact, word)})

    def _told(self, region: Region, way: Way) -> Facts | None:
        """A patient of these numbers of whom the record gives these answers; None where no words say so."""
        facts: Facts | None = self._patient({cell.axis: _likely(cell) for cell in region.cells})
        for fact, word in sorted(way):
            facts = self._hand.say(facts, fact, word) if facts else None
        return facts

    def _patient(self, numbers: Mapping[str, int]) -> Facts:
        """Someone of that age who is treated for as many days, on oxygen where the policy asks for it each day."""
        start = datetime.combine(self.policy.effective + AFTER, BEGINS)
        treatment = self.policy.exposure["segments"][0]
        days = max([STAY, *(number for fact, number in numbers.items() if self._kinds.get(fact) in COUNTED)])
        end = start + timedelta(days=days - 1, hours=12)
        facts: Facts = {
            "born": (start.date() - timedelta(days=numbers.get(AGE, USUAL))).isoformat(),
            spaced(treatment): {"from": start.strftime(WRITTEN), "to": end.strftime(WRITTEN)},
        }
        facts[GIVEN] = given(facts, [treatment])
        if "daily_oxygen" in self._kinds.values():
            facts["oxygen"] = f"{ON_OXYGEN} from {start:{WRITTEN}} to {end:{WRITTEN}}"
        for fact, kind in self._kinds.items():
            if kind == "range":
                facts = next(self._hand.change(facts, Condition(fact, ">=", numbers[fact]), Outcome.MET), facts)
        return facts

    def _is_number(self, condition: Condition) -> bool:
        return any(condition.fact in question.region.axes for question in self._questions[:1])

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(condition for _, condition in self.policy.conditions() if condition.constant is None)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """The kind of each fact that the outline asks."""
        return {condition.fact: self.book.concepts.facts[condition.fact].kind for condition in self._conditions}

    @cached_property
    def _criteria(self) -> dict[str, Criterion]:
        return {criterion.key: criterion for criterion in self.policy.walk()}

    @cached_property
    def _parents(self) -> dict[str, Criterion]:
        return {member.key: group for group in self._criteria.values() for member in group.members}

    @cached_property
    def _questions(self) -> tuple[Question, ...]:
        return tuple(Question(self._criteria, region) for region in regions(self.policy, self.book))

    @cached_property
    def _hand(self) -> Hand:
        return Hand(self.book, self.policy)


def _likely(cell: Cell) -> int:
    """The number of a cell that a patient is most likely to have."""
    usual = STAY if cell.axis in COUNTED else cell.first or cell.last or 0
    if cell.axis == AGE:
        usual = cell.first + MONTH if cell.first > YEAR else USUAL
    return max(cell.first, usual if cell.last is None else min(usual, cell.last))


def is_asked(policy: Policy, key: str) -> bool:
    """Whether the readings let a paragraph be asked of anybody."""
    above = (group for group in policy.walk() if any(member.key == key for member in group.walk()))
    return all(group.applies_when is None or group.applies_when.constant is not False for group in above)
