"""The report as one frozen object, made from the result tables and the facts of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import pyarrow as pa

from auditor.report import overview
from auditor.report.cases import Case, Casebook, casebook
from auditor.report.episode import view_episode
from auditor.report.facts import RunFacts
from auditor.report.grids import finding_grid, loose_line_grid
from auditor.report.phrases import counted
from auditor.report.queues import Queue
from auditor.report.view import EpisodePage, EpisodeView, Report, WorklistRow
from auditor.report.worklist import queue_tabs, queues_by_episode, worklist_row

EPISODES_INSIDE = 300
WORKLIST_ROWS = 2000
LOOSE_LINES = 200
SET_ASIDE_ROWS = 200


def build_report(tables: Mapping[str, pa.Table], facts: RunFacts) -> Report:
    """Everything that report.html says."""
    book = casebook(tables)
    money = overview.money_of(tables["episodes"])
    queues = queues_by_episode(book)
    return Report(
        masthead=overview.masthead(facts),
        nothing=_nothing(tables, facts),
        figures=overview.figures(book.episodes, money),
        bar=overview.bar(money),
        buckets=overview.bucket_grid(money),
        determinations=overview.determination_grid(book.episodes),
        tables=overview.table_grid(facts),
        dispositions=overview.disposition_grid(facts, money),
        notices=overview.notices(facts, tables["set_aside"]),
        queues=queue_tabs(queues),
        worklist=tuple(_worklist(book, queues)),
        worklist_note=_cut(len(book.episodes), WORKLIST_ROWS, "rows", "every episode is in worklist.xlsx and episodes.csv"),
        episodes=tuple(_episode(case, facts) for case in islice(book, EPISODES_INSIDE)),
        episodes_note=_cut(len(book.episodes), EPISODES_INSIDE, "episodes", "every episode has a page of its own in the folder episodes"),
        loose_findings=finding_grid(book.findings.of(None)),
        loose_lines=loose_line_grid(book.lines.of(None), LOOSE_LINES),
        set_aside=overview.set_aside_grid(tables["set_aside"], SET_ASIDE_ROWS),
        readings=overview.reading_grid(facts),
        inputs=overview.input_grid(facts),
    )


def build_page(case: Case, facts: RunFacts) -> EpisodePage:
    """Everything that the page of one episode says."""
    return EpisodePage(overview.masthead(facts), _episode(case, facts))


def _episode(case: Case, facts: RunFacts) -> EpisodeView:
    return view_episode(case, facts.revision(case.episode["policy_revision"]))


def _worklist(book: Casebook, queues: Mapping[str, tuple[Queue, ...]]) -> Iterator[WorklistRow]:
    for place, case in enumerate(islice(book, WORKLIST_ROWS)):
        yield worklist_row(case, queues[case.episode_id], inside=place < EPISODES_INSIDE)


def _cut(number: int, shown: int, noun: str, where: str) -> str:
    return f"The first {shown:,} of {number:,} {noun} by dollars at risk; {where}." if number > shown else ""


def _nothing(tables: Mapping[str, pa.Table], facts: RunFacts) -> str:
    if tables["episodes"].num_rows or tables["lines"].num_rows:
        return ""
    read = ", ".join(f"{counted(count.rows_in, 'row')} of {count.table.replace('_', ' ')}" for count in facts.counts) or "no rows"
    return f"There is nothing to audit: no line of the listed services, and no sign of inhaled nitric oxide, in {read}."
