"""What is wrong with a policy itself: gaps, contradictions, and questions that cannot be answered or change nothing.

Found by walking every region that its thresholds make. A defect that a signed reading answers is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from textwrap import fill

from auditor.outcomes import Outcome
from auditor.policy.model import Criterion, Policy, Reading, RuleBook
from auditor.policy.readings import shown
from auditor.workbench.cells import Cell, regions, say_cell, say_value
from auditor.workbench.ways import Question, Way, Ways, agree, shortest

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
WIDTH = 120


@dataclass(frozen=True)
class Defect:
    """One defect: the check that found it, its paragraphs, what is wrong, the smallest example, and the readings that answer it."""

    name: str
    paragraphs: tuple[str, ...]
    says: str
    example: str
    answers: tuple[Reading, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether a reading answers it, and somebody signed every one that does."""
        return bool(self.answers) and all(reading.signed_by for reading in self.answers)


@dataclass(frozen=True)
class Walk:
    """A policy with every region of its numbers."""

    book: RuleBook
    policy: Policy

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Every paragraph by its key."""
        return {criterion.key: criterion for criterion in self.policy.walk()}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The outline in each region, lowest first."""
        return tuple(Question(self.criteria, region) for region in regions(self.policy, self.book))

    @property
    def pathways(self) -> tuple[str, ...]:
        """The pathways, by their keys."""
        return self.policy.roles["pathways"]

    def is_excluded(self, question: Question) -> bool:
        """Whether an exclusion holds by the numbers of the region alone."""
        return any(frozenset() in (question.ways(root.key, MET) or ()) for root in self.policy.experimental)

    def is_open(self, question: Question) -> bool:
        """Whether some pathway can be met in the region."""
        return any(question.ways(key, MET) for key in self.pathways)

    def label(self, fact: str) -> str:
        """A fact in words."""
        return self.book.concepts.facts[fact].label

    def patient(self, cells: Iterable[Cell], way: Way = frozenset()) -> str:
        """The smallest example: a patient of these cells, whose record says these things."""
        numbers = ", ".join(say_value(cell) for cell in cells if self._matters(cell.axis)) or "of any age"
        said = [self._said(fact, word) for fact, word in sorted(way)]
        return f"a patient {numbers}{'; the record ' + ', '.join(said) if said else ''}"

    def _said(self, fact: str, word: str) -> str:
        return f"{'shows' if word == 'present' else 'rules out'} {self.label(fact)}"

    def _matters(self, axis: str) -> bool:
        """Whether a number belongs to the patient, and not to the course."""
        facts = self.book.concepts.facts
        return axis not in facts or facts[axis].kind == "range"

    def readings(self, names: Iterator[str | None]) -> tuple[Reading, ...]:
        """The readings of these names, each once."""
        return tuple(self.policy.readings[name] for name in dict.fromkeys(names) if name)

    def answers(self, key: str, question: Question) -> Iterator[str | None]:
        """The readings that say what follows where paragraphs below ``key`` fail in a region."""
        for criterion in self.criteria[key].walk():
            if criterion.condition and question.ways(criterion.key, MET) == frozenset():
                for consequence in criterion.if_not_met:
                    if consequence.when is None or question.region.holds(consequence.when):
                        yield consequence.reading


def patients_nobody_covers(walk: Walk) -> Iterator[Defect]:
    """Patients whom no pathway can take, and whom no exclusion names."""
    for question, cells in _joined(walk, lambda each: not walk.is_open(each) and not walk.is_excluded(each)):
        says = f"No pathway can be met for a patient {_say(cells)}, and no exclusion names one."
        answers = walk.readings(name for key in walk.pathways for name in walk.answers(key, question))
        yield Defect("patients nobody covers", walk.pathways, says, walk.patient(cells), answers)


