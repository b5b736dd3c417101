"""``auditor explain``: why an episode came out as it did."""

from __future__ import annotations

import json
from pathlib import Path

import click

from auditor.cli.options import json_option
from auditor.errors import SettingsRefused


@click.command(short_help="Say why an episode came out as it did.")
@click.argument("episode")
@click.option(
    "--run", "folder", type=click.Path(path_type=Path), help="A run's folder, or the folder of runs: then its latest.  [default: runs]"
)
@json_option
def explain(episode: str, folder: Path | None, as_json: bool) -> None:
    """Show each criterion of EPISODE with its outcome and the rows behind it.

    \b
    Example:
        auditor explain E0123456789ab
    """
    from auditor.report.explain import explain_data, explain_tree

    run = latest_run(folder or Path("runs"))
    if as_json:
        click.echo(json.dumps(explain_data(run, episode), indent=2, default=str))
        return
    from rich.console import Console

    Console().print(explain_tree(run, episode))


def latest_run(folder: Path) -> Path:
    """The folder itself if it is a run, else the last finished run in it."""
    if (folder / "_SUCCESS").exists():
        return folder
    runs = (
        sorted((path for path in folder.glob("*") if (path / "_SUCCESS").exists()), key=lambda path: path.name) if folder.is_dir() else []
    )
    if not runs:
        raise SettingsRefused(f"--run: {folder.name} holds no finished run. Make one with `auditor run EXTRACTS --out {folder.name}`.")
    return runs[-1]
