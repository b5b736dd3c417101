"""``auditor profile``: which column profiles there are, and a first one for a new kind of file."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.errors import AuditorError, SettingsRefused
from auditor.tables import CANONICAL


@click.group(short_help="List column profiles, or begin one.")
def profile() -> None:
    """List the column profiles, or write a first one for a new file.

    \b
    Example:
        auditor profile new claims.csv --out mine.yaml
    """


@profile.command(name="list")
def list_profiles() -> None:
    """List the profiles that come with the program.

    \b
    Example:
        auditor profile list
    """
    from auditor.intake import load_profile, profile_names

    for name in profile_names():
        click.echo(f"{name}: {load_profile(name).about}")


@profile.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--table", type=click.Choice([table.name for table in CANONICAL]), help="What a row of the file is; guessed, if not given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it (.yaml); printed, if not given.")
def new(file: Path, table: str | None, out: Path | None) -> None:
    """Write a first profile from the header of FILE, to be corrected.

    \b
    Example:
        auditor profile new claims.csv --out mine.yaml
    """
    from auditor.intake.first_profile import guess_table, read_names, write_profile

    guesses = guess_table(read_names(file), table)
    text = write_profile(guesses, file.name)
    if out is None:
        click.echo(text, nl=False)
        return
    if out.exists() or out.suffix not in (".yaml", ".yml"):
        raise SettingsRefused(f"--out: {out.name}: expected the name of a new file that ends in .yaml; nothing is written over.")
    write_new(text, out)
    missing = f"; no column was found for {', '.join(guesses.missing)}" if guesses.missing else ""
    click.echo(f"{out}: {guesses.table.name}, {len(guesses.single) + len(guesses.numbered)} columns guessed{missing}")


def write_new(text: str, path: Path) -> None:
    """The profile as a file; AuditorError where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise AuditorError(
            f"--out: {path.name} cannot be written ({fault.strerror}). Choose another place, or ask for the right to write there."
        ) from fault
