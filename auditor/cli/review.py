"""``auditor review``: what people decided of a run's findings."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from auditor.cli.history import OpenLedger
from auditor.cli.ledger_options import ledger_options
from auditor.cli.options import as_of_day
from auditor.cli.review_ledger import LEDGER_COMMANDS


@click.group(short_help="Take in, list or make decisions of reviewers.")
def review() -> None:
    """Take in what reviewers decided in a run's worklist, list it, or decide of one finding.

    \b
    Example:
        auditor review import worklist.xlsx --runs runs
    """


for command in LEDGER_COMMANDS:
    review.add_command(command)


@review.command("import")
@click.argument("worklist", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="The folder of runs, or the run's own folder. Decisions are kept in dispositions.csv in the folder of runs.",
)
@click.option("--keep-good", is_flag=True, help="Keep what can be taken, even where other rows are refused.")
@click.option("--into-ledger", is_flag=True, help="Keep them in the ledger, where they lapse when they should.")
@ledger_options
def import_decisions(worklist: Path, runs: Path, keep_good: bool, into_ledger: bool, open_it: OpenLedger) -> None:
    """Take the decisions written into WORKLIST, all or none; a row that cannot be matched or understood is refused by its number.

    \b
    Example:
        auditor review import worklist.xlsx --runs runs
    """
    from auditor.review.importing import import_worklist, keep
    from auditor.review.store import DISPOSITIONS, CsvStore
    from auditor.runs.folder import SUCCESS

    path = (runs.resolve().parent if (runs / SUCCESS).exists() else runs) / DISPOSITIONS
    with open_it() if into_ledger else nullcontext(CsvStore(path)) as store:
        imported = import_worklist(worklist, runs, store, today=as_of_day(None))
        keep(imported, store, keep_good)
    told = f"{len(imported.added)} new, {imported.held} kept before; {imported.undecided} rows undecided"
    click.echo(f"Decisions: {told}. They are kept in {'the ledger' if into_ledger else path}.")