def pathways_asked_in_vain(walk: Walk) -> Iterator[Defect]:
    """A pathway that is asked of patients for whom it can never be met, though no exclusion names them."""
    for key in walk.pathways:
        for question, cells in _joined(walk, partial(_in_vain, walk, key)):
            says = f"{key} is asked of a patient {_say(cells)}, for whom it can never be met, and no exclusion names one."
            yield Defect("pathways asked in vain", (key,), says, walk.patient(cells), walk.readings(walk.answers(key, question)))


def _in_vain(walk: Walk, key: str, question: Question) -> bool:
    return question.ways(key, MET) == frozenset() and walk.is_open(question) and not walk.is_excluded(question)


def exclusions_of_whom_a_pathway_takes(walk: Walk) -> Iterator[Defect]:
    """An exclusion that can hold of a patient for whom a pathway is met."""
    for root in walk.policy.experimental:
        for key in walk.pathways:
            both = [(question, way) for question in walk.questions if (way := _both(question, key, root.key)) is not None]
            if both:
                question, way = min(both, key=lambda each: len(each[1]))
                wins = "" if root.overridden_by else f" As written, {root.key} decides."
                says = f"{key} can be met for a patient whom {root.key} excludes.{wins}"
                answers = walk.readings(iter([root.overriding_reading]))
                example = walk.patient(question.region.cells, way)
                yield Defect("exclusions of whom a pathway takes", (key, root.key), says, example, answers)


def _both(question: Question, one: str, other: str) -> Way | None:
    """The fewest answers that make both met."""
    pairs = ((question.ways(key, MET) or frozenset()) for key in (one, other))
    first, second = pairs
    together = [way | more for way in first for more in second if agree(way | more)]
    return shortest(together) if together else None


def paragraphs_never_met(walk: Walk) -> Iterator[Defect]:
    """A paragraph that no record can meet, for no patient of whom it is asked; not those that fail only with one below them."""
    for root in (*walk.policy.criteria, *walk.policy.experimental):
        yield from _never_met(walk, root)


def _never_met(walk: Walk, criterion: Criterion) -> Iterator[Defect]:
    below = [defect for member in criterion.members for defect in _never_met(walk, member)]
    yield from below
    asked = [question for question in walk.questions if question.ways(criterion.key, MET) is not None]
    if asked and not below and not any(question.ways(criterion.key, MET) for question in asked):
        says = f"{criterion.key} can never be met, whatever the record says: {criterion.statement}"
        yield Defect("paragraphs never met", (criterion.key,), says, walk.patient(asked[0].region.cells))


def paragraphs_that_decide_nothing(walk: Walk) -> Iterator[Defect]:
    """A paragraph that could be left out, and no patient's result would change."""
    for root in (*walk.policy.criteria, *walk.policy.experimental):
        whole = [_settled(question, root.key) for question in walk.questions]
        for criterion in root.walk():
            if criterion is not root and criterion.condition and _is_asked(walk, criterion) and not _guards(walk, criterion):
                left_out = (_settled(Question(walk.criteria, each.region, criterion.key), root.key) for each in walk.questions)
                if whole == list(left_out):
                    says = (
                        f"{criterion.key} changes the result of no patient: {criterion.statement} {root.key} comes to the same without it."
                    )
                    yield Defect("paragraphs that decide nothing", (criterion.key,), says, "whatever a record says of it")


def _settled(question: Question, key: str) -> tuple[Ways | None, Ways | None]:
    return question.ways(key, MET), question.ways(key, NOT_MET)


def _guards(walk: Walk, criterion: Criterion) -> bool:
    """Whether it asks again what a group above is asked by: where no record gives the number, this keeps the group open."""
    return any(each.applies_when == criterion.condition for each in walk.criteria.values() if criterion in each.walk())


def _is_asked(walk: Walk, criterion: Criterion) -> bool:
    """Whether the present readings ask it at all: what another reading would ask is not idle."""
    above = [each for each in walk.criteria.values() if criterion in each.walk()]
    return not any(each.applies_when and each.applies_when.constant is False for each in above)


