"""Writes the vignettes that are missing, for a person to confirm: stories that hold changed in one thing, or built from the outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

import yaml

from auditor.outcomes import DETERMINATIONS, OUTCOMES, Determination
from auditor.policy import Policy, RuleBook
from auditor.settings import Settings
from auditor.vignettes.built import Builder, is_asked
from auditor.vignettes.comparison import courses_of
from auditor.vignettes.coverage import OTHERS, Leaves, Outline, Proof, Step, leaves_of, proves
from auditor.vignettes.files import Readings, Vignette, given
from auditor.vignettes.run import Answer, load_asked, run_vignettes
from auditor.vignettes.shorthand import GIVEN
from auditor.vignettes.tell import Hand
from auditor.workbench.sensitivity import other_values, readings_to_try

# How many stories are tried for one thing that is missing: changed ones, and built ones.
CHANGED, BUILT = 4, 12
# They are tried in batches, so many of each at a time: most are found in the first, and an audit costs seconds.
BATCHES = (1, 3, CHANGED + BUILT)
HEAD = (
    "# Written by `auditor policy test --suggest`. Read each story; where its answer is what the guideline says, take `unconfirmed` out.\n"
)
LEFT_OUT = (
    GIVEN,
    "case",
    "scenario",
    "why",
    "reading",
    "expect by reading",
    "expect",
    "readings",
    "days later",
    "unconfirmed",
    "start from",
)


@dataclass(frozen=True)
class Suggestion:
    """One story for a step that no vignette proves, and all the missing steps that it would prove."""

    step: Step
    vignette: Vignette
    proves: frozenset[Step] = frozenset()


def suggest(book: RuleBook, proofs: Iterable[Proof], answers: Sequence[Answer], settings: Settings) -> tuple[Suggestion, ...]:
    """Stories for the steps that no vignette proves: ones that hold, changed in one thing; where that shows nothing, built ones."""
    outline = Outline(book.policies[-1])
    missing = missing_steps(proofs, answers, outline)
    changed, built = Changer(book, outline, answers), BuiltStories(book, settings)
    queues = {step: chain(islice(changed.stories(step), CHANGED), islice(built.stories(step), BUILT)) for step in missing}
    kept: list[Suggestion] = []
    open_ = set(missing)
    for most in BATCHES:
        tried = [one for step in missing if step in open_ for one in islice(queues[step], most)]
        found = run_vignettes([one.vignette for one in tried], settings)
        for one, told in zip(tried, found, strict=True):
            shown = proves(replace(told, differs=()), outline) & open_ if len(courses_of(one.vignette, told.frames)) == 1 else frozenset()
            if one.step in shown:
                kept.append(Suggestion(one.step, expecting(one, told), shown))
                open_ -= shown
    return tuple(sorted(kept, key=lambda one: missing.index(one.step)))


def missing_steps(proofs: Iterable[Proof], answers: Iterable[Answer], outline: Outline) -> list[Step]:
    """Each paragraph with an outcome that no vignette proves, and the other outcome that should change the result."""
    proved = set().union(*(proves(answer, outline) for answer in answers))
    wanted = [(proof.key, outcome, other) for proof in proofs for outcome in proof.missing for other in OTHERS[outcome]]
    return [step for step in wanted if step not in proved]


@dataclass(frozen=True)
class Changer:
    """Changes stories that hold, in one thing each."""

    book: RuleBook
    outline: Outline
    answers: Sequence[Answer]

    def stories(self, step: Step) -> Iterator[Suggestion]:
        """Stories in which the paragraph would decide if it had the outcome wanted, told so that it has; the shortest first."""
        key, outcome, _ = step
        hand, condition = Hand(self.book, self.outline.policy), self.outline.criteria[key].condition
        bases = (one for one, leaves in self._plain if key in leaves and self.outline.decides(leaves, step))
        changed = (replace(base, facts=facts) for base in bases if condition for facts in hand.change(base.facts, condition, outcome))
        for number, story in enumerate(changed):
            yield Suggestion(step, retold(story, step, self.outline.policy, f"changed.{number}"))

    @cached_property
    def _plain(self) -> list[tuple[Vignette, Leaves]]:
        """The stories of one course that hold, each with what its paragraphs come to."""
        found = [(one.vignette, _leaves(one, self.outline)) for one in self.answers if one.holds]
        return sorted((one for one in found if one[1]), key=lambda one: len(one[0].facts.get("chart", {})))


@dataclass(frozen=True)
class BuiltStories:
    """Stories told from nothing but the outline. What the policy's readings do not ask is told under a reading that does."""

    book: RuleBook
    settings: Settings

    def stories(self, step: Step) -> Iterator[Suggestion]:
        """Stories in which the paragraph decides, by the first set of readings that asks it."""
        builders = self._builders if is_asked(self.book.policies[-1], step[0]) else self._others
        asking = ((readings, builder) for readings, builder in builders if is_asked(builder.policy, step[0]))
        for readings, builder in islice(asking, 1):
            for number, facts in enumerate(builder.stories(step)):
                yield Suggestion(step, retold(Vignette("built", facts, readings, {}), step, builder.policy, f"built.{number}"))

    @cached_property
    def _builders(self) -> list[tuple[Readings, Builder]]:
        return [((), Builder(self.book, self.book.policies[-1]))]

    @cached_property
    def _others(self) -> list[tuple[Readings, Builder]]:
        """A builder for each other value of each reading."""
        asked: list[Readings] = [((one.name, value),) for one in readings_to_try(self.book, "all") for value in other_values(one)]
        books = load_asked(self.settings, asked)
        return [(readings, Builder(book, book.policies[-1])) for readings, book in zip(asked, books, strict=True)]


