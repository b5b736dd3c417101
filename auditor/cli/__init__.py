"""The command line: one short command a question. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

import sys

import click

from auditor.cli.check import check
from auditor.cli.doctor import doctor
from auditor.cli.explain import explain
from auditor.cli.history import history
from auditor.cli.nightly import nightly
from auditor.cli.pack import pack
from auditor.cli.policy import policy
from auditor.cli.profile import profile
from auditor.cli.reference import reference
from auditor.cli.rerun import rerun
from auditor.cli.review import review
from auditor.cli.review_ledger import LEDGER_COMMANDS
from auditor.cli.run import run
from auditor.cli.schema import schema
from auditor.cli.verify import verify
from auditor.cli.what_if import compare, what_if
from auditor.disk import is_full
from auditor.errors import AuditorError
from auditor.outcomes import EXIT_CODES, ExitCode
from auditor.version import VERSION

EPILOG = "Exit codes: " + "; ".join(f"{code.value} {meaning.split(';')[0]}" for code, meaning in EXIT_CODES.items()) + "."


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="auditor")
def commands() -> None:
    """Audits paid claims for inhaled nitric oxide against the payer's guideline.

    \b
    Example:
        auditor run extracts/2026-11 --out runs
    """


COMMANDS = (
    run,
    check,
    explain,
    what_if,
    history,
    nightly,
    doctor,
    review,
    verify,
    rerun,
    pack,
    policy,
    profile,
    reference,
    schema,
)
for command in COMMANDS:
    commands.add_command(command)
policy.add_command(compare)
for command in LEDGER_COMMANDS:
    review.add_command(command)


def main() -> None:
    """Runs a command; a user's mistake ends in one message and its exit code, never a traceback."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(mistake.exit_code)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(1)
    except AuditorError as mistake:
        click.echo(f"auditor: {mistake}", err=True)
        sys.exit(int(mistake.exit_code))
    except OSError as fault:
        if not is_full(fault):
            raise
        click.echo("auditor: the disk is full. No half of a run is left; free some space, and try again.", err=True)
        sys.exit(int(ExitCode.DISK_FULL))
