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


@click.command(short_help="Send the mail of a run that was not sent.")
@click.argument("run")
@config_option
@click.option("--again", metavar="GROUP", help="Send it to this group again, whatever became of it.")
@click.option("--preview", type=click.Path(file_okay=False, path_type=Path), help="Write the messages into this folder; send nothing.")
def mail(run: str, config: Path, again: str | None, preview: Path | None) -> None:
    """Send what is owed of RUN, the name of a run. A message that may have arrived is not sent again unasked.

    \b
    Example:
        auditor mail 2026-11-22-001 --config nightly.toml
    """
    from auditor import mail as post
    from auditor.nightly.settings_file import read_settings
    from auditor.runs import lock_folder, open_run

    settings = read_settings(config)
    folder = open_run(settings.run.out / Path(run).name)
    with lock_folder(settings.run.out), open_desk(settings, config.resolve().parent) as desk:
        if preview is not None:
            click.echo("\n".join(map(str, post.preview(desk, folder, preview))))
            return
        if again is not None:
            delivered = post.deliver_again(desk, folder, again)
        else:
            post.owe(desk, folder)
            delivered = post.deliver_pending(desk, only=folder)
    say(delivered)
    sys.exit(int(delivered.exit_code))


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
