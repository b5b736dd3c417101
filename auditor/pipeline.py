"""The whole audit, top to bottom: the only file that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.collect import Collected, collect, gather_facts
from auditor.engine import Connection, open_engine, run_sql
from auditor.guidelines import Audited, join, load_books, tally
from auditor.intake import Extract, Reading, check_clocks, open_extract, refuse_damage
from auditor.letters import LetterPlan, load_letters
from auditor.policy import Policy, RuleBook, install, set_limits, set_readings
from auditor.providers import Plan, compare_providers, load_plan
from auditor.readiness import Audited as Asked
from auditor.readiness import Readiness, begin_watch, measure, watch
from auditor.recipe import make_recipe, read_rules
from auditor.releases import bring_releases
from auditor.results import COLLECTED
from auditor.settings import Settings
from auditor.stages.findings import find, find_coding
from auditor.stages.judge import judge
from auditor.stages.patterns import set_patterns

if TYPE_CHECKING:
    import pandas as pd

    from auditor.report import RunFacts

Progress = Callable[[str], None]

BEFORE_JUDGING = (
    "final_lines",
    "statements",
    "exposure",
    "episodes",
    "doubts",
    "ages",
    "derived",
    "evidence",
    "routing",
    "leaf_outcomes",
    "oxygen_days",
    "measurements",
)
AFTER_JUDGING = ("dollars", "results")
JUDGING, CODING, FINDINGS = "judging", "coding edits", "findings"
STAGES = (*BEFORE_JUDGING, JUDGING, CODING, *AFTER_JUDGING, FINDINGS)

# Chart rows are many: what is asked of them once they were read is asked of those that were kept.
KEPT = {"events": "chart_rows JOIN chart_words USING (word)"}


@dataclass(frozen=True)
class AuditResult:
    """What an audit found: result frames by the names of ``results.py``, and what is known of the run besides.

    ``nothing_to_audit`` says that the extract held no listed service and no sign of iNO.
    """

    frames: Mapping[str, pd.DataFrame]
    facts: RunFacts

    @property
    def nothing_to_audit(self) -> bool:
        """No line in scope and no iNO on any chart."""
        return self.frames["episodes"].empty and self.frames["lines"].empty


@dataclass(frozen=True)
class Begun:
    """An extract taken in: the rules to audit it by and the files they are from, the database, what was read, and whom to tell.

    ``beside`` are further guidelines, each of which judges what is in its own scope.
    """

    settings: Settings
    book: RuleBook
    beside: tuple[RuleBook, ...]
    plan: Plan
    letters: LetterPlan
    connection: Connection
    reading: Reading
    rules: dict[str, bytes]
    say: Progress


def audit(settings: Settings, frames: Mapping[str, pd.DataFrame] | None = None, progress: Progress | None = None) -> AuditResult:
    """Audits an extract on disk (``settings.paths``) or in memory (``frames``: canonical table to DataFrame).

    Raises SettingsRefused for a policy or profile, ExtractRefused for a file that cannot be trusted.
    """
    with begin(settings, frames, progress) as begun:
        result = gather(begun, list(audit_revisions(begun)))
        return audit_beside(begun, result) if begun.beside else result


def audit_beside(begun: Begun, first: AuditResult) -> AuditResult:
    """The further guidelines in turn, and all of them together. Facilities are compared on the first one's episodes."""
    tally(begun.connection, begun.book)
    audited = [Audited(begun.book, first.frames, first.facts)]
    for book in begun.beside:
        begun.say(book.policies[-1].title)
        own = replace(begun, plan=begun.plan.model_copy(update={"measures": ()}), letters=load_letters(begun.settings.configs, book))
        result = audit_again(own, book)
        tally(begun.connection, book)
        audited.append(Audited(book, result.frames, result.facts))
    return AuditResult(*join(begun.connection, audited))


def check(settings: Settings, frames: Mapping[str, pd.DataFrame] | None = None, progress: Progress | None = None) -> Readiness:
    """How ready an extract is: audits it as ``audit`` does, and tells what can be decided and what is missing, never a verdict."""
    with begin(settings, frames, progress) as begun:
        begin_watch(begun.connection)
        parts = []
        for part in audit_revisions(begun):
            watch(begun.connection)
            parts.append(part)
        result = gather(begun, parts)
        begun.say("counting")
        return measure(begun.connection, Asked(begun.book, begun.reading, result.frames, result.facts))


