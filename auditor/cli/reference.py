"""``auditor reference``: install quarterly coding edits and a plan's code lists, and see what is installed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from auditor.cli.options import json_option
from auditor.errors import ReferenceRefused

reference_option = click.option(
    "--reference-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where reference releases are installed.  [default: your data folder]",
)


def folder_to_read(given: Path | None) -> Path:
    """The folder of an audit: one that is named must be there."""
    if given is not None and not given.is_dir():
        raise ReferenceRefused(f"--reference-dir: there is no folder {given}. Name the folder that `auditor reference add` installed into.")
    return reference_folder(given)


def reference_folder(given: Path | None) -> Path:
    """The folder given, else the user's own: the only place that asks the environment for it."""
    home = os.environ.get("XDG_DATA_HOME")
    return given or (Path(home) if home else Path.home() / ".local" / "share") / "auditor" / "reference"


@click.group(short_help="Install or list reference files.")
def reference() -> None:
    """Install reference files as CMS publishes them each quarter, or list those installed.

    \b
    Example:
        auditor reference add medicare-ncci-2026q4-practitioner-ptp-edits-ccipra-v323r0-f1.zip
    """


@reference.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--setting", type=click.Choice(["practitioner", "hospital"]), help="Whose claims the file is for, where its name does not say so."
)
@click.option("--quarter", metavar="2026Q4", help="The quarter of the file, where its name does not say so.")
@click.option("--version", "version", help="What to call a plan's own list; its file's name, if not given.")
@click.option("--replace", "replace_other", is_flag=True, help="Exchange a release that is installed with other content.")
@reference_option
def add(
    files: tuple[Path, ...], setting: str | None, quarter: str | None, version: str | None, replace_other: bool, reference_dir: Path | None
) -> None:
    """Check FILES and install them. A file that cannot be trusted is refused, and what is installed stays as it was.

    \b
    Example:
        auditor reference add MCR_MUE_PractitionerServices_Eff_10-01-2026.csv
    """
    from auditor.releases import Hints, add_file

    for file in files:
        release = add_file(file, reference_folder(reference_dir), Hints(setting, quarter, version), replace_other)
        until = f"to {release.last_day}" if release.last_day else "without end"
        named = ", ".join(filter(None, (release.kind, release.setting, release.version, release.part and f"part {release.part}")))
        click.echo(f"{release.file}: {named}; {release.rows:,} rows, {release.first_day} {until}")


@reference.command("list")
@json_option
@reference_option
def list_releases(as_json: bool, reference_dir: Path | None) -> None:
    """List the installed releases, with the days they speak for and their SHA-256.

    \b
    Example:
        auditor reference list
    """
    from auditor.releases import installed_releases

    releases = installed_releases(reference_folder(reference_dir))
    if as_json:
        click.echo(json.dumps([asdict(release) for release in releases], indent=2, default=str))
        return
    if not releases:
        click.echo("none installed; audits use the small table shipped with the program")
    for release in releases:
        until = release.last_day or "…"
        named = " ".join(filter(None, (release.kind, release.setting, release.version, release.part)))
        click.echo(f"{named}: {release.first_day} to {until}, {release.rows:,} rows, {release.file}, sha256 {release.sha256}")
