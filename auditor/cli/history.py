"""``auditor history``: what is remembered of the runs, and of an episode."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from auditor.cli.ledger_options import ledger_options
from auditor.cli.options import json_option

if TYPE_CHECKING:
    from rich.table import Table

    from auditor.ledger import Ledger
    from auditor.ledger.nouns import CourseHistory, RunNight, Standing, Yield, Yields

# A pipe has no edge to fold at: each row is one line there.
WIDE = 240
OpenLedger = Callable[[], AbstractContextManager["Ledger"]]


@click.command(short_help="Show what became of an episode, or of every run.")
@click.argument("episode", required=False)
@ledger_options
@json_option
def history(episode: str | None, open_it: OpenLedger, as_json: bool) -> None:
    """Show what became of EPISODE from run to run: its findings, why they changed, what was decided. Without one, show runs and yields.

    \b
    Example:
        auditor history E0aab5467d19c --ledger runs/ledger.sqlite
    """
    from auditor.changes.files import plain

    with open_it() as ledger:
        course = ledger.history(episode) if episode else None
        nights, yields = ((), None) if course else (ledger.nights(), ledger.yields())
    if as_json:
        click.echo(json.dumps(plain(course) if course else {"runs": plain(nights), "yields": plain(yields)}, indent=2))
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    for table in draw_course(course) if course else draw_runs(nights, yields):
        console.print(table)


def draw_runs(nights: tuple[RunNight, ...], yields: Yields | None) -> Iterable[Table]:
    """The runs, and what came of reviews."""
    from auditor.changes import CHANGES

    table = _table("Runs", ("run", "as of", "at risk", *(word.word for word in CHANGES.values()), ""))
    for night in nights:
        counts = (f"{night.counts[change]:,}" for change in CHANGES)
        table.add_row(
            night.record.run, str(night.record.as_of), _interval(night.record.at_risk_cents), *counts, "pruned" * night.record.pruned
        )
    yield table
    if yields:
        yield _draw_yields("Upheld of reviewed, by finding", yields.by_finding)
        yield _draw_yields("Upheld of reviewed, by facility", yields.by_facility)


def _draw_yields(title: str, yields: tuple[Yield, ...]) -> Table:
    table = _table(title, ("", "raised", "reviewed", "upheld", "overturned", "share", "waiting"))
    for one in yields:
        share = f"{one.share:.0%}" if one.share is not None else "–"
        table.add_row(one.name, f"{one.raised:,}", f"{one.reviewed:,}", f"{one.upheld:,}", f"{one.overturned:,}", share, f"{one.waiting:,}")
    return table


def draw_course(course: CourseHistory) -> Iterable[Table]:
    """One episode, night by night."""
    into = f", now part of {course.merged_into}" if course.merged_into else ""
    nights = _table(f"Episode{into}", ("run", "", "kinship", "called", "came of", "from", "to", "determination", "at risk"))
    for night in course.nights:
        days = (str(night.start_day or "–"), str(night.end_day or "–"))
        came = ", ".join(night.earlier_ids) or "–"
        told = (night.determination or "–").replace("_", " ")
        nights.add_row(night.run, _word(night.change), night.kinship, night.episode_id, came, *days, told, _interval(night.at_risk_cents))
    yield nights
    findings = _table("Findings", ("run", "", "finding", "paragraph", "why", "what", "at risk"))
    for one in course.findings:
        what = ", ".join(name.removesuffix("_sha256").removesuffix("_cents").replace("_", " ") for name in one.what)
        why, dollars = one.why.words or "–", _interval(one.at_risk_cents)
        findings.add_row(one.run, _word(one.change), f"{one.severity} {one.finding_id}", one.paragraph, why, what or "–", dollars)
    yield findings
    yield draw_decisions(course.dispositions)


def draw_decisions(decisions: Iterable[Standing]) -> Table:
    """Decisions, and which of them stand."""
    from auditor.review import DECISIONS

    table = _table("Decisions", ("on run", "episode", "finding", "paragraph", "decision", "who", "when", "until", "stands", "why"))
    for one in decisions:
        given, word = one.disposition, DECISIONS[one.disposition.decision]
        stands = "yes" if one.stands else f"lapsed in {one.lapsed_run}: {one.lapsed_why}"
        finding, paragraph = given.finding_id or "whole episode", given.paragraph or "–"
        until = str(given.until or "–")
        told = (f"{word.symbol} {word.word}", given.who, str(given.when), until, stands, given.why)
        table.add_row(given.run, given.episode_id, finding, paragraph, *told)
    return table


def _table(title: str, headings: tuple[str, ...]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _word(change: str) -> str:
    from auditor.changes import CHANGES, Change

    word = CHANGES[Change(change)]
    return f"{word.symbol} {word.word}"


def _interval(cents: tuple[int, int]) -> str:
    from auditor.report.phrases import dollar_interval

    return dollar_interval(*cents)
