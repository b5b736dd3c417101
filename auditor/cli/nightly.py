"""``auditor nightly``: one night, unattended."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auditor.nightly.clock import Clock
    from auditor.nightly.journal import Entry
    from auditor.nightly.night import Night

config_option = click.option(
    "--config", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The settings of the nights, a TOML file."
)


@click.command(short_help="Audit what has arrived, unattended.")
@config_option
@click.option("--dry-run", is_flag=True, help="Say what a night would do now, and change nothing.")
@click.option("--log-json", is_flag=True, help="Log as JSON lines even on a terminal.")
def nightly(config: Path, dry_run: bool, log_json: bool) -> None:
    """Audit what has arrived: compare it with the last run, publish, record, mail, and prune.

    The same extract again is "unchanged": no second run, and no second mail.

    \b
    Example:
        auditor nightly --config nightly.toml
    """
    from auditor.cli.partners import plugs_for
    from auditor.nightly.account import UNCHANGED
    from auditor.nightly.hold import hold, night_id
    from auditor.nightly.journal import Journal
    from auditor.nightly.night import Night
    from auditor.nightly.settings_file import read_settings

    warnings.simplefilter("ignore")
    settings, clock = read_settings(config), system_clock()
    journal = Journal(
        night_id(settings.name, clock.at()), clock, (lambda entry: None) if dry_run else log_writer(settings.watch.log, log_json)
    )
    plugs = plugs_for(settings, clock, config)
    night = Night(settings, plugs.peek if dry_run else plugs.open, clock, journal, plugs.alarm, plugs.fetch if settings.warehouse else None)
    if dry_run:
        say_plan(night)
        return
    account = hold(night)
    run = account.run or (account.latest if account.outcome == UNCHANGED else "")
    click.echo(": ".join(filter(None, (account.outcome, run, account.why))), err=not account.good)
    sys.exit(int(account.exit_code))


def say_plan(night: Night) -> None:
    """What a night would do, line by line."""
    from auditor.nightly.dry_run import plan

    with night.partners() as partners:
        for line in plan(night, partners):
            click.echo(line)


def system_clock() -> Clock:
    """The clock of the machine, in its own time zone."""
    from auditor.nightly.clock import Clock

    return Clock(lambda: datetime.now().astimezone(), time.monotonic, time.sleep)


def log_writer(log: Path | None, as_json: bool) -> Callable[[Entry], None]:
    """Where log lines go: to the file named, else to the error stream; as JSON, but for a person at a terminal."""
    if log is not None:
        return file_writer(log)
    if as_json or not sys.stderr.isatty():
        return write_to_stderr
    return terminal_writer()


def write_to_stderr(entry: Entry) -> None:
    """A line of JSON on the error stream."""
    click.echo(entry.as_json(), err=True)


def file_writer(log: Path) -> Callable[[Entry], None]:
    """Lines of JSON at the end of a file; a line that cannot be written there goes to the error stream."""
    from auditor.private_files import append_line

    def write(entry: Entry) -> None:
        try:
            append_line(log, entry.as_json())
        except OSError:
            write_to_stderr(entry)

    return write


def terminal_writer() -> Callable[[Entry], None]:
    """For a person: a line a stage, without its steps."""
    from rich.console import Console
    from rich.text import Text

    from auditor.nightly.journal import Event

    console = Console(stderr=True, highlight=False)
    styles = {Event.NOTICE: "yellow", Event.TROUBLE: "bold red", Event.STAGE: "dim"}

    def write(entry: Entry) -> None:
        if entry.event in (Event.BEGAN, Event.STEP):
            return
        said = {
            Event.STAGE: f"{entry.stage} …",
            Event.DONE: f"{entry.stage} ✓ {entry.seconds:.1f} s" if entry.seconds is not None else entry.stage,
            Event.ENDED: f"{entry.outcome} (exit {entry.exit_code})",
        }.get(entry.event, entry.why)
        console.print(Text(f"{entry.at:%H:%M:%S}  {said}", style=styles.get(entry.event, "")))

    return write