def _leaves(answer: Answer, outline: Outline) -> Leaves:
    """The paragraphs of a story with one course; nothing of any other."""
    courses = courses_of(answer.vignette, answer.frames)
    plain = len(courses) == 1 and len(answer.vignette.facts[GIVEN]) == 1 and "days later" not in answer.vignette.facts
    return leaves_of(courses[0].rows("criteria"), outline) if plain else {}


def retold(story: Vignette, step: Step, policy: Policy, mark: str) -> Vignette:
    """The changed story under a name and title of its own; what it expects is what the step needs."""
    key, outcome, other = step
    facts = {word: said for word, said in story.facts.items() if word != "unconfirmed"}
    asks = policy.criterion(key).statement.rstrip(".")
    title = f"{asks} – {OUTCOMES[outcome].word} ({key}; {OUTCOMES[other].word} would change the result)"
    name = f"suggested.{key}.{int(outcome)}{int(other)}.{mark}"
    courses = given(facts, [part["concept"] for part in facts[GIVEN]])
    return replace(story, name=name, facts={**facts, "case": title, GIVEN: courses}, expect={"determination": ""})


def expecting(one: Suggestion, told: Answer) -> Vignette:
    """The story with the answer that the audit gave."""
    [course] = courses_of(one.vignette, told.frames)
    key, outcome, _ = one.step
    word = DETERMINATIONS[Determination(course.episode["determination"])].word
    return replace(one.vignette, expect={"determination": word, "criteria": {key: OUTCOMES[outcome].word}})


def suggested_text(suggestions: Iterable[Suggestion]) -> str:
    """The stories as a file of vignettes, each marked as unconfirmed."""
    return HEAD + "---\n".join(_written(one.vignette) for one in suggestions)


def _written(vignette: Vignette) -> str:
    facts = {key: value for key, value in vignette.facts.items() if key not in LEFT_OUT and value not in ([], {})}
    readings = {"readings": {name: _plain(value) for name, value in vignette.readings}} if vignette.readings else {}
    story = _as_plain({"case": vignette.title, "unconfirmed": "true", **readings, **facts, "expect": vignette.expect})
    story |= {"chart": _Lines(story["chart"])} if story.get("chart") else {}
    return yaml.dump(story, Dumper=_Plainly, sort_keys=False, allow_unicode=True, width=140, default_flow_style=None)


class _Plainly(yaml.SafeDumper):
    """Text as a person would write it: no anchors, no quotes round days and numbers, a line for each thing that a chart says."""

    def ignore_aliases(self, data: Any) -> bool:
        """Written out each time."""
        return True


class _Lines(dict[str, Any]):
    """A mapping that is written a line each."""


_Plainly.yaml_implicit_resolvers = {}
_Plainly.add_representer(_Lines, lambda dumper, said: dumper.represent_mapping("tag:yaml.org,2002:map", said, flow_style=False))


def _plain(value: Any) -> Any:
    """The value of a reading as a vignette has it: text, or a list of texts."""
    return [str(one) for one in value] if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)


def _as_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_plain(one) for key, one in value.items() if one != "not stated"}
    return [_as_plain(one) for one in value] if isinstance(value, list) else value
