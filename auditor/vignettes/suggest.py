"""Writes the vignettes that are missing: stories that hold, changed in one thing, asked of the real audit, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import yaml

from auditor.outcomes import DETERMINATIONS, OUTCOMES, Determination, Outcome
from auditor.policy import Condition, Policy, RuleBook
from auditor.policy.readings import window_hours
from auditor.settings import Settings
from auditor.vignettes.comparison import courses_of
from auditor.vignettes.coverage import OTHERS, Outline, Proof, Step, leaves_of, proves
from auditor.vignettes.files import Vignette, given, spaced
from auditor.vignettes.run import Answer, run_vignettes
from auditor.vignettes.shorthand import GIVEN, Facts
from auditor.workbench.cells import birthday

# How many stories are tried for one thing that is missing.
TRIES = 4
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
    """One story for one step that no vignette proves."""

    step: Step
    vignette: Vignette


@dataclass(frozen=True)
class Hand:
    """Changes one thing of a story, so that a paragraph would have another outcome. ``policy`` asks it, in the words of ``book``."""

    book: RuleBook
    policy: Policy

    def change(self, facts: Facts, condition: Condition, wanted: Outcome) -> Iterator[Facts]:
        """The story with the fact of a condition told so that it is met, not met, or unknown; none where nothing would do that."""
        match self.book.concepts.facts[condition.fact].kind:
            case "statement":
                yield from self._stated(facts, condition, wanted)
            case "range":
                yield from self._measured(facts, condition, wanted)
            case "age_days" | "age_years" as kind:
                yield from self._born(facts, condition, wanted, kind == "age_years")
            case "daily_oxygen":
                yield facts | {"oxygen": {Outcome.MET: "daily 0.60", Outcome.NOT_MET: "hourly 0.21 spo2 97"}.get(wanted, [])}
            case "exposure_days":
                yield from self._lasting(facts, condition, wanted)

    def _stated(self, facts: Facts, condition: Condition, wanted: Outcome) -> Iterator[Facts]:
        """One concept of the fact says so, and the others nothing; where it is to be unknown, none says anything, nor do codes."""
        rules = [rule for rule in self.book.concepts.facts[condition.fact].evidence if rule.kind == "concept" and rule.concept]
        silent = dict.fromkeys((spaced(str(rule.concept)) for rule in rules), "not stated")
        if wanted is Outcome.UNKNOWN:
            yield facts | {"chart": facts.get("chart", {}) | silent, "diagnoses": [], "procedures": {}}
            yield facts | {"chart": facts.get("chart", {}) | silent}
            return
        present = (condition.value == "present") == (wanted is Outcome.MET)
        for rule in rules:
            for status in (rule.present_when if present else rule.absent_when)[:1]:
                said = f"{spaced(status)} {self._moment(facts, rule.window)}"
                yield facts | {"chart": facts.get("chart", {}) | silent | {spaced(str(rule.concept)): said}}

    def _moment(self, facts: Facts, window: str) -> str:
        """An hour within a window around the start of treatment."""
        first, last = window_hours(self.book.concepts.windows[window], self.policy.readings)
        hours = -1 if first is None or first < 0 else 1
        return (started(facts) + timedelta(hours=hours if last is None or hours <= last else last)).strftime("%Y-%m-%d %H:%M")

    def _measured(self, facts: Facts, condition: Condition, wanted: Outcome) -> Iterator[Facts]:
        limit = int(float(str(condition.value)))
        for rule in self.book.concepts.facts[condition.fact].evidence:
            if rule.kind == "concept" and rule.concept:
                born = str(facts.get("born", ""))[:10]
                for value in (limit, limit - 1):
                    said = "not stated" if wanted is Outcome.UNKNOWN else f"{value} days at {born}"
                    yield facts | {"chart": facts.get("chart", {}) | {spaced(rule.concept): said}}

    def _born(self, facts: Facts, condition: Condition, wanted: Outcome, in_years: bool) -> Iterator[Facts]:
        limit = int(float(str(condition.value)))
        days = birthday(limit) if in_years else limit
        day = started(facts).date()
        if wanted is Outcome.UNKNOWN:
            yield facts | {"born": (day - timedelta(days=days)).strftime("%Y-%m")}
            return
        for age in (days, days - 1):
            yield facts | {"born": (day - timedelta(days=age)).isoformat()}

    def _lasting(self, facts: Facts, condition: Condition, wanted: Outcome) -> Iterator[Facts]:
        limit = int(float(str(condition.value)))
        end: date = (started(facts) + timedelta(days=limit if wanted is Outcome.NOT_MET else limit - 1)).date()
        for name in self.policy.exposure.get("segments", ()):
            if isinstance(part := facts.get(spaced(name)), dict):
                stay = {key: value for key, value in part.items() if key != "to"}
                yield facts | {spaced(name): stay if wanted is Outcome.UNKNOWN else stay | {"to": f"{end.isoformat()} 20:00"}}


def started(facts: Facts) -> datetime:
    """When the treatment of a story began; noon where only its day is told."""
    text = str(facts[GIVEN][0]["from"])
    return datetime.fromisoformat(text if len(text) > len("2024-06-02") else f"{text} 12:00")


def suggest(book: RuleBook, proofs: Iterable[Proof], answers: Sequence[Answer], settings: Settings) -> tuple[Suggestion, ...]:
    """A story for each step that no vignette proves, as far as one thing changed in a story that holds can show it."""
    outline = Outline(book.policies[-1])
    tried = list(candidates(book, missing_steps(proofs, answers, outline), answers))
    found = run_vignettes([one.vignette for one in tried], settings) if tried else ()
    kept: dict[Step, Suggestion] = {}
    for one, told in zip(tried, found, strict=True):
        as_told = replace(told, differs=())
        if one.step not in kept and len(courses_of(one.vignette, told.frames)) == 1 and one.step in proves(as_told, outline):
            kept[one.step] = Suggestion(one.step, expecting(one, told))
    return tuple(kept.values())


def missing_steps(proofs: Iterable[Proof], answers: Iterable[Answer], outline: Outline) -> list[Step]:
    """Each paragraph with an outcome that no vignette proves, and the other outcome that should change the result."""
    proved = set().union(*(proves(answer, outline) for answer in answers))
    wanted = [(proof.key, outcome, other) for proof in proofs for outcome in proof.missing for other in OTHERS[outcome]]
    return [step for step in wanted if step not in proved]


def candidates(book: RuleBook, steps: Iterable[Step], answers: Sequence[Answer]) -> Iterator[Suggestion]:
    """Stories that may prove a step: those in which the paragraph would decide if it had the outcome wanted, told so that it has."""
    policy = book.policies[-1]
    outline, hand = Outline(policy), Hand(book, policy)
    stories = [(answer.vignette, leaves) for answer in answers if answer.holds and (leaves := _leaves(answer, outline))]
    for step in steps:
        key, outcome, _ = step
        condition = outline.criteria[key].condition
        bases = (one for one, leaves in stories if key in leaves and outline.decides(leaves, step))
        changed = (replace(base, facts=facts) for base in bases if condition for facts in hand.change(base.facts, condition, outcome))
        for number, story in zip(range(TRIES), changed, strict=False):
            yield Suggestion(step, _retold(story, step, number))


def _leaves(answer: Answer, outline: Outline) -> Mapping[str, Outcome]:
    """The paragraphs of a story with one course; nothing of any other."""
    courses = courses_of(answer.vignette, answer.frames)
    plain = len(courses) == 1 and len(answer.vignette.facts[GIVEN]) == 1 and "days later" not in answer.vignette.facts
    return leaves_of(courses[0].rows("criteria"), outline) if plain else {}


def _retold(story: Vignette, step: Step, number: int) -> Vignette:
    """The changed story under a name of its own; what it expects is what the step needs."""
    key, outcome, other = step
    title = f"{key} {OUTCOMES[outcome].word}, where {OUTCOMES[other].word} would change the result"
    name = f"suggested.{key}.{int(outcome)}{int(other)}.{number}"
    courses = given(story.facts, [part["concept"] for part in story.facts[GIVEN]])
    return replace(story, name=name, facts={**story.facts, "case": title, GIVEN: courses}, expect={"determination": ""})


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
    story = {"case": vignette.title, "unconfirmed": "true", **readings, **facts, "expect": vignette.expect}
    return yaml.dump(_as_plain(story), Dumper=_Plainly, sort_keys=False, allow_unicode=True, width=140, default_flow_style=None)


class _Plainly(yaml.SafeDumper):
    """Text as a person would write it: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Written out each time."""
        return True


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _as_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_plain(one) for key, one in value.items() if one != "not stated"}
    return [_as_plain(one) for one in value] if isinstance(value, list) else value
