"""By hand: an extract of which so many lines are listed that there are about so many episodes; the audit of it, and its stages.

python -m benchmarks.episodes [--episodes 100000] [--folder FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.extracts import Size, make_extract
from benchmarks.measuring import Limits, measure

LISTED = 0.2
LISTED_LINES_AN_EPISODE = 5.3


def size_for(episodes: int) -> Size:
    """The size at which about so many episodes come of the listed lines."""
    return Size(round(episodes * LISTED_LINES_AN_EPISODE / LISTED), LISTED)


@click.command()
@click.option("--episodes", default=100_000, show_default=True, help="About how many.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the extract is, or goes, and stays.")
@click.option("--minutes", default=60.0, show_default=True, help="After which it did not finish.")
@click.option("--gigabytes", default=16.0, show_default=True, help="Beyond which it did not finish.")
def main(episodes: int, folder: Path | None, minutes: float, gigabytes: float) -> None:
    """Audit an extract of about so many episodes."""
    size = size_for(episodes)
    with TemporaryDirectory() as scratch:
        extract = make_extract(size, folder or Path(scratch) / "extract")
        found = measure("whole_audit", extract, Path(scratch) / "out", Limits(round(minutes * 60), gigabytes))
    if found.unfinished:
        raise click.ClickException(f"{size.name}, {size.listed:.0%} listed: {found.unfinished}")
    told = found.told["episodes"]
    click.echo(f"{size.name}, {size.listed:.0%} listed: {told:,} episodes")
    click.echo(f"{'':26}{'wall s':>9}{'CPU s':>9}")
    for stage, (wall, cpu) in found.told["stages"].items():
        click.echo(f"{stage:26}{wall:9.1f}{cpu:9.1f}")
    click.echo(f"{'audit':26}{found.wall:9.1f}{found.cpu:9.1f}, {found.peak:,.0f} MB at most")
    click.echo(f"CPU ms an episode: {1000 * found.cpu / told:.2f}")


if __name__ == "__main__":
    main()
