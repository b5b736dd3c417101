"""The tables of a message: what changed, the queues, and the lines of business, for a page and for plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.changes import CHANGES, EpisodeChange, Kinship
from auditor.mail.entries import Entry
from auditor.mail.few import shown_rows
from auditor.mail.settings import NOT_GIVEN
from auditor.mail.told import Told
from auditor.mail.view import MailTable
from auditor.report.grids import numbers, texts
from auditor.report.phrases import NOTHING, counted, dollars, spaced
from auditor.report.view import Grid
from auditor.tables import LINES_OF_BUSINESS

LEFT_OUT = "left out"
GAP = "  "


@dataclass(frozen=True)
class Discretion:
    """From how many episodes on their dollars may be shown."""

    least: int

    def hides_total(self, episodes: int) -> bool:
        """Whether even the sum over so many episodes is left out."""
        return 0 < episodes < self.least

    def amounts(self, rows: Sequence[tuple[int, int]], written: Callable[[int], str] = dollars) -> tuple[str, ...]:
        """Dollars of rows of (episodes, cents), each written or left out."""
        shown = shown_rows([episodes for episodes, _ in rows], self.least)
        return tuple(written(cents) if may else LEFT_OUT for (_, cents), may in zip(rows, shown, strict=True))

    def note(self, grid: Grid) -> str:
        """What a table says whose dollars are left out in places."""
        left = any(LEFT_OUT in row for row in (*grid.rows, grid.totals))
        return (
            f"Dollars are left out where fewer than {counted(self.least, 'episode')} would tell them: this message is not encrypted."
            if left
            else ""
        )


def tables_of(told: Told, discretion: Discretion) -> Iterator[MailTable]:
    """Every table of a message, the news first."""
    if told.changes is not None:
        yield _table(change_grid(told, told.changes, discretion), discretion)
    yield _table(queue_grid(told, discretion), discretion)
    if len({entry.line_of_business for entry in told.entries}) > 1:
        yield _table(business_grid(told.entries, discretion), discretion)


def change_grid(told: Told, changes: tuple[EpisodeChange, ...], discretion: Discretion) -> Grid:
    """What became of episodes and findings since the run before, and by how much dollars at risk went up or down."""
    groups = {change: [one for one in changes if one.change is change] for change in CHANGES}
    moved = {change: sum(one.at_risk_cents[1] - one.earlier_at_risk_cents[1] for one in rows) for change, rows in groups.items()}
    amounts = discretion.amounts([(len(rows), moved[change]) for change, rows in groups.items()], signed_dollars)
    rows = tuple(
        (CHANGES[change].word, f"{len(found):,}", f"{told.findings[change]:,}", amount)
        for (change, found), amount in zip(groups.items(), amounts, strict=True)
        if found or told.findings[change]
    )
    whole = LEFT_OUT if discretion.hides_total(len(changes)) else signed_dollars(sum(moved.values()))
    return Grid(
        caption=f"Since run {told.earlier}",
        headings=(*texts("Change"), *numbers("Episodes", "Findings", "At risk, by")),
        rows=rows,
        totals=("Sum", f"{len(changes):,}", f"{told.findings.total():,}", whole) if rows else (),
        note=_kinships(changes),
        empty="Neither run has an episode or a finding here.",
    )


def signed_dollars(cents: int) -> str:
    """An amount more or less than before."""
    return f"+{dollars(cents)}" if cents > 0 else f"−{dollars(-cents)}" if cents else dollars(0)


def _kinships(changes: Iterable[EpisodeChange]) -> str:
    kinds = Counter(one.kinship for one in changes)
    merged, split = kinds[Kinship.MERGED], kinds[Kinship.SPLIT]
    told = (
        f"{counted(merged, 'episode')} came of several that have become one." if merged else "",
        f"{counted(split, 'episode')} came of one that has come apart." if split else "",
    )
    return " ".join(filter(None, told))


def queue_grid(told: Told, discretion: Discretion) -> Grid:
    """The work queues: how many episodes, how many came and left, and their dollars at most."""
    amounts = discretion.amounts([(len(queue.entries), sum(entry.high for entry in queue.entries)) for queue in told.queues])
    return Grid(
        caption="Queues",
        headings=(*texts("Queue"), *numbers("Episodes", "Came", "Left", "At risk, at most")),
        rows=tuple(
            (queue.queue.name, f"{len(queue.entries):,}", _moved(queue.came), _moved(queue.left), amount)
            for queue, amount in zip(told.queues, amounts, strict=True)
        ),
        note="An episode may stand in several queues." if len(told.queues) > 1 else "",
    )


def _moved(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def business_grid(entries: tuple[Entry, ...], discretion: Discretion) -> Grid:
    """Episodes by line of business."""
    order = (*LINES_OF_BUSINESS, NOT_GIVEN)
    groups = {name: [entry for entry in entries if entry.line_of_business == name] for name in order}
    groups = {name: rows for name, rows in groups.items() if rows}
    amounts = discretion.amounts([(len(rows), sum(entry.high for entry in rows)) for rows in groups.values()])
    return Grid(
        caption="Lines of business",
        headings=(*texts("Line of business"), *numbers("Episodes", "At risk, at most")),
        rows=tuple((spaced(name), f"{len(rows):,}", amount) for (name, rows), amount in zip(groups.items(), amounts, strict=True)),
    )


def _table(grid: Grid, discretion: Discretion) -> MailTable:
    note = " ".join(filter(None, (grid.note, discretion.note(grid))))
    noted = Grid(grid.caption, grid.headings, grid.rows, grid.totals, note, grid.empty)
    return MailTable(noted, tuple(_lines(noted)))


def _lines(grid: Grid) -> Iterator[str]:
    """The table as aligned text: the first column to the left, numbers to the right."""
    rows = [tuple(str(cell) for cell in row) for row in ((*(heading.text for heading in grid.headings),), *grid.rows, grid.totals) if row]
    widths = [max(len(row[place]) for row in rows) for place in range(len(grid.headings))]
    for row in rows if grid.rows else ():
        cells = (
            cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield GAP.join(cells).rstrip()
