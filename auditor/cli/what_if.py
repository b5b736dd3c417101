"""``auditor what-if`` and ``auditor policy compare``: what other rules would come to over one extract. No run is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import as_of_day, as_of_option, extract_options, policy_option, progress, read_overrides, set_option
from auditor.errors import AuditorError, SettingsRefused

if TYPE_CHECKING:
    from auditor.report.sheet import Sheet
    from auditor.settings import Settings
    from auditor.workbench.variants import Rules

out_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write it as a page and CSV files into this folder."
)


@click.command("what-if", short_help="Say what other readings would come to.")
@extract_options
@policy_option
@set_option
@click.option("--sweep", "swept", metavar="READING=FROM..TO", help="Try every value of a range, such as day_limit=10..21.")
@as_of_option
@out_option
def what_if(
    extracts: tuple[str, ...],
    profile: str,
    time_zone: str | None,
    memory: str,
    threads: int | None,
    policy_name: str,
    overrides: tuple[str, ...],
    swept: str | None,
    as_of: datetime | None,
    out: Path | None,
) -> None:
    """Say which episodes of EXTRACTS would change, and by how many dollars, if readings of the policy were otherwise.

    \b
    Example:
        auditor what-if data_samples --set taper_grace_h=0
        auditor what-if data_samples --sweep day_limit=10..21 --out trial
    """
    from auditor.workbench.variants import Rules

    if not overrides and not swept:
        raise SettingsRefused("what-if needs --set READING=VALUE or --sweep READING=FROM..TO. `auditor policy show` lists the readings.")
    settings = _settings(extracts, profile, time_zone, as_of, memory=memory, threads=threads, policy=policy_name)
    readings = read_overrides(overrides)
    changed = Rules(", ".join(f"{name}={value}" for name, value in readings.items()) or "the policy as it is", policy_name, readings)
    if swept:
        try_sweep(settings, changed, swept, out)
    else:
        try_rules(settings, Rules("the policy as it is", policy_name), changed, out)


@click.command(short_help="Say what another policy would come to.")
@click.argument("one")
@click.argument("other")
@extract_options
@as_of_option
@out_option
def compare(
    one: str,
    other: str,
    extracts: tuple[str, ...],
    profile: str,
    time_zone: str | None,
    memory: str,
    threads: int | None,
    as_of: datetime | None,
    out: Path | None,
) -> None:
    """Say which episodes of EXTRACTS change, and by how many dollars, from policy ONE to policy OTHER (names or files).

    \b
    Example:
        auditor policy compare pacificsource-ino drafts/pacificsource-ino.2027-01-01.yaml data_samples
    """
    from auditor.workbench.variants import Rules

    settings = _settings(extracts, profile, time_zone, as_of, memory=memory, threads=threads, policy=one)
    names = (one, other) if one != other else (one, f"{other}, again")
    try_rules(settings, Rules(names[0], one), Rules(names[1], other), out)


def _settings(extracts: tuple[str, ...], profile: str, time_zone: str | None, as_of: datetime | None, **others: Any) -> Settings:
    from auditor.settings import Settings

    paths = tuple(Path(path) for path in extracts)
    return Settings(paths=paths, profile=profile, time_zone=time_zone, as_of=as_of_day(as_of), **others)


def try_rules(settings: Settings, before: Rules, after: Rules, out: Path | None) -> None:
    """Audits one extract under both, and tells what differs."""
    from auditor.workbench.shifts import find_shift
    from auditor.workbench.tables import write_shift
    from auditor.workbench.told import Trial, shift_sheet
    from auditor.workbench.variants import load_rules, take_to_bench

    for rules in (before, after):  # refused before the extract is read
        load_rules(rules, settings)
    with progress(quiet=False) as stage, take_to_bench(settings, progress=stage) as bench:
        frames = [bench.audit(rules).frames for rules in (before, after)]
    shift = find_shift((before.name, after.name), *frames)
    tell(shift_sheet(shift, Trial(settings.as_of, settings.profile)), out, lambda folder: write_shift(shift, folder))


def try_sweep(settings: Settings, rules: Rules, swept: str, out: Path | None) -> None:
    """Audits one extract under every value of a reading, and tells what each comes to."""
    from auditor.workbench.sweep import read_sweep, run_sweep
    from auditor.workbench.tables import write_sweep
    from auditor.workbench.told import Trial, sweep_sheet
    from auditor.workbench.variants import take_to_bench

    sweep = read_sweep(swept)
    with progress(quiet=False) as stage, take_to_bench(settings, progress=stage) as bench:
        steps = run_sweep(bench, rules, sweep, stage)
    sheet = sweep_sheet(sweep.reading, steps, Trial(settings.as_of, settings.profile))
    tell(sheet, out, lambda folder: write_sweep(sweep.reading, steps, folder))


def tell(sheet: Sheet, out: Path | None, write_tables: Callable[[Path], None]) -> None:
    """Prints the sheet, and writes its page and tables where a folder was named."""
    from rich.console import Console

    from auditor.report.sheet import write_sheet
    from auditor.report.terminal import show

    show(sheet, Console())
    if out:
        try:
            out.mkdir(parents=True, exist_ok=True)
            write_tables(out)
        except OSError as fault:
            raise AuditorError(f"--out: the folder cannot be written ({fault.strerror}). Choose another.") from fault
        write_sheet(sheet, out / "what-if.html", "--out")
        click.echo(f"Page and tables: {out}")
