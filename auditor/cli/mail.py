"""``auditor mail``: sends what is owed of a run, sends it again, or shows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.nightly import config_option, system_clock

if TYPE_CHECKING:
    from auditor.mail import Delivered, Desk
    from auditor.nightly.settings import NightlySettings
    from auditor.runs import RunFolder


@click.command(short_help="Send mail that was not sent.")
@click.argument("run", required=False)
@config_option
@click.option("--again", metavar="GROUP", help="Send it to this group again, whatever became of it.")
@click.option("--preview", type=click.Path(file_okay=False, path_type=Path), help="Write the messages into this folder; send nothing.")
def mail(run: str | None, config: Path, again: str | None, preview: Path | None) -> None:
    """Send what is owed of RUN, the name of a run, or all that is owed. A message that may have arrived is not sent again unasked.

    \b
    Example:
        auditor mail --config nightly.toml
        auditor mail 2026-11-22-001 --config nightly.toml
    """
    from auditor import mail as post
    from auditor.nightly.settings_file import read_settings
    from auditor.runs import lock_folder, open_run

    settings = read_settings(config)
    if run is None and (again or preview):
        raise click.UsageError("--again and --preview are of one run: name it.")
    folder = open_run(settings.run.out / Path(run).name) if run else None
    with lock_folder(settings.run.out), open_desk(settings, config.resolve().parent) as desk:
        if folder and preview:
            click.echo("\n".join(map(str, post.preview(desk, folder, preview))))
            return
        delivered = send(desk, folder, again)
    say(delivered)
    sys.exit(int(delivered.exit_code))


def send(desk: Desk, run: RunFolder | None, again: str | None) -> Delivered:
    """Sends what is owed of a run, or of all; to a group ``again``, whatever became of it."""
    from auditor import mail as post

    if run and again:
        return post.deliver_again(desk, run, again)
    if run:
        post.owe(desk, run)
    return post.deliver_pending(desk, only=run)


@contextmanager
def open_desk(settings: NightlySettings, folder: Path) -> Iterator[Desk]:
    """The desk that these settings describe; secret files lie in ``folder`` where no other is named."""
    from auditor.errors import SettingsRefused
    from auditor.mail import Desk
    from auditor.nightly.remembered import open_for_night
    from auditor.secrets import secrets_from

    if settings.mail is None:
        raise SettingsRefused("--config: [mail] is missing. configs/nightly.example.toml shows one.")
    fetch, clock = secrets_from(os.environ, folder), system_clock()
    with open_for_night(settings, fetch, clock) as remembered:
        assert remembered is not None  # settings with [mail] and without [ledger] are refused when they are read
        ledger = remembered.ledger
        yield Desk(ledger, settings.run.out, settings.mail, fetch, lambda run: ledger.changes(run.name), clock.at)


def say(delivered: Delivered) -> None:
    """What became of the messages, and why of those that were not sent."""
    counts = {"sent": delivered.sent, "owed": delivered.owed, "refused": delivered.refused, "may have arrived": delivered.uncertain}
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items() if number) or "nothing to send")
    for trouble in delivered.troubles:
        click.echo(f"auditor: {trouble}", err=True)