def questions_answered_too_late(walk: Walk) -> Iterator[Defect]:
    """A paragraph about starting therapy that asks what only later records can tell."""
    for root in walk.policy.roles["initiation"]:
        for criterion in walk.criteria[root].walk():
            fact = walk.book.concepts.facts.get(criterion.condition.fact) if criterion.condition else None
            starts = [walk.book.concepts.windows[rule.window].start for rule in fact.evidence] if fact else []
            if fact and starts and all(start is not None and start.factor >= 0 for start in starts):
                says = f"{criterion.key} is asked before therapy may start, and can be known only afterwards: {fact.label}."
                example = "any patient on the day therapy starts"
                answers = walk.readings(each.reading for each in criterion.if_not_met)
                yield Defect("questions answered too late", (criterion.key,), says, example, answers)


def bands_that_decide_nothing(walk: Walk) -> Iterator[Defect]:
    """A band of numbers that a paragraph names and that no outcome depends on."""
    for criterion in walk.policy.leaves():
        fact = walk.book.concepts.facts.get(criterion.condition.fact) if criterion.condition else None
        if fact and fact.band:
            low, high = (walk.policy.readings[name] for name in fact.band)
            says = f"{criterion.key} names a band of {low.value} to {high.value} {high.unit}, and is met or not whatever lies in it."
            example = f"a day on oxygen below {low.value} {low.unit}: outside the band, and {fact.label}"
            yield Defect("bands that decide nothing", (criterion.key,), says, example, (low, high))


Check = Callable[[Walk], Iterator[Defect]]

# Each is named for the defect that it finds.
CHECKS: tuple[Check, ...] = (
    patients_nobody_covers,
    pathways_asked_in_vain,
    exclusions_of_whom_a_pathway_takes,
    paragraphs_never_met,
    paragraphs_that_decide_nothing,
    questions_answered_too_late,
    bands_that_decide_nothing,
)


def find_defects(book: RuleBook, policy: Policy) -> tuple[Defect, ...]:
    """Every defect of one revision, in the order of the checks."""
    walk = Walk(book, policy)
    return tuple(defect for find in CHECKS for defect in find(walk))


def defect_text(defect: Defect) -> str:
    """A defect in a few lines for a terminal: what is wrong, the smallest example, and which reading answers it."""
    told = [f"{defect.name}: {defect.says}", f"For example: {defect.example}."]
    told += [f"Answered by the reading {one.name} ({shown(one.value)}): {one.why} {_signature(one)}" for one in defect.answers]
    if not defect.answers:
        told.append("No reading answers it.")
    return "\n".join(fill(line, WIDTH, initial_indent="" if line is told[0] else "    ", subsequent_indent="    ") for line in told)


def _signature(reading: Reading) -> str:
    return f"Signed by {reading.signed_by}." if reading.signed_by else "Not signed yet."


def _joined(walk: Walk, is_wrong: Callable[[Question], bool]) -> Iterator[tuple[Question, tuple[Cell, ...]]]:
    """The regions where something is wrong, with the cells that matter; those that differ in no such cell are told once."""
    wrong = [question for question in walk.questions if is_wrong(question)]
    cells = {question.region.cells for question in wrong}
    every = [question.region.cells for question in walk.questions]
    told: set[tuple[Cell, ...]] = set()
    for question in wrong:
        mine = question.region.cells
        matter = tuple(cell for place, cell in enumerate(mine) if not _all_wrong(mine, place, every, cells))
        if matter not in told:
            told.add(matter)
            yield question, matter


def _say(cells: tuple[Cell, ...]) -> str:
    return ", ".join(say_cell(cell) for cell in cells) or "of any kind"


def _all_wrong(mine: tuple[Cell, ...], place: int, every: list[tuple[Cell, ...]], wrong: set[tuple[Cell, ...]]) -> bool:
    """Whether it is wrong whatever the number at ``place`` is, the others being as they are."""
    alike = [cells for cells in every if all(cells[i] == mine[i] for i in range(len(mine)) if i != place)]
    return all(cells in wrong for cells in alike)
