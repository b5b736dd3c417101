"""Options that several commands take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from auditor.errors import SettingsRefused

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def one_policy(context: click.Context, _: click.Parameter, named: tuple[str, ...]) -> str:
    """The one guideline that a command takes. SettingsRefused where several are named: the last would hide the others."""
    if len(named) > 1:
        raise SettingsRefused(f"`{context.command_path}` takes one guideline. Name one --policy, and run it again for each other.")
    return named[0]


policy_option: Option = click.option(
    "--policy",
    "policy_name",
    multiple=True,
    default=("pacificsource-ino",),
    show_default=True,
    callback=one_policy,
    help="Policy name, or a policy file.",
)
policies_option: Option = click.option(
    "--policy",
    "policies",
    multiple=True,
    default=("pacificsource-ino",),
    show_default=True,
    help="Policy name, or a policy file; repeated, further guidelines judge what is in their scope.",
)
set_option: Option = click.option(
    "--set", "overrides", multiple=True, metavar="READING=VALUE", help="Try another value of a reading (may be repeated)."
)
as_of_option: Option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day the report speaks from; today if not given."
)
EXTRACT_OPTIONS: tuple[Option, ...] = (
    click.argument("extracts", nargs=-1, required=True),
    click.option("--profile", default="native", show_default=True, help="How to read the files: a profile's name or file."),
    click.option("--time-zone", help="The facility's time zone, such as America/Boise, where times are given in UTC."),
    click.option("--memory", default="25%", show_default=True, help="Memory of the engine: an amount or a share of the machine."),
    click.option("--threads", type=click.IntRange(1), help="Threads of the engine; all, if not given."),
)
json_option: Option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def warehouse_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, where the extract may also be fetched from a database."""
    instead: tuple[Option, ...] = (
        click.argument("extracts", nargs=-1),
        click.option(
            "--warehouse", type=click.Path(dir_okay=False, path_type=Path), help="Fetch the extract by the queries of this file instead."
        ),
        *EXTRACT_OPTIONS[1:],
    )
    for option in reversed(instead):
        command = option(command)
    return command


def extract_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What to read, how, and with how much of the machine."""
    for option in reversed(EXTRACT_OPTIONS):
        command = option(command)
    return command


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line that says which stage is at work, on a terminal only."""
    from rich.console import Console

    console = Console(stderr=True, quiet=quiet)
    with console.status("starting") as status:
        yield lambda stage: status.update(stage)


def as_of_day(given: Any) -> date:
    """The day given, or today: the only place that reads the clock."""
    return given.date() if given else date.today()


def read_overrides(overrides: tuple[str, ...]) -> dict[str, object]:
    """``READING=VALUE`` pairs; a value is read as a number, true, false, a [list], or a word."""
    return dict(_pair(text) for text in overrides)


def _pair(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsRefused("--set takes READING=VALUE, for example --set taper_grace_h=0. `auditor policy show` lists the readings.")
    try:
        return name.strip(), json.loads(value)
    except json.JSONDecodeError:
        return name.strip(), value.strip()
