"""Tells one thing of a story otherwise, or for the first time, so that a paragraph has the outcome that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditor.outcomes import Outcome
from auditor.policy import Condition, Policy, RuleBook
from auditor.policy.readings import bound_hours, window_hours
from auditor.policy.words import EvidenceRule
from auditor.vignettes.files import spaced
from auditor.vignettes.shorthand import GIVEN, Facts
from auditor.workbench.cells import birthday

WRITTEN = "%Y-%m-%d %H:%M"
# How a story says that oxygen was needed, or was not.
ON_OXYGEN, ROOM_AIR = "daily 0.60", "hourly 0.21 spo2 97"


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
                yield facts | {"oxygen": {Outcome.MET: ON_OXYGEN, Outcome.NOT_MET: ROOM_AIR}.get(wanted, [])}
            case "exposure_days":
                yield from self._lasting(facts, condition, wanted)

    def _stated(self, facts: Facts, condition: Condition, wanted: Outcome) -> Iterator[Facts]:
        """One concept of the fact says so, and the others nothing; where it is to be unknown, none says anything, or two disagree."""
        rules = self._rules(condition.fact)
        silent = dict.fromkeys((spaced(str(rule.concept)) for rule in rules), "not stated")
        if wanted is Outcome.UNKNOWN:
            yield facts | {"chart": facts.get("chart", {}) | silent, "diagnoses": [], "procedures": {}}
            yield facts | {"chart": facts.get("chart", {}) | silent}
            yield from self._disputed(facts, rules)
            return
        present = (condition.value == "present") == (wanted is Outcome.MET)
        for rule in rules:
            for status in (rule.present_when if present else rule.absent_when)[:1]:
                said = f"{spaced(status)} {self._moment(facts, rule, present=present)}"
                yield facts | {"chart": facts.get("chart", {}) | silent | {spaced(str(rule.concept)): said}}

    def _disputed(self, facts: Facts, rules: Iterable[EvidenceRule]) -> Iterator[Facts]:
        """A concept that decides the fact is stated both ways."""
        for rule in rules:
            if rule.strength == "decides" and rule.present_when and rule.absent_when:
                both = [
                    f"{spaced(said[0])} {self._moment(facts, rule, present=present)}"
                    for said, present in ((rule.present_when, True), (rule.absent_when, False))
                ]
                yield facts | {"chart": facts.get("chart", {}) | {spaced(str(rule.concept)): both}}

    def say(self, facts: Facts, fact: str, word: str) -> Facts | None:
        """The story with a fact told beside all that it tells already; None where no words say so, or it says the opposite."""
        if self.book.concepts.facts[fact].kind == "daily_oxygen":
            return facts | {"oxygen": ON_OXYGEN if word == "present" else ROOM_AIR}
        chart = facts.get("chart", {})
        for rule in self._rules(fact):
            concept, statuses = spaced(str(rule.concept)), tuple(map(spaced, rule.present_when if word == "present" else rule.absent_when))
            if rule.strength == "decides" and concept not in chart and statuses:
                said = f"{statuses[0]} {self._moment(facts, rule, present=word == 'present')}"
                return facts | {"chart": chart | {concept: said}}
            if rule.strength == "decides" and str(chart.get(concept, "")).startswith(statuses):
                return facts
        return None

    def _rules(self, fact: str) -> list[EvidenceRule]:
        """What a person can state to show a fact, or rule it out."""
        return [rule for rule in self.book.concepts.facts[fact].evidence if rule.kind == "concept" and rule.concept]

    def _moment(self, facts: Facts, rule: EvidenceRule, *, present: bool) -> str:
        """An hour at which a rule lets a statement count."""
        first, last = window_hours(self.book.concepts.windows[rule.window], self.policy.readings)
        earliest = None if present else bound_hours(rule.absent_from, self.policy.readings)
        hours = earliest if earliest is not None else -1 if first is None or first < 0 else 1
        return (started(facts) + timedelta(hours=hours if last is None or hours <= last else last)).strftime(WRITTEN)

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
        """The last day within the limit, or one more; where it is to be unknown, nobody says when it ended, at first or again."""
        days = int(float(str(condition.value))) - (wanted is not Outcome.NOT_MET)
        end = started(facts).date() + timedelta(days=days)
        for name in self.policy.exposure.get("segments", ()):
            part = facts.get(spaced(name))
            if isinstance(part, dict) and wanted is Outcome.UNKNOWN:
                yield facts | {spaced(name): {key: value for key, value in part.items() if key != "to"}}
                yield from self._again(facts, spaced(name), part)
            elif isinstance(part, dict):
                yield facts | {spaced(name): part | {"to": f"{end.isoformat()} 20:00"}}

    def _again(self, facts: Facts, name: str, part: Facts) -> Iterator[Facts]:
        """Treatment that goes on the next day, nobody says for how long; with oxygen as long as it is known of."""
        if "to" in part:
            on = date.fromisoformat(part["to"][:10]) + timedelta(days=1)
            oxygen = {"oxygen": f"{ON_OXYGEN} from {part['from'][:10]} to {on}"} if "oxygen" in facts else {}
            yield facts | oxygen | {name: [part, {"from": f"{on} 08:00"}]}


def started(facts: Facts) -> datetime:
    """When the treatment of a story began; noon where only its day is told."""
    text = str(facts[GIVEN][0]["from"])
    return datetime.fromisoformat(text if len(text) > len("2024-06-02") else f"{text} 12:00")
