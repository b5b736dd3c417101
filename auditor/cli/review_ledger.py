"""``auditor review list`` and ``auditor review set``: what people decided, as the ledger keeps it."""

from __future__ import annotations

import json
from datetime import datetime

import click

from auditor.cli.history import OpenLedger, draw_decisions
from auditor.cli.ledger_options import ledger_options
from auditor.cli.options import as_of_day, json_option
from auditor.review import DECISIONS, Decision


@click.command("list", short_help="List what was decided, and what of it stands.")
@click.option("--all", "lapsed_too", is_flag=True, help="Lapsed decisions too, and why they lapsed.")
@ledger_options
@json_option
def list_decisions(lapsed_too: bool, open_it: OpenLedger, as_json: bool) -> None:
    """List the decisions that stand.

    \b
    Example:
        auditor review list --ledger runs/ledger.sqlite
    """
    from auditor.changes.files import plain

    with open_it() as ledger:
        found = tuple(one for one in ledger.dispositions() if one.stands or lapsed_too)
    if as_json:
        click.echo(json.dumps(plain(found), indent=2))
        return
    from rich.console import Console

    Console().print(draw_decisions(found))


@click.command("set", short_help="Decide of a finding, or of an episode.")
@click.argument("episode")
@click.argument("decision", type=click.Choice([decision.value for decision in Decision]))
@click.option("--finding", "finding_id", help="The finding's number, such as C-02; the whole episode, if not given.")
@click.option("--paragraph", help="The finding's paragraph, where the episode has it of several.")
@click.option("--run", "run", help="The run that it is decided on; the last one, if not given.")
@click.option("--who", required=True, envvar="AUDITOR_REVIEWER", help="Who decides.")
@click.option("--why", default="", help="Why; kept as written.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which accepted_until lapses.")
@ledger_options
def set_decision(
    episode: str,
    decision: str,
    finding_id: str | None,
    paragraph: str | None,
    run: str | None,
    who: str,
    why: str,
    until: datetime | None,
    open_it: OpenLedger,
) -> None:
    """Keep a DECISION of EPISODE, or of one of its findings. It takes the place of an earlier one.

    \b
    Example:
        auditor review set E0aab5467d19c upheld --finding C-04 --who "R. Nurse" --why "no approval found"
    """
    from auditor.errors import LedgerRefused
    from auditor.review import Disposition

    with open_it() as ledger:
        last = ledger.last_run()
        if last is None:
            raise LedgerRefused("no run is recorded yet, and so there is nothing to decide of.")
        day = until.date() if until else None
        given = Disposition(run or last.run, episode, finding_id, paragraph, Decision(decision), who, as_of_day(None), why, day)
        new = ledger.keep(given)
    click.echo(
        f"{episode} {finding_id or ''}: {DECISIONS[Decision(decision)].word}{'' if new else ', as was kept before'}".replace(" :", ":")
    )


# The group ``auditor review`` holds these beside ``import``.
LEDGER_COMMANDS = (list_decisions, set_decision)
