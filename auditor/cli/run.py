"""``auditor run``: audits an extract and publishes the run in a folder of its own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from auditor.cli.masking import read_mask
from auditor.cli.options import (
    as_of_day,
    as_of_option,
    json_option,
    policies_option,
    progress,
    read_overrides,
    set_option,
    warehouse_options,
)
from auditor.cli.reference import folder_to_read, reference_option
from auditor.cli.spark import SparkWanted, auditing_by, engine_options
from auditor.errors import NothingToAudit

if TYPE_CHECKING:
    from auditor.pipeline import AuditResult
    from auditor.runs.make import Published


@click.command(short_help="Audit an extract and publish a report.")
@warehouse_options
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Where runs are kept; each gets its own folder.",
)
@click.option("--show-members", is_flag=True, help="Write member ids in full in report, pages and workbook; else their last characters.")
@click.option("--since", type=click.Path(file_okay=False, path_type=Path), help="The folder of an earlier run, to say what changed since.")
@reference_option
@policies_option
@set_option
@click.option("--sensitivity", flag_value="unsigned", help="Say which determinations rest on a reading that nobody signed.")
@click.option("--sensitivity-all", "sensitivity", flag_value="all", help="The same of every reading, signed or not.")
@as_of_option
@click.option("--mask", is_flag=True, help="Put keyed tokens in place of identifiers, everywhere in the run.")
@click.option(
    "--mask-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the key of the tokens, at least 16 bytes. [default: AUDITOR_MASK_KEY, else a key for this run alone]",
)
@engine_options
@json_option
def run(
    extracts: tuple[str, ...],
    warehouse: Path | None,
    profile: str,
    time_zone: str | None,
    out: Path,
    memory: str,
    threads: int | None,
    show_members: bool,
    since: Path | None,
    reference_dir: Path | None,
    policies: tuple[str, ...],
    overrides: tuple[str, ...],
    sensitivity: Literal["unsigned", "all"] | None,
    as_of: datetime | None,
    mask: bool,
    mask_key_file: Path | None,
    spark: SparkWanted,
    as_json: bool,
) -> None:
    """Audit EXTRACTS (folders, files or globs) and publish the run.

    \b
    Example:
        auditor run extracts/2026-11 --profile tuva --out runs
        auditor run --warehouse warehouse.toml --out runs
        auditor run extracts/2026-11 --engine spark --out runs
    """
    if bool(extracts or spark.tables) == bool(warehouse):
        raise click.UsageError("Missing argument 'EXTRACTS...', or --warehouse; name one of the two.")
    from auditor.cli.warehouse import extract_at_hand
    from auditor.runs import lock_folder, open_run
    from auditor.runs.make import Manner, make_run
    from auditor.settings import Settings

    settings = Settings(
        paths=tuple(Path(path) for path in extracts),
        profile=profile,
        policy=policies[0],
        beside=policies[1:],
        time_zone=time_zone,
        as_of=as_of_day(as_of),
        readings=read_overrides(overrides),
        memory=memory,
        threads=threads,
        reference=folder_to_read(reference_dir),
        show_members=show_members,
        sensitivity=sensitivity or "none",
    )
    masked = read_mask(mask, mask_key_file)
    earlier = open_run(since) if since else None
    with (
        lock_folder(out),
        progress(quiet=as_json) as stage,
        auditing_by(spark, out) as auditing,
        extract_at_hand(settings, warehouse, out, stage) as ready,
    ):
        published = make_run(ready, out, stage, Manner(masked, earlier, auditing))
    say(published, as_json)
    if published.result.nothing_to_audit:
        raise NothingToAudit(nothing_text(published.result))


def nothing_text(result: AuditResult) -> str:
    """Why nothing was audited; rows that were set aside may be what was missed."""
    from auditor.report.phrases import counted

    aside = sum(count.set_aside for count in result.facts.counts)
    told = f" It set aside {counted(aside, 'row')} that could not be trusted: mend them first." if aside else ""
    return f"the extract was read, and holds no line of the listed services and no sign of iNO.{told} The report says what was read."


def say(published: Published, as_json: bool) -> None:
    """The ten-line summary, or the manifest with the run's folder."""
    if as_json:
        manifest = json.loads((published.folder / "manifest.json").read_text(encoding="utf-8"))
        click.echo(json.dumps({"run": str(published.folder), **manifest}, indent=2))
        return
    from auditor.changes.files import summary_line
    from auditor.report.summary import LABEL_WIDTH, summary_text

    click.echo(summary_text(published.result.frames, published.result.facts))
    if published.changes:
        click.echo(f"{'Changes':<{LABEL_WIDTH}}{summary_line(published.changes)}")
    click.echo(f"Report: {published.folder / 'report.html'}")
