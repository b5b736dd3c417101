"""``auditor rerun``: repeats a run from its recorded inputs, and proves the same bytes."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from auditor.cli.options import json_option, progress
from auditor.cli.reference import folder_to_read
from auditor.errors import NotTheSame

if TYPE_CHECKING:
    from auditor.runs import RunFolder
    from auditor.runs.rerun import Rerun


@click.command(short_help="Repeat a run, and prove the same bytes.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--from", "moved_to", type=click.Path(path_type=Path, file_okay=False), help="Where the inputs lie now, if they were moved.")
@click.option(
    "--reference-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where reference releases are installed.  [default: where the run found them]",
)
@json_option
def rerun(run: Path, moved_to: Path | None, reference_dir: Path | None, as_json: bool) -> None:
    """Repeat RUN from the inputs and the rules it recorded, in a folder that is thrown away, and compare every file.

    \b
    Example:
        auditor rerun runs/2026-11-22-001
    """
    from auditor.runs import open_run
    from auditor.runs.recorded import moved, read_origin
    from auditor.runs.rerun import rerun as repeat

    folder = open_run(run)
    refuse_altered(folder)
    origin = read_origin(folder)
    origin = moved(origin, moved_to) if moved_to else origin
    origin = replace(origin, reference=folder_to_read(reference_dir)) if reference_dir else origin
    with progress(quiet=as_json) as stage, TemporaryDirectory(prefix="auditor-rerun-") as scratch:
        done = repeat(folder, origin, Path(scratch), stage)
    click.echo(json.dumps(asdict(done), indent=2) if as_json else "\n".join(lines(done)))
    if not done.proved:
        raise NotTheSame(f"{done.run}: the rerun came to other bytes.")


def refuse_altered(run: RunFolder) -> None:
    """NotTheSame for a run that is not what it was: nothing can be proved of it."""
    from auditor.runs.verify import verify_run

    found = verify_run(run.path)
    if not found.whole:
        names = ", ".join((*found.missing, *found.added, *found.altered))
        raise NotTheSame(f"{run.name}: the run was altered since it was published ({names}); `auditor verify` says how.")


def lines(done: Rerun) -> list[str]:
    """One line, one for each file that is not the same, and what explains it."""
    whole = done.same + len(done.differ) + len(done.missing)
    told = [f"  {word}: {name}" for word in ("differ", "missing", "added") for name in getattr(done, word)]
    return [f"{done.run}: {done.same} of {whole} files came out with the same bytes", *told, *(f"  note: {note}" for note in done.notes)]
