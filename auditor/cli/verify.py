"""``auditor verify``: whether runs and packs are what they were when they were made."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import json_option
from auditor.errors import AuditorError, NotTheSame, SettingsRefused

if TYPE_CHECKING:
    from auditor.packs import PackChecked
    from auditor.runs.chain import Link
    from auditor.runs.verify import Verified

LEDGER_PASSWORD, PACK_PASSWORD = "AUDITOR_LEDGER_PASSWORD", "AUDITOR_PACK_PASSWORD"


@click.command(short_help="Say whether runs and packs are what they were.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--ledger", help=f"The ledger whose chain to check too: a file, or an address. A password comes from {LEDGER_PASSWORD}.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings of the nights, which name that ledger.")
@json_option
def verify(paths: tuple[Path, ...], ledger: str | None, config: Path | None, as_json: bool) -> None:
    """Take every hash of each of PATHS again: a run, a folder of runs, or a sealed pack (.zip; its password from AUDITOR_PACK_PASSWORD).

    With a ledger, a folder of runs is also asked for every run that was recorded and not removed by retention.

    \b
    Example:
        auditor verify runs/2026-11-22-001
        auditor verify runs --ledger runs/ledger.sqlite
        auditor verify E0123456789ab.zip
    """
    links = _links(ledger, config)
    try:
        checked = [one for path in paths for one in _each(path, links)]
    except OSError as fault:
        raise AuditorError(f"{Path(str(fault.filename)).name}: cannot be read ({fault.strerror}). Ask for the right to read it.") from None
    if as_json:
        click.echo(json.dumps([asdict(one) for one in checked], indent=2))
    else:
        click.echo("\n".join(line for one in checked for line in lines(one)))
    if troubled := [one.run for one in checked if not one.whole]:
        raise NotTheSame(f"{len(troubled)} of {len(checked)} checked are not what they were: {', '.join(troubled)}.")


def _links(ledger: str | None, config: Path | None) -> tuple[Link, ...] | None:
    """The chain of the ledger that is named; None where none is."""
    from auditor.cli.ledger_options import part_of
    from auditor.ledger.links import read_links

    if config is None:
        return read_links(ledger, os.environ.get(LEDGER_PASSWORD)) if ledger else None
    if ledger is not None:
        raise click.UsageError("--ledger and --config both name a ledger; give one of them.")
    part, secrets = part_of(config)
    return read_links(part.url, secrets(part.password) if part.password else None)


def _each(path: Path, links: tuple[Link, ...] | None) -> Iterator[Verified | PackChecked]:
    """A pack or a run; of a folder of runs each in it, whatever is left of it, and those that the ledger misses."""
    from auditor.runs.names import RUN_NAME
    from auditor.runs.verify import is_run, missing_runs

    within = sorted(one for one in path.iterdir() if RUN_NAME.fullmatch(one.name) and one.is_dir()) if path.is_dir() else []
    lost = missing_runs({one.name for one in within}, links) if links and path.is_dir() and not is_run(path) else ()
    yield from (_check(one, links) for one in within or ([] if lost else [path]))
    yield from lost


def _check(path: Path, links: tuple[Link, ...] | None) -> Verified | PackChecked:
    from dataclasses import replace

    from auditor.runs.verify import chain_troubles, verify_run

    if path.suffix.lower() == ".zip":
        from auditor.packs import verify_pack

        pack = verify_pack(path, os.environ.get(PACK_PASSWORD))
        return replace(pack, chain=chain_troubles(pack.of_run, pack.manifest_sha256, links)) if links is not None else pack
    if not path.is_dir():
        raise SettingsRefused(f"{path.name}: there is no such run or pack. Name the folder of a run, or the .zip of a pack.")
    run = verify_run(path)
    return replace(run, chain=chain_troubles(run.run, run.manifest_sha256, links)) if links is not None else run


def lines(one: Verified | PackChecked) -> list[str]:
    """What is said of one run or pack: a line, and one for each thing that is wrong."""
    told = [f"  {word}: {name}" for word in ("missing", "added", "altered") for name in getattr(one, word)]
    told += [f"  {sentence}" for sentence in one.chain]
    state = "✓ whole" if one.whole else "✕ not what it was"
    return [f"{one.run}: {state}; {one.files} files, manifest {one.manifest_sha256 or 'missing'}", *told]
