"""The report as one frozen object, made from the result tables and the facts of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import pandas as pd
import pyarrow as pa

from auditor.changes import Changes
from auditor.policy.model import TREATMENT
from auditor.report import overview
from auditor.report.buckets import COUNTED
from auditor.report.cards import make_card
from auditor.report.cases import Case, Casebook, casebook
from auditor.report.changed import change_section
from auditor.report.episode import view_episode
from auditor.report.facts import RunFacts
from auditor.report.findings import finding_grid, kinds_grid
from auditor.report.grids import loose_line_grid
from auditor.report.paragraphs import SingleFailure, paragraph_grid, single_failures
from auditor.report.phrases import counted, listed, masked
from auditor.report.queues import Queue
from auditor.report.report_view import Card, ChangeSection, PageLink, Report, Worklist, WorklistRow
from auditor.report.schemas import as_shelf
from auditor.report.sensitivity import rests_on, sensitivity_grid
from auditor.report.treatments import LONG_NAME, named, treatments
from auditor.report.view import EpisodePage
from auditor.report.worklist import queue_grid, queue_tabs, queues_by_episode, worklist_filters, worklist_row
from auditor.shelf import Shelf

WORKLIST_ROWS = 5000
CARDS = 200
CHANGED_EPISODES = 200
LOOSE_LINES = 200
SET_ASIDE_ROWS = 200
MEMBERS_MASKED = (
    "Members stand here by their last characters (auditor run --show-members names them). "
    "The CSV files, the records requests and the letter data name them, since a chart is found by its member."
)


@dataclass(frozen=True)
class Edition:
    """What one run publishes: its result tables, its facts, its cases, the queues of each, and what changed since an earlier run.

    ``book`` is for what people read: members stand in it by their last characters, unless the run may name them. ``named_book`` names
    them, for requests and letters, which are about a person whom somebody else must find.
    """

    tables: Shelf
    facts: RunFacts
    book: Casebook
    named_book: Casebook
    queues: Mapping[str, tuple[Queue, ...]]
    changes: Changes | None = None

    @cached_property
    def single_failures(self) -> tuple[SingleFailure, ...]:
        """Paragraphs that alone stop an episode."""
        return single_failures(self.tables)


def make_edition(results: Shelf | Mapping[str, pd.DataFrame], facts: RunFacts, changes: Changes | None = None) -> Edition:
    """The edition of a run. ValueError where a frame does not fit its result table."""
    tables = as_shelf(results)
    by_revision = treatments(facts)
    book = casebook(tables, facts.labels, lambda episode: named(episode, by_revision))
    told = replace(facts, compared_with=changes.earlier) if changes else facts
    return Edition(tables, told, book if facts.names_members else mask_members(book), book, queues_by_episode(book), changes)


def mask_members(book: Casebook) -> Casebook:
    """The cases, each with its member by the last characters."""
    return replace(book, episodes=tuple(row | {"member_id": masked(row["member_id"])} for row in book.episodes))


def build_report(edition: Edition, beside: tuple[PageLink, ...] = ()) -> Report:
    """Everything that report.html says; ``beside`` are the other files of the run that it leads to."""
    tables, facts, book = edition.tables, edition.facts, edition.book
    money = overview.money_of(tables["episodes"])
    return Report(
        masthead=overview.masthead(facts),
        nothing=nothing_to_audit(tables, facts),
        beside=beside,
        figures=overview.figures(book.episodes, money),
        bar=overview.bar(money),
        determinations=overview.determination_grid(book.episodes),
        queues=queue_grid(book, edition.queues),
        findings=kinds_grid(tuple(tables["findings"].to_pylist())),
        buckets=overview.bucket_grid(money),
        tables=overview.table_grid(facts),
        dispositions=overview.disposition_grid(facts, tables["lines"], money[COUNTED]),
        notices=overview.notices(facts, tables["set_aside"]),
        changes=_changes(edition),
        worklist=_worklist(edition),
        cards=tuple(_card(case, facts) for case in islice(book, CARDS)),
        cards_note=_cut(len(book.episodes), CARDS, "episodes", "every episode has a page of its own in the folder episodes"),
        loose_findings=finding_grid(book.findings.of(None), "Findings of no episode"),
        loose_lines=loose_line_grid(book.lines.of(None), LOOSE_LINES),
        set_aside=overview.set_aside_grid(tables["set_aside"], SET_ASIDE_ROWS, facts),
        paragraphs=paragraph_grid(edition.single_failures),
        sensitivity=None if facts.sensitivity is None else sensitivity_grid(facts.sensitivity),
        readings=overview.reading_grid(facts),
        inputs=overview.input_grid(facts),
    )


def build_pages(edition: Edition) -> Iterator[EpisodePage]:
    """A page for every episode."""
    heads = {each.revision: overview.masthead(edition.facts, [each]) for each in edition.facts.revisions}
    for case in edition.book:
        revision = edition.facts.revision(case.episode["policy_revision"])
        view = view_episode(case, revision)
        head = heads[revision.revision] if revision else overview.masthead(edition.facts)
        yield EpisodePage(head, replace(view, rests=rests_on(view.episode_id, edition.facts.sensitivity or ())))


def _card(case: Case, facts: RunFacts) -> Card:
    return make_card(case, facts.revision(case.episode["policy_revision"]))


def _changes(edition: Edition) -> ChangeSection | None:
    inside = {str(row["episode_id"]) for row in edition.book.episodes[:CARDS]}
    return change_section(edition.changes, inside, CHANGED_EPISODES) if edition.changes else None


def _worklist(edition: Edition) -> Worklist:
    rows = tuple(_rows(edition))
    cut = _cut(len(edition.book.episodes), WORKLIST_ROWS, "rows", "every episode is in worklist.xlsx and episodes.csv")
    note = " ".join(part for part in (cut, "" if edition.facts.names_members else MEMBERS_MASKED) if part)
    return Worklist(rows, queue_tabs(rows), worklist_filters(rows), note)


def _rows(edition: Edition) -> Iterator[WorklistRow]:
    for place, episode in enumerate(edition.book.episodes[:WORKLIST_ROWS]):
        name = episode["episode_id"]
        inside = place < CARDS
        yield worklist_row(episode, edition.book.findings.of(name), edition.queues[name], inside)


def _cut(number: int, shown: int, noun: str, where: str) -> str:
    return f"The first {shown:,} of {number:,} {noun} by dollars at risk; {where}." if number > shown else ""


def nothing_to_audit(tables: Mapping[str, pa.Table], facts: RunFacts) -> str:
    """What a report says that holds nothing; empty where it holds something."""
    if tables["episodes"].num_rows or tables["lines"].num_rows:
        return ""
    read = ", ".join(f"{counted(count.rows_in, 'row')} of {count.table.replace('_', ' ')}" for count in facts.counts) or "no rows"
    about = listed([LONG_NAME if one == TREATMENT else one for one in dict.fromkeys(treatments(facts).values())] or [LONG_NAME])
    return f"There is nothing to audit: no line of the listed services, and no sign of {about}, in {read}."
