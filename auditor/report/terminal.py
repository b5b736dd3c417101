"""A sheet on a terminal: tables where they fit, and where they do not, every row as a card."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outcomes import Word
from auditor.report.explain import STYLES
from auditor.report.phrases import NOTHING
from auditor.report.sheet import Section, Sheet
from auditor.report.view import Cell, Grid, Heading

RIGHT = ("numeric", "interval")
LEAST_WIDE = 22
UNBOUNDED = 10_000
ROWS_SHOWN = 15


def show(page: Sheet, console: Console) -> None:
    """Prints the sheet for the width of the console."""
    console.print(Text(page.title, style="bold"))
    for label, told in page.stamp:
        console.print(Text.assemble((f"{label:<9}", "dim"), told))
    for figure in page.figures:
        console.print(Text.assemble((f"{figure.label:<18}", "dim"), (figure.value, "bold"), (f"  {figure.note}", "dim")))
    if page.nothing:
        console.print(Text(f"\n{page.nothing}", style="bold"))
    if page.notices:
        console.print(Text(f"\n{page.heed}", style="bold yellow"))
    for notice in page.notices:
        console.print(Padding(Text(f"• {notice}"), (0, 0, 0, 1)))
    for section in page.sections:
        console.print(_section(section, console))


def _section(section: Section, console: Console) -> RenderableType:
    return Group(Text(f"\n{section.title}", style="bold underline"), *(part for grid in section.grids for part in _grid(grid, console)))


def _grid(grid: Grid, console: Console) -> Iterator[RenderableType]:
    yield Text(f"\n{grid.caption}", style="bold")
    if not grid.rows:
        yield Text(grid.empty)
        return
    drawn = _table(grid)
    fits = Measurement.get(console, console.options.update_width(UNBOUNDED), drawn).minimum <= console.width
    yield drawn if fits else Group(*_cards(grid))
    if len(grid.rows) > ROWS_SHOWN:
        yield Text(f"The first {ROWS_SHOWN} of {len(grid.rows):,}; all of them are in --html and --json.", style="dim")
    if grid.note:
        yield Text(grid.note, style="dim")


def _table(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_footer=bool(grid.totals), header_style="dim", footer_style="bold")
    for place, heading in enumerate(grid.headings):
        table.add_column(
            Text(heading.text),
            Text(grid.totals[place]) if grid.totals else "",
            justify="right" if heading.kind in RIGHT else "left",
            min_width=LEAST_WIDE if heading.kind == "wide" else None,
            no_wrap=heading.kind in RIGHT and " " not in heading.text,
            overflow="fold",
        )
    for row in grid.rows[:ROWS_SHOWN]:
        table.add_row(*map(_cell, row))
    return table


def _cards(grid: Grid) -> Iterator[RenderableType]:
    """Every row as its first cell, and under it what each other heading says of it."""
    for row in grid.rows[:ROWS_SHOWN]:
        yield _cell(row[0])
        yield from _told(grid.headings[1:], row[1:])
    if grid.totals:
        yield Text(grid.totals[0], style="bold")
        yield from _told(grid.headings[1:], grid.totals[1:])


def _told(headings: tuple[Heading, ...], cells: tuple[Cell, ...]) -> Iterator[RenderableType]:
    for heading, cell in zip(headings, cells, strict=True):
        if cell not in ("", NOTHING):
            yield Padding(Text.assemble((f"{heading.text}: ", "dim"), _cell(cell)), (0, 0, 0, 2))


def _cell(cell: Cell) -> Text:
    return Text(f"{cell.symbol} {cell.word}", style=STYLES[cell.tone]) if isinstance(cell, Word) else Text(cell)
