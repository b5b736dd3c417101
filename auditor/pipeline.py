"""The whole audit, top to bottom: the only file that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.collect import collect, gather_facts, read_lines, read_sums
from auditor.engine import Connection, open_engine, run_sql
from auditor.guidelines import Audited, join, load_books, read_tallies, tally
from auditor.intake import Extract, Reading, find_clocks, open_extract, refuse_clocks, refuse_damage
from auditor.letters import LetterPlan, load_letters
from auditor.numbering import join_numbered, join_rows
from auditor.parts import ClockUse, Found, Part, Sums, Tables, add_sums, add_tallies
from auditor.policy import Policy, RuleBook, install, set_limits, set_readings
from auditor.providers import Plan, compare_providers, load_plan
from auditor.recipe import make_recipe, read_rules
from auditor.releases import bring_releases
from auditor.results import COLLECTED, PROVIDERS
from auditor.settings import Settings
from auditor.shelf import count_rows
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
    "hours",
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
        return not count_rows(self.frames, "episodes") and not count_rows(self.frames, "lines")


@dataclass(frozen=True)
class Terms:
    """What a run goes by, apart from its rows: the settings, the rules to audit by, and the files they are from.

    ``beside`` are further guidelines, each of which judges what is in its own scope.
    """

    settings: Settings
    book: RuleBook
    beside: tuple[RuleBook, ...]
    plan: Plan
    letters: LetterPlan
    rules: dict[str, bytes]

    @property
    def books(self) -> tuple[RuleBook, ...]:
        """The rules of every guideline, in the order of the run."""
        return (self.book, *self.beside)

    def of(self, book: RuleBook) -> Terms:
        """The same for a further guideline. Facilities are compared on the first one's episodes."""
        own = load_letters(self.settings.configs, book)
        return replace(self, book=book, plan=self.plan.model_copy(update={"measures": ()}), letters=own)


@dataclass(frozen=True)
class Begun:
    """An extract taken in: the terms of the run, the database, what was read, and whom to tell."""

    terms: Terms
    connection: Connection
    reading: Reading
    say: Progress

    @property
    def settings(self) -> Settings:
        """What the user decided."""
        return self.terms.settings

    @property
    def book(self) -> RuleBook:
        """The rules of the guideline in hand."""
        return self.terms.book

    def under(self, book: RuleBook) -> Begun:
        """The same under other rules."""
        return replace(self, terms=replace(self.terms, book=book))


def find_scope(begun: Begun) -> None:
    """Of the rows that were read, those of members in scope; ExtractRefused where their clock times cannot be placed."""
    keep_scope(begun)
    refuse_clocks(clocks_in_scope(begun.connection, begun.reading))


def bring_again(begun: Begun) -> None:
    """Of the rows that were read, those in the scope of the guideline in hand, each member under one id, and the releases for them."""
    find_scope(begun)
    settle_scope(begun)


def find_again(begun: Begun, book: RuleBook, bring: Callable[[Begun], None] = bring_again) -> Found:
    """What another guideline finds among the members that were taken in; ``bring`` makes its tables in scope, of the rows or otherwise."""
    again = begun.under(book)
    bring(again)
    return find_all(again, list(audit_revisions(again)))


def audit_part(begun: Begun, bring: Callable[[Begun], None] = bring_again) -> Part:
    """What each guideline finds among the members that were taken in; ``bring`` is as in ``find_again``."""
    found = [find_all(begun, list(audit_revisions(begun)))]
    if not begun.terms.beside:
        return Part(tuple(found))
    tally(begun.connection, begun.book)
    for book in begun.terms.beside:
        begun.say(book.policies[-1].title)
        found.append(find_again(begun, book, bring))
        tally(begun.connection, book)
    return Part(tuple(found), read_tallies(begun.connection))


Conclude = Callable[[Terms, Reading, Sequence[Found]], AuditResult]


def conclude(terms: Terms, reading: Reading, found: Sequence[Found]) -> AuditResult:
    """What one guideline found in all parts, facilities compared over the whole run, and the facts of the run."""
    joined = join_numbered(found)
    return tell(terms, reading, {**joined, PROVIDERS.name: compare(terms, joined)}, [part.sums for part in found])


