"""Options that several commands take."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from auditor.errors import SettingsRefused

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

policy_option: Option = click.option(
    "--policy", "policy_name", default="pacificsource-ino", show_default=True, help="Policy name, or a policy file."
)
set_option: Option = click.option(
    "--set", "overrides", multiple=True, metavar="READING=VALUE", help="Try another value of a reading (may be repeated)."
)
as_of_option: Option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day the report speaks from; today if not given."
)
json_option: Option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


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
