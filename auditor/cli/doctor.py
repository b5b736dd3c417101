"""``auditor doctor``: whether the next night can be held."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.nightly import config_option, system_clock
from auditor.cli.options import json_option

if TYPE_CHECKING:
    from auditor.nightly.doctor import Check, Examine
    from auditor.nightly.night import Night
    from auditor.nightly.settings import NightlySettings


@click.command(short_help="Check that the next night can be held.")
@config_option
@json_option
def doctor(config: Path, as_json: bool) -> None:
    """Check the set-up of the nights: a line each, with what was found and what to do. Nothing is changed or sent.

    \b
    Example:
        auditor doctor --config nightly.toml
    """
    from auditor.nightly.doctor import examine, worst
    from auditor.nightly.settings_file import read_settings

    checks = []
    for check in examine(all_checks(read_settings(config), config)):
        checks.append(check)
        if not as_json:
            say_check(check)
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    sys.exit(int(worst(checks)))


def say_check(check: Check) -> None:
    """One line, in colour on a terminal."""
    from auditor.nightly.doctor import Health

    colour = {Health.WELL: "green", Health.WATCH: "yellow", Health.MEND: "red"}[check.health]
    click.echo(click.style(check.line[:1], fg=colour) + check.line[1:])


def all_checks(settings: NightlySettings, config: Path) -> Iterator[tuple[str, Examine]]:
    """Every check, in the order in which a night would come upon it."""
    from auditor.cli.doctor_warehouse import check_warehouse
    from auditor.cli.partners import plugs_for
    from auditor.nightly import doctor_links as links
    from auditor.nightly import doctor_places as places
    from auditor.nightly import doctor_rules as rules
    from auditor.nightly.journal import Journal
    from auditor.nightly.night import Night

    clock = system_clock()
    plugs = plugs_for(settings, clock, config)
    night = Night(settings, plugs.peek, clock, Journal("doctor", clock, lambda entry: None))
    yield "runs", lambda: places.check_folders(night)
    yield "disk", lambda: places.check_disk(night)
    yield "lock", lambda: places.check_lock(night)
    yield "clock", lambda: places.check_clock(night)
    yield "extract", lambda: places.check_extract(night)
    yield "warehouse", lambda: check_warehouse(night, plugs.secrets)
    yield "profile", lambda: check_profile(night)
    yield "policy", lambda: rules.check_policy(night)
    yield "references", lambda: rules.check_releases(night)
    yield "ledger", lambda: links.check_ledger(night, plugs.secrets)
    yield "mail", lambda: links.check_mail(night, plugs.secrets)
    yield "passwords", lambda: links.check_passwords(night, plugs.secrets)
    yield "certificates", lambda: links.check_certificates(night)
    yield "schedule", lambda: places.check_schedule(night)


def check_profile(night: Night) -> Iterator[Check]:
    """The profile loads."""
    from auditor.intake import load_profile
    from auditor.nightly.doctor import well

    warehouse = night.settings.warehouse
    yield well("profile", load_profile(warehouse.profile if warehouse else night.settings.extract.profile).name)
