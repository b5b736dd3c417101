"""The report as one frozen object, made from the result tables and the facts of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pandas as pd
import pyarrow as pa

from auditor.report import overview
from auditor.report.buckets import COUNTED
from auditor.report.cases import Case, Casebook, casebook
from auditor.report.episode import view_episode
from auditor.report.facts import RunFacts
from auditor.report.findings import finding_grid
from auditor.report.grids import loose_line_grid
from auditor.report.phrases import counted
from auditor.report.queues import Queue
from auditor.report.schemas import conform_all
from auditor.report.view import EpisodePage, EpisodeView, Report, WorklistRow
from auditor.report.worklist import queue_tabs, queues_by_episode, worklist_row

EPISODES_INSIDE = 300
WORKLIST_ROWS = 2000
LOOSE_LINES = 200
SET_ASIDE_ROWS = 200


@dataclass(frozen=True)
class Edition:
    """What one run publishes: its result tables, its facts, its cases, and the queues of each."""

    tables: Mapping[str, pa.Table]
    facts: RunFacts
    book: Casebook
    queues: Mapping[str, tuple[Queue, ...]]


def make_edition(frames: Mapping[str, pd.DataFrame], facts: RunFacts) -> Edition:
    """The edition of a run. ValueError where a frame does not fit its result table."""
    tables = conform_all(frames)
    book = casebook(tables)
    return Edition(tables, facts, book, queues_by_episode(book))


def build_report(edition: Edition) -> Report:
    """Everything that report.html says."""
    tables, facts, book = edition.tables, edition.facts, edition.book
    money = overview.money_of(tables["episodes"])
    return Report(
        masthead=overview.masthead(facts),
        nothing=nothing_to_audit(tables, facts),
        figures=overview.figures(book.episodes, money),
        bar=overview.bar(money),
        buckets=overview.bucket_grid(money),
        determinations=overview.determination_grid(book.episodes),
        tables=overview.table_grid(facts),
        dispositions=overview.disposition_grid(facts, tables["lines"], money[COUNTED]),
        notices=overview.notices(facts, tables["set_aside"]),
        queues=queue_tabs(edition.queues),
        worklist=tuple(_worklist(edition)),
        worklist_note=_cut(len(book.episodes), WORKLIST_ROWS, "rows", "every episode is in worklist.xlsx and episodes.csv"),
        episodes=tuple(_episode(case, facts) for case in islice(book, EPISODES_INSIDE)),
        episodes_note=_cut(len(book.episodes), EPISODES_INSIDE, "episodes", "every episode has a page of its own in the folder episodes"),
        loose_findings=finding_grid(book.findings.of(None), "Findings of no episode"),
        loose_lines=loose_line_grid(book.lines.of(None), LOOSE_LINES),
        set_aside=overview.set_aside_grid(tables["set_aside"], SET_ASIDE_ROWS),
        readings=overview.reading_grid(facts),
        inputs=overview.input_grid(facts),
    )


def build_pages(edition: Edition, report: Report) -> Iterator[EpisodePage]:
    """A page for every episode; those inside the report are the report's own."""
    head = overview.masthead(edition.facts)
    for view in report.episodes:
        yield EpisodePage(head, view)
    for case in islice(edition.book, len(report.episodes), None):
        yield EpisodePage(head, _episode(case, edition.facts))


def _episode(case: Case, facts: RunFacts) -> EpisodeView:
    return view_episode(case, facts.revision(case.episode["policy_revision"]), show_member=facts.show_members)


def _worklist(edition: Edition) -> Iterator[WorklistRow]:
    for place, episode in enumerate(edition.book.episodes[:WORKLIST_ROWS]):
        name = episode["episode_id"]
        yield worklist_row(episode, edition.book.findings.of(name), edition.queues[name], inside=place < EPISODES_INSIDE)


def _cut(number: int, shown: int, noun: str, where: str) -> str:
    return f"The first {shown:,} of {number:,} {noun} by dollars at risk; {where}." if number > shown else ""


def nothing_to_audit(tables: Mapping[str, pa.Table], facts: RunFacts) -> str:
    """What a report says that holds nothing; empty where it holds something."""
    if tables["episodes"].num_rows or tables["lines"].num_rows:
        return ""
    read = ", ".join(f"{counted(count.rows_in, 'row')} of {count.table.replace('_', ' ')}" for count in facts.counts) or "no rows"
    return f"There is nothing to audit: no line of the listed services, and no sign of inhaled nitric oxide, in {read}."
