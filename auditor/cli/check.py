"""``auditor check``: how ready an extract is, before any verdict."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import as_of_day, as_of_option, extract_options, json_option, policy_option, progress, read_overrides, set_option
from auditor.errors import NothingToAudit

if TYPE_CHECKING:
    from auditor.readiness import Readiness


@click.command(short_help="Say how ready an extract is, before any verdict.")
@extract_options
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole of it as one page for a browser.")
@policy_option
@set_option
@as_of_option
@json_option
def check(
    extracts: tuple[str, ...],
    profile: str,
    time_zone: str | None,
    memory: str,
    threads: int | None,
    page: Path | None,
    policy_name: str,
    overrides: tuple[str, ...],
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Say what of EXTRACTS can be decided, what is missing, and whom to ask first. No verdict is told.

    \b
    Example:
        auditor check extracts/2026-11 --html readiness.html
    """
    from auditor.audits import check as check_extract
    from auditor.readiness.view import readiness_page
    from auditor.report.sheet import write_sheet
    from auditor.settings import Settings

    settings = Settings(
        paths=tuple(Path(path) for path in extracts),
        profile=profile,
        policy=policy_name,
        time_zone=time_zone,
        as_of=as_of_day(as_of),
        readings=read_overrides(overrides),
        memory=memory,
        threads=threads,
    )
    with progress(quiet=as_json) as stage:
        readiness = check_extract(settings, progress=stage)
    say(readiness, as_json)
    if page:
        write_sheet(readiness_page(readiness), page, "--html")
    if readiness.nothing_to_audit:
        raise NothingToAudit("the extract was read, and holds no line of the listed services and no sign of iNO.")


def say(readiness: Readiness, as_json: bool) -> None:
    """Everything as JSON, or as tables for the terminal."""
    from auditor.readiness.values import readiness_values
    from auditor.readiness.view import readiness_page
    from auditor.report.terminal import show

    if as_json:
        click.echo(json.dumps(readiness_values(readiness), indent=2))
        return
    from rich.console import Console

    show(readiness_page(readiness), Console())
