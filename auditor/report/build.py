"""The report as one frozen object, made from the result tables and the facts of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from auditor.changes import Changes
from auditor.policy.model import TREATMENT
from auditor.report import overview
from auditor.report.abreast import count_loose, read_loose
from auditor.report.buckets import COUNTED
from auditor.report.cases import Case, Casebook, Rows, mask_member
from auditor.report.changed import change_section
from auditor.report.episode import view_episode
from auditor.report.facts import RunFacts
from auditor.report.findings import finding_grid, kinds_grid
from auditor.report.grids import loose_line_grid
from auditor.report.listing import CARDS, WORKLIST_ROWS, Listing
from auditor.report.paragraphs import SingleFailure, paragraph_grid, single_failures
from auditor.report.phrases import counted, listed
from auditor.report.report_view import ChangeSection, PageLink, Report, Worklist
from auditor.report.schemas import as_shelf
from auditor.report.sensitivity import rests_on, sensitivity_grid
from auditor.report.treatments import LONG_NAME, named, treatments
from auditor.report.view import EpisodePage, Grid
from auditor.report.worklist import queue_grid, queue_tabs, worklist_filters
from auditor.shelf import Shelf, in_groups

CHANGED_EPISODES = 200
LOOSE_LINES = 200
SET_ASIDE_ROWS = 200
MEMBERS_MASKED = (
    "Members stand here by their last characters (auditor run --show-members names them). "
    "The CSV files, the records requests and the letter data name them, since a chart is found by its member."
)


@dataclass(frozen=True)
class Edition:
    """What one run publishes: its result tables, its facts, its cases, and what changed since an earlier run.

    The cases of ``book`` name members, for requests and letters, which are about a person whom somebody else must find.
    """

    tables: Shelf
    facts: RunFacts
    book: Casebook
    changes: Changes | None = None

    def told(self, case: Case) -> Case:
        """A case for what people read: its member stands in it by the last characters, unless the run may name members."""
        return case if self.facts.names_members else mask_member(case)

    @cached_property
    def single_failures(self) -> tuple[SingleFailure, ...]:
        """Paragraphs that alone stop an episode."""
        return single_failures(self.tables)

    @cached_property
    def loose_findings(self) -> Rows:
        """The findings of no episode."""
        return tuple(row for batch in read_loose(self.tables, "findings") for row in batch.to_pylist())


def make_edition(results: Shelf | Mapping[str, pd.DataFrame], facts: RunFacts, changes: Changes | None = None) -> Edition:
    """The edition of a run. ValueError where a frame does not fit its result table."""
    tables = as_shelf(results)
    by_revision = treatments(facts)
    book = Casebook(tables, facts.labels, lambda episode: named(episode, by_revision))
    return Edition(tables, replace(facts, compared_with=changes.earlier) if changes else facts, book, changes)


def build_report(edition: Edition, listing: Listing, beside: tuple[PageLink, ...] = ()) -> Report:
    """Everything that report.html says; ``listing`` holds every case, ``beside`` are the other files of the run that it leads to."""
    tables, facts, book = edition.tables, edition.facts, edition.book
    money = overview.money_of(tables)
    return Report(
        masthead=overview.masthead(facts),
        nothing=nothing_to_audit(tables, facts),
        beside=beside,
        figures=overview.figures(book.episodes, money),
        bar=overview.bar(money),
        determinations=overview.determination_grid(book.episodes),
        queues=queue_grid(book.episodes, listing.queues),
        findings=kinds_grid(tables),
        buckets=overview.bucket_grid(money),
        tables=overview.table_grid(facts),
        dispositions=overview.disposition_grid(facts, tables, money[COUNTED]),
        notices=overview.notices(facts, tables),
        changes=_changes(edition),
        worklist=_worklist(edition, listing),
        cards=listing.cards,
        cards_note=_cut(len(book.episodes), CARDS, "episodes", "every episode has a page of its own in the folder episodes"),
        loose_findings=finding_grid(edition.loose_findings, "Findings of no episode"),
        loose_lines=_loose_lines(tables),
        set_aside=overview.set_aside_grid(tables, SET_ASIDE_ROWS, facts),
        paragraphs=paragraph_grid(edition.single_failures),
        sensitivity=None if facts.sensitivity is None else sensitivity_grid(facts.sensitivity),
        readings=overview.reading_grid(facts),
        inputs=overview.input_grid(facts),
    )


class Pages:
    """The pages of episodes, one for each."""

    def __init__(self, facts: RunFacts) -> None:
        self._facts = facts
        self._heads = {each.revision: overview.masthead(facts, [each]) for each in facts.revisions}

    def page(self, case: Case) -> EpisodePage:
        """The page of one episode."""
        revision = self._facts.revision(case.episode["policy_revision"])
        view = view_episode(case, revision)
        head = self._heads[revision.revision] if revision else overview.masthead(self._facts)
        return EpisodePage(head, replace(view, rests=rests_on(view.episode_id, self._facts.sensitivity or ())))


def _changes(edition: Edition) -> ChangeSection | None:
    inside = {str(row["episode_id"]) for row in edition.book.episodes[:CARDS]}
    return change_section(edition.changes, inside, CHANGED_EPISODES) if edition.changes else None


def _worklist(edition: Edition, listing: Listing) -> Worklist:
    rows = listing.rows
    cut = _cut(len(edition.book.episodes), WORKLIST_ROWS, "rows", "every episode is in worklist.xlsx and episodes.csv")
    note = " ".join(part for part in (cut, "" if edition.facts.names_members else MEMBERS_MASKED) if part)
    return Worklist(rows, queue_tabs(rows), worklist_filters(rows), note)


def _loose_lines(tables: Shelf) -> Grid:
    first = next(in_groups(read_loose(tables, "lines"), LOOSE_LINES), None)
    return loose_line_grid(tuple(first.to_pylist()) if first else (), count_loose(tables, "lines"))


def _cut(number: int, shown: int, noun: str, where: str) -> str:
    return f"The first {shown:,} of {number:,} {noun} by dollars at risk; {where}." if number > shown else ""


def nothing_to_audit(tables: Shelf, facts: RunFacts) -> str:
    """What a report says that holds nothing; empty where it holds something."""
    if tables.count("episodes") or tables.count("lines"):
        return ""
    read = ", ".join(f"{counted(count.rows_in, 'row')} of {count.table.replace('_', ' ')}" for count in facts.counts) or "no rows"
    about = listed([LONG_NAME if one == TREATMENT else one for one in dict.fromkeys(treatments(facts).values())] or [LONG_NAME])
    return f"There is nothing to audit: no line of the listed services, and no sign of {about}, in {read}."