def audit_again(begun: Begun, book: RuleBook) -> AuditResult:
    """Audits an extract that was taken in once more, under another policy or other readings; what was read stays as it was read."""
    again = replace(begun, book=book)
    bring_into_scope(again.connection, book, again.reading)
    bring_releases(again.connection, again.settings.reference, again.settings.as_of)
    return gather(again, list(audit_revisions(again)))


@contextmanager
def begin(settings: Settings, frames: Mapping[str, pd.DataFrame] | None, progress: Progress | None) -> Iterator[Begun]:
    """Loads the rules and takes in the extract; the database is gone when the caller is done."""
    say = progress or (lambda stage: None)
    book, *beside = load_books(settings)
    plan, letters, rules = load_plan(settings.configs), load_letters(settings.configs, book), read_rules(settings)
    with open_engine(settings.memory, settings.threads, settings.scratch) as connection:
        say("reading the extract")
        reading = take_in(connection, book, Extract(settings.paths, settings.profile, settings.time_zone, frames))
        bring_releases(connection, settings.reference, settings.as_of)
        yield Begun(settings, book, tuple(beside), plan, letters, connection, reading, rules, say)


def audit_revisions(begun: Begun) -> Iterator[Collected]:
    """The results of each revision in turn, earliest first; while one is in hand, the database holds its working tables."""
    prepared = begun.book.policies[-1]  # what was brought into scope
    for policy in begun.book.policies:
        if policy is not prepared:
            prepare(begun.connection, begun.book, policy)
        prepared = policy
        yield audit_revision(begun.connection, begun.book, policy, begun.say)


def gather(begun: Begun, parts: list[Collected]) -> AuditResult:
    """All revisions together, facilities compared over the whole run, and the facts of the run."""
    begun.say("gathering results")
    merged = merge(parts)
    readings = {name: reading.value for name, reading in begun.book.policies[-1].readings.items()}
    results = {**merged, "providers": compare_providers(merged, begun.plan, readings)}
    facts = gather_facts(begun.connection, begun.book, begun.settings, begun.reading)
    recipe = make_recipe(begun.settings, begun.rules, begun.reading)
    return AuditResult(results, replace(facts, letters=begun.letters, recipe=recipe))


def take_in(connection: Connection, book: RuleBook, extract: Extract) -> Reading:
    """From files to the canonical tables of the members in scope; bad rows set aside and counted."""
    reading = open_extract(connection, extract)
    bring_into_scope(connection, book, reading)
    return reading


def bring_into_scope(connection: Connection, book: RuleBook, reading: Reading) -> None:
    """Of the rows that were read, those of members in scope, each under one id."""
    prepare(connection, book, book.policies[-1])
    with refuse_damage(file.name for file in reading.files):
        run_sql(connection, "scope")
        run_sql(connection, "identities")
        if reading.time_zone is None:
            check_clocks(connection, KEPT)


def audit_revision(connection: Connection, book: RuleBook, policy: Policy, say: Progress) -> Collected:
    """Everything after intake, under one revision of the policy that is prepared; results of the courses that it governs."""
    for stage in STAGES:
        say(stage.replace("_", " "))
        run_stage(connection, book, policy, stage)
    return collect(connection, book, policy)


def run_stage(connection: Connection, book: RuleBook, policy: Policy, stage: str) -> None:
    """One of ``STAGES``, over what those before it left in the database."""
    if stage == JUDGING:
        judge(connection, book, policy)
    elif stage == CODING:
        find_coding(connection)
    elif stage == FINDINGS:
        find(connection)
    else:
        run_sql(connection, stage)


def prepare(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """The rules of a revision, as tables and variables that SQL can read."""
    install(connection, book, policy)
    set_variables(connection, book, policy)


def set_variables(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """What SQL reads of a revision beside its rule tables, and the words that are made of both."""
    set_readings(connection, policy)
    set_limits(connection, book.coding)
    set_patterns(connection, book, policy)
    run_sql(connection, "macros")


def merge(parts: list[Collected]) -> dict[str, pd.DataFrame]:
    """Results of all revisions together, each table in its own order."""
    import pandas as pd

    merged = {}
    for table in COLLECTED:
        frames = [part[table.name] for part in parts if len(part[table.name])] or [parts[0][table.name]]
        merged[table.name] = (
            frames[0] if len(frames) == 1 else pd.concat(frames).sort_values(list(table.order), ignore_index=True, kind="stable")
        )
    return merged
