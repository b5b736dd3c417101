"""One extract judged under many sets of rules: what a set of rules does not reach is not worked out again, and nothing is published."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from auditor.collect import collect
from auditor.engine import read_sql
from auditor.numbering import as_frames
from auditor.pipeline import CODING, FINDINGS, JUDGING, STAGES, Begun, find_scope, identify, prepare, run_stage, set_variables
from auditor.policy import Policy, RuleBook, install_again, rule_rows
from auditor.result_columns import ResultTable
from auditor.results import EPISODES

Frames = Mapping[str, pd.DataFrame]
# Hears the place of a book among those tried (None for the rules as they are), and what it came to for the courses of one revision.
Look = Callable[[int | None, Frames], None]

SCOPE = "scope"
ORDER = (SCOPE, *STAGES)
JUDGED = tuple(stage for stage in STAGES if stage != FINDINGS)
# Stages of several files of questions.
FILES = {
    SCOPE: ("macros", "scope", "identities"),
    CODING: ("coding_days", "ventilator_days", "findings_vasoreactivity", "findings_coding", "findings_services", "coding_hits"),
}
# The last stage whose work coding edits look at.
BEFORE_CODING = "routing"
# Of the rules of evidence, scope asks only which concepts they speak of.
EVIDENCE, CONCEPTS = "evidence_rules", "concepts of evidence_rules"
# What of the policy itself judging asks.
PARTS = {f"policy.{part}": part for part in ("criteria", "experimental", "roles")}
COMMENT, WORD = re.compile(r"--[^\n]*"), re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Trial:
    """One book among those tried: its place, its revision, all its rules by name, the first stage that they reach, and whether edits do.

    ``first`` is the earliest stage whose words name a rule that differs, and None where no stage could tell it from the rules as they are.
    """

    place: int
    book: RuleBook
    policy: Policy
    rules: Mapping[str, object]
    first: str | None
    recodes: bool

    def runs(self, stage: str, wanted: tuple[str, ...]) -> bool:
        """Whether a stage may come to something else than under the rules as they are; findings are gathered beside the edits."""
        if FINDINGS in wanted and stage in (CODING, FINDINGS):
            return True
        return self.recodes if stage == CODING else ORDER.index(stage) >= self.reach

    @property
    def reach(self) -> int:
        """The place of its first stage in ``ORDER``; past the end where it has none."""
        return len(ORDER) if self.first is None else ORDER.index(self.first)


def try_books(begun: Begun, books: Sequence[RuleBook], look: Look, tables: Sequence[ResultTable] = (EPISODES,)) -> None:
    """Judges the extract under its own rules, then under each of ``books``, which have the same revisions.

    What reaches least far back is tried first, so that what a trial needs from before its first stage is still as the rules
    themselves left it. Findings are looked for only where ``tables`` ask them.
    """
    wanted = STAGES if FINDINGS in {table.name for table in tables} else JUDGED
    for number, policy in enumerate(begun.book.policies):
        if number:
            scope_again(begun)
        prepare(begun.connection, begun.book, policy)
        for stage in wanted:
            run_stage(begun.connection, begun.book, policy, stage)
        found = as_frames(collect(begun.connection, begun.book, policy, tables))
        look(None, found)
        standing: Mapping[str, object] = rules_of(begun.book, policy)
        for trial in plan_trials(begun.book, number, books):
            if trial.first is None and FINDINGS not in wanted:
                look(trial.place, found)
                continue
            begun.say(f"trying rules {trial.place + 1} of {len(books)}")
            run_trial(begun, trial, standing, wanted)
            look(trial.place, as_frames(collect(begun.connection, trial.book, trial.policy, tables)))
            standing = trial.rules


def plan_trials(book: RuleBook, number: int, books: Sequence[RuleBook]) -> list[Trial]:
    """The trials of one revision, those that reach least far back first."""
    own = rules_of(book, book.policies[number])
    trials = [_plan(place, other, other.policies[number], own) for place, other in enumerate(books)]
    return sorted(trials, key=lambda trial: (-trial.reach, trial.recodes, trial.place))


def _plan(place: int, book: RuleBook, policy: Policy, own: Mapping[str, object]) -> Trial:
    rules = rules_of(book, policy)
    differing = {name for name in rules.keys() | own.keys() if rules.get(name) != own.get(name)}
    first = next((stage for stage in ORDER if differing & words_of(stage)), None)
    early = first is not None and ORDER.index(first) <= ORDER.index(BEFORE_CODING)
    return Trial(place, book, policy, rules, first, early or bool(differing & words_of(CODING)))


def run_trial(begun: Begun, trial: Trial, standing: Mapping[str, object], wanted: tuple[str, ...]) -> None:
    """Those of the stages wanted that it reaches; ``standing`` are the rules that the database holds."""
    if trial.first == SCOPE:
        scope_again(begun.under(trial.book))
        prepare(begun.connection, trial.book, trial.policy)
    else:
        rows = rule_rows(trial.book, trial.policy)
        install_again(begun.connection, {name: rows[name] for name in rows if trial.rules[name] != standing[name]})
        set_variables(begun.connection, trial.book, trial.policy)
    for stage in wanted:
        if trial.runs(stage, wanted):
            run_stage(begun.connection, trial.book, trial.policy, stage)


def scope_again(begun: Begun) -> None:
    """The rows in scope under the rules in hand. Releases stand as they were brought."""
    find_scope(begun)
    identify(begun)


def rules_of(book: RuleBook, policy: Policy) -> dict[str, object]:
    """Every rule that a stage can read, by the name it reads it under: a table, a reading, a part of the policy."""
    tables: dict[str, Any] = {name: tuple(rows) for name, rows in rule_rows(book, policy).items()}
    return {
        **tables,
        CONCEPTS: frozenset(concept for _, _, _, concept, *_ in tables[EVIDENCE]),
        **{name: reading.value for name, reading in policy.readings.items()},
        **{name: getattr(policy, part) for name, part in PARTS.items()},
    }


@cache
def words_of(stage: str) -> frozenset[str]:
    """Every name in the questions of a stage; judging asks the policy itself, and is written in Python."""
    if stage == JUDGING:
        modules = sorted((files("auditor") / "stages").iterdir(), key=lambda path: path.name)
        text = " ".join(path.read_text(encoding="utf-8") for path in modules if path.name.endswith(".py"))
    else:
        text = COMMENT.sub("", " ".join(read_sql(name) for name in FILES.get(stage, (stage,))))
    words = frozenset(WORD.findall(text))
    more = {SCOPE: {CONCEPTS}, JUDGING: PARTS.keys()}
    return words - ({EVIDENCE} if stage == SCOPE else set()) | more.get(stage, set())
