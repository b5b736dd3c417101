"""``auditor schema``: the tables an extract may hold, and the tables a run leaves."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from auditor.cli.options import json_option
from auditor.results import RESULTS, ResultTable
from auditor.tables import CANONICAL, Table

NAMES = [table.name for table in (*CANONICAL, *RESULTS)]


@click.command(short_help="Show the columns of an extract or a result.")
@click.argument("name", required=False, metavar="[TABLE]")
@json_option
def schema(name: str | None, as_json: bool) -> None:
    """Show the columns of every table, or of TABLE.

    \b
    Example:
        auditor schema events
    """
    chosen = [table for table in (*CANONICAL, *RESULTS) if name in (None, table.name)]
    if not chosen:
        raise click.BadParameter(f"no such table; the tables are {', '.join(NAMES)}", param_hint="TABLE")
    if as_json:
        click.echo(json.dumps([asdict(table) for table in chosen], indent=2))
        return
    from rich.console import Console

    for table in chosen:
        Console().print(_draw(table))


def _draw(table: Table | ResultTable) -> object:
    from rich.table import Table as Grid

    grid = Grid(title=f"{table.name}: one row is {table.row}", title_justify="left", box=None, pad_edge=False)
    for heading in ("column", "type", "", "meaning"):
        grid.add_column(heading, overflow="fold")
    for column in table.columns:
        required = "required" if getattr(column, "required", False) else ""
        choices: tuple[str, ...] = getattr(column, "choices", ())
        words = f" ({', '.join(choices)})" if choices else ""
        grid.add_row(column.name, column.kind, required, column.meaning + words)
    return grid
