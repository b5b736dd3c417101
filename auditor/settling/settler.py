"""What one undecided episode waits for, and the documents that would settle it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from auditor.outcomes import Outcome
from auditor.policy import Condition, Criterion, Policy
from auditor.policy.words import Concepts, Fact
from auditor.settling.answers import AGES, Answers, read_answers
from auditor.settling.outline import Question, Record
from auditor.settling.smallest import Choice, Documents, choose, smallest_sets
from auditor.settling.terms import ALWAYS, NEVER, Family, all_of, any_of, one_of

Outcomes = tuple[int, ...]
# The kind of a fact that counts the days of a course.
DAYS = "exposure_days"
# By what a condition asks of a statement, the outcome that says that it is absent.
ABSENT_WHERE = {"present": Outcome.NOT_MET, "absent": Outcome.MET}


@dataclass(frozen=True)
class Standing:
    """All that decides which documents would settle an episode: episodes of one standing are settled alike.

    ``conditions`` and ``open`` (no record conflicts on it) follow ``Settler.names``; ``late`` and ``early`` are the outcomes of
    the outline's paragraphs, without and with time limits counted as met. ``about`` are the pathways that the record is about.
    """

    conditions: Outcomes
    open: tuple[bool, ...]
    late: Outcomes
    early: Outcomes
    about: frozenset[str]
    needs: Needs
    birth_known: bool
    start_known: bool


@dataclass(frozen=True)
class Needs:
    """What an episode waits for beside its paragraphs.

    ``shown`` is false where nothing shows iNO; ``doubt`` says that it is held for who the patient is, or how old, so that no document
    counts; ``gas`` and ``oxygen``, that days on iNO, or the need of oxygen on them, are not documented; ``start``, that a day waits for
    early initiation.
    """

    shown: bool = True
    doubt: bool = False
    gas: bool = False
    oxygen: bool = False
    start: bool = False


@dataclass(frozen=True)
class Settled:
    """The documents asked for, and by document the open paragraphs that it could answer, in outline order."""

    choice: Choice
    paragraphs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Settler:
    """Finds the documents that settle an episode under one revision of a policy."""

    policy: Policy
    concepts: Concepts

    def settle(self, standing: Standing) -> Settled:
        """The set to ask for; no document where none can settle it."""
        sets = self.sets(standing)
        paragraphs = self._paragraphs(standing)
        return Settled(choose(sets, self.order, paragraphs), paragraphs)

    def sets(self, standing: Standing) -> frozenset[Documents]:
        """Every smallest set."""
        if not standing.needs.shown:
            return smallest_sets(one_of(self._gas))
        return smallest_sets(NEVER if standing.needs.doubt else self._ways(standing))

    def _ways(self, standing: Standing) -> Family:
        """Ways in which nothing of the episode would wait for records any longer."""
        question = Question(self.policy, self._answers, self._record(standing))
        late = question.record.paragraphs
        ends = [question.met(self._initiation) if late[self._initiation.key] == Outcome.UNKNOWN else ALWAYS]
        ends += [question.met(self._initiation, early=True)] if standing.needs.start else []
        ends += [one_of(self._gas)] if standing.needs.gas else []
        ends += [one_of(self._oxygen)] if standing.needs.oxygen else []
        ends += [self._either_way(question, limit) for limit in self._duration if late[limit.key] == Outcome.UNKNOWN]
        return all_of(ends)

    def _either_way(self, question: Question, limit: Criterion) -> Family:
        """The length of the course decided, whichever way: past the limit it goes to people."""
        condition = limit.condition
        return any_of(question.holds(limit.key, condition, wanted) for wanted in (True, False)) if condition else NEVER

    def _record(self, standing: Standing) -> Record:
        closed = frozenset(self.policy.roles["pathways"]) - self._asked_for(standing)
        conditions = {name: Outcome(value) for name, value in zip(self.names, standing.conditions, strict=True)}
        missing = self._missing(conditions)
        speakers = {
            name: self._speakers(condition, standing, missing) if is_open and conditions[name] == Outcome.UNKNOWN else ()
            for (name, condition), is_open in zip(self._conditions.items(), standing.open, strict=True)
        }
        return Record(conditions, self._outcomes(standing.late), speakers, closed)

    def _asked_for(self, standing: Standing) -> frozenset[str]:
        """Open pathways that the record is about; every open one where it is about none of them."""
        late, early = self._outcomes(standing.late), self._outcomes(standing.early)
        is_open = frozenset(key for key in self.policy.roles["pathways"] if Outcome.UNKNOWN in (late[key], early[key]))
        return is_open & standing.about or is_open

    def _missing(self, conditions: Mapping[str, Outcome]) -> frozenset[str]:
        """Documents that the record shows not to exist: of something that is documented as absent."""
        decided = ((condition, conditions[name]) for name, condition in self._conditions.items())
        absent = (condition.fact for condition, outcome in decided if outcome == ABSENT_WHERE.get(str(condition.value)))
        return frozenset(document for fact in absent for document in self.concepts.facts[fact].without)

    def _speakers(self, condition: Condition, standing: Standing, missing: frozenset[str]) -> tuple[str, ...]:
        """Documents of a fact that may exist. Of an age, those that tell of days on iNO speak of its start, the others of the birth."""
        fact = self.concepts.facts[condition.fact]
        if fact.kind not in AGES:
            return tuple(document for document in fact.documents if document not in missing)
        mute = {True: standing.start_known, False: standing.birth_known}
        return tuple(document for document in fact.documents if not mute[document in self._gas])

    def _paragraphs(self, standing: Standing) -> dict[str, tuple[str, ...]]:
        places = {criterion.key: place for place, criterion in enumerate(self.policy.walk())}
        found: dict[str, set[str]] = {}
        for key, documents in self._open_paragraphs(standing):
            for document in documents:
                found.setdefault(document, set()).add(key)
        return {document: tuple(sorted(keys, key=places.__getitem__)) for document, keys in found.items()}

    def _open_paragraphs(self, standing: Standing) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Open paragraphs that could help, each with documents that could answer it."""
        if standing.needs.doubt or not standing.needs.shown:
            return
        record = self._record(standing)
        for outcomes in (record.paragraphs, *([self._outcomes(standing.early)] if standing.needs.start else [])):
            for criterion in _unsettled(self._initiation, outcomes, record.closed):
                for name, _ in criterion.conditions():
                    yield criterion.key, record.speakers.get(name, ()) if "/consequence/" not in name else ()
        for limit in self._duration:
            yield limit.key, (*record.speakers.get(limit.key, ()), *(self._gas if standing.needs.gas else ()))
        for leaf in self._daily if standing.needs.oxygen else ():
            yield leaf.key, self._oxygen

    def _outcomes(self, values: Outcomes) -> dict[str, Outcome]:
        return {criterion.key: Outcome(value) for criterion, value in zip(self.policy.walk(), values, strict=True)}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The conditions that records answer, by the names of their leaves."""
        return tuple(self._conditions)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every document, in the order in which the facts first name it."""
        return tuple(dict.fromkeys(document for fact in self.concepts.facts.values() for document in fact.documents))

    @cached_property
    def _conditions(self) -> dict[str, Condition]:
        return {name: condition for name, condition in sorted(self.policy.conditions()) if condition.constant is None}

    @cached_property
    def _answers(self) -> Answers:
        return read_answers(self.policy, self.concepts)

    @cached_property
    def _initiation(self) -> Criterion:
        return self.policy.criterion(self.policy.roles["initiation"][0])

    @cached_property
    def _duration(self) -> tuple[Criterion, ...]:
        """The paragraph that limits the days; none where the guideline sets no limit."""
        limit = self.policy.playing("duration")
        return (limit,) if limit else ()

    @cached_property
    def _daily(self) -> tuple[Criterion, ...]:
        return tuple(leaf for leaf in self.policy.leaves() if leaf.kind == "each_day")

    @cached_property
    def _gas(self) -> tuple[str, ...]:
        """Documents that tell the days of a course."""
        if self._duration:
            return self._documents(self._duration[0])
        return tuple(document for fact in self.concepts.facts.values() if fact.kind == DAYS for document in fact.documents)

    @cached_property
    def _oxygen(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(document for leaf in self._daily for document in self._documents(leaf)))

    def _documents(self, leaf: Criterion) -> tuple[str, ...]:
        fact: Fact | None = self.concepts.facts.get(leaf.condition.fact) if leaf.condition else None
        return fact.documents if fact else ()


def _unsettled(criterion: Criterion, outcomes: Mapping[str, Outcome], closed: frozenset[str]) -> Iterator[Criterion]:
    """The criterion and those below it that are unknown, as long as what is above them is unknown too."""
    if outcomes[criterion.key] == Outcome.UNKNOWN and criterion.key not in closed:
        yield criterion
        for member in criterion.members:
            yield from _unsettled(member, outcomes, closed)
