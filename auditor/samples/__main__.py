"""The command ``python -m auditor.samples``: writes the curated sample, or a population of a given size."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.samples import SEED, write_samples
from auditor.samples.population import make_population, members_for, write_population


@click.command()
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--lines", type=click.IntRange(1), help="Write a population of so many claim lines instead of the curated sample.")
@click.option("--events", type=click.IntRange(0), help="Events of the population; in proportion to its lines unless given.")
@click.option("--members", type=click.IntRange(1), help="Members of the population; in proportion to its lines unless given.")
@click.option(
    "--listed", type=click.FloatRange(0, 1), help="Share of the population's lines that are listed; one in a hundred unless given."
)
@click.option("--format", "form", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True, help="How it is written.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed writes the same rows.")
def main(folder: Path, lines: int | None, events: int | None, members: int | None, listed: float | None, form: str, seed: int) -> None:
    """Writes synthetic claims and charts.

    \b
    python -m auditor.samples --out data_samples
    python -m auditor.samples --lines 5000000 --events 20000000 --out big
    """
    if lines is None:
        write_samples(folder, seed)
        return
    population = make_population(members or members_for(lines), seed, lines, events, listed)
    counts = write_population(population, folder, "csv" if form == "csv" else "parquet")
    click.echo(", ".join(f"{rows:,} {name}" for name, rows in counts.items()))


if __name__ == "__main__":
    main()
