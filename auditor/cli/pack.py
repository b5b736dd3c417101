"""``auditor pack``: one episode of a run as a sealed ZIP, with its rows and its proof."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from auditor.cli.explain import latest_run
from auditor.cli.rerun import refuse_altered
from auditor.cli.verify import PACK_PASSWORD
from auditor.errors import AuditorError


@click.command(short_help="Seal an episode in a ZIP that verifies by itself.")
@click.argument("episode")
@click.option(
    "--run", "folder", type=click.Path(path_type=Path), help="A run's folder, or the folder of runs: then its latest.  [default: runs]"
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it: a folder, or a .zip.  [default: EPISODE.zip here]")
@click.option("--from", "moved_to", type=click.Path(path_type=Path, file_okay=False), help="Where the inputs lie now, if they were moved.")
@click.option("--without-rows", is_flag=True, help="Leave out the rows of the extract; the inputs need not be there.")
@click.option("--encrypt", is_flag=True, help=f"Under AES-256, with the password of {PACK_PASSWORD}, or one that you are asked for.")
def pack(episode: str, folder: Path | None, out: Path | None, moved_to: Path | None, without_rows: bool, encrypt: bool) -> None:
    """Write EPISODE as a sealed ZIP: its page, result rows, source rows, the policy, and the proof that ties them to the run.

    \b
    Example:
        auditor pack E0123456789ab --run runs/2026-11-22-001 --out packs
    """
    from auditor import packs
    from auditor.packs.contents import pack_contents
    from auditor.private_files import write_whole
    from auditor.runs import open_run
    from auditor.runs.recorded import moved, read_origin, refuse_changed, settings_of

    run = open_run(latest_run(folder or Path("runs")))
    refuse_altered(run)
    with TemporaryDirectory(prefix="auditor-pack-") as scratch:
        settings = None
        if not without_rows:
            origin = moved(read_origin(run), moved_to) if moved_to else read_origin(run)
            refuse_changed(run, origin, releases_too=False)
            settings = settings_of(run, origin, Path(scratch))
        content = packs.pack_bytes(pack_contents(run, episode, settings))
    sealed = packs.encrypt(f"{episode}.zip", content, password()) if encrypt else content
    place = _place(out, episode)
    if place.exists() and (encrypt or place.read_bytes() != sealed):
        raise AuditorError(f"--out: {place.name} is already there; nothing is written over. Name another place.")
    try:
        write_whole(place, sealed)
    except OSError as fault:
        raise AuditorError(f"--out: {place.name} cannot be written ({fault.strerror}). Choose another place.") from fault
    click.echo(f"Pack: {place}; check it with `auditor verify {place.name}`")


def password() -> str:
    """From the environment, else asked for twice; it is never shown, and never an argument that others could read."""
    return os.environ.get(PACK_PASSWORD) or str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _place(out: Path | None, episode: str) -> Path:
    """A name that ends in .zip is the file; any other is a folder."""
    if out is not None and out.suffix.lower() == ".zip":
        return out
    return (out or Path()) / f"{episode}.zip"