def compare(terms: Terms, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Facilities compared on the results of a whole run."""
    readings = {name: reading.value for name, reading in terms.book.policies[-1].readings.items()}
    return compare_providers(frames, terms.plan, readings)


def tell(terms: Terms, reading: Reading, frames: Mapping[str, pd.DataFrame], sums: Iterable[Sums]) -> AuditResult:
    """The results with the facts of the run."""
    facts = gather_facts(add_sums(sums), terms.book, terms.settings, reading)
    recipe = make_recipe(terms.settings, terms.rules, reading)
    return AuditResult(frames, replace(facts, letters=terms.letters, recipe=recipe))


def join_parts(terms: Terms, reading: Reading, parts: Sequence[Part], conclude_one: Conclude = conclude) -> AuditResult:
    """What the parts found, as one run of all members. ``conclude_one`` joins one guideline, where its tables are not in memory."""
    guidelines = (terms, *map(terms.of, terms.beside))
    results = [conclude_one(own, reading, [part.found[place] for part in parts]) for place, own in enumerate(guidelines)]
    if not terms.beside:
        return results[0]
    audited = [Audited(own.book, result.frames, result.facts) for own, result in zip(guidelines, results, strict=True)]
    return AuditResult(*join(add_tallies(part.tallies for part in parts), audited))


def load_terms(settings: Settings) -> Terms:
    """The rules that the settings ask for. SettingsRefused where they cannot be gone by."""
    book, *beside = load_books(settings)
    return Terms(settings, book, tuple(beside), load_plan(settings.configs), load_letters(settings.configs, book), read_rules(settings))


@contextmanager
def begin(settings: Settings, frames: Mapping[str, pd.DataFrame] | None, progress: Progress | None) -> Iterator[Begun]:
    """Loads the rules and takes in the extract; the database is gone when the caller is done."""
    with take_in(settings, frames, progress) as begun:
        settle_scope(begun)
        yield begun


@contextmanager
def take_in(settings: Settings, frames: Mapping[str, pd.DataFrame] | None, progress: Progress | None) -> Iterator[Begun]:
    """From files to the canonical tables of the members in scope; bad rows set aside and counted. Who is who is not settled yet."""
    say = progress or (lambda stage: None)
    terms = load_terms(settings)
    with open_engine(settings.memory, settings.threads, settings.scratch) as connection:
        say("reading the extract")
        reading = open_extract(connection, Extract(settings.paths, settings.profile, settings.time_zone, frames))
        begun = Begun(terms, connection, reading, say)
        find_scope(begun)
        yield begun


def settle_scope(begun: Begun) -> None:
    """Each member in scope under one id, and the releases of reference files at hand."""
    identify(begun)
    bring_releases(begun.connection, begun.settings.reference, begun.settings.as_of)


def identify(begun: Begun) -> None:
    """Each member in scope under one id."""
    with refuse_damage(begun.reading.places_read):
        run_sql(begun.connection, "identities")


def audit_revisions(begun: Begun) -> Iterator[Tables]:
    """The results of each revision in turn, earliest first; while one is in hand, the database holds its working tables."""
    prepared = begun.book.policies[-1]  # what was brought into scope
    for policy in begun.book.policies:
        if policy is not prepared:
            prepare(begun.connection, begun.book, policy)
        prepared = policy
        yield audit_revision(begun.connection, begun.book, policy, begun.say)


def gather(begun: Begun, parts: list[Tables]) -> AuditResult:
    """All revisions together, as a run of one part."""
    begun.say("gathering results")
    return conclude(begun.terms, begun.reading, [find_all(begun, parts)])


def find_all(begun: Begun, parts: list[Tables]) -> Found:
    """All revisions together, and what the database says of them all."""
    merged = merge(parts)
    return Found(merged, read_lines(begun.connection, merged), read_sums(begun.connection))


def clocks_in_scope(connection: Connection, reading: Reading) -> tuple[ClockUse, ...]:
    """The ways in which rows in scope write clock times; none to ask about where the facility's time zone is known."""
    with refuse_damage(reading.places_read):
        return find_clocks(connection, KEPT) if reading.time_zone is None else ()


def keep_scope(begun: Begun) -> None:
    """Of the rows that were read, those of members in scope. How clock times are written is a question to the whole run."""
    prepare(begun.connection, begun.book, begun.book.policies[-1])
    with refuse_damage(begun.reading.places_read):
        run_sql(begun.connection, "scope")


def audit_revision(connection: Connection, book: RuleBook, policy: Policy, say: Progress) -> Tables:
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


def merge(parts: list[Tables]) -> Tables:
    """Results of all revisions together, each table in its own order."""
    return {table.name: join_rows(table, [part[table.name] for part in parts]) for table in COLLECTED}
