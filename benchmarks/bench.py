"""``make bench``: seeded lines and events, the bare scan of the columns the audit needs, the audit itself, and their ratio.

Each part runs in a process of its own, so that peak memory is its own. Ratios first: machines are noisy, and a shared one most of all.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from auditor.samples import SEED

AS_OF = date(2026, 11, 22)
LINE_COLUMNS = (
    "claim_id, claim_line_number, member_id, claim_line_start_date, claim_line_end_date, frequency_code, original_claim_id, claim_status, "
    "received_date, paid_date, hcpcs_code, revenue_center_code, line_description, "
    "claim_type, service_unit_quantity, line_of_business, state, facility_npi, billing_npi, billing_tin, "
    "charge_amount, allowed_amount, paid_amount, diagnosis_code_1, diagnosis_code_2"
)
EVENT_COLUMNS = 'member_id, start, "end", concept, code_system, code, status, unit, "value", facility, document_id'


def bare_scan(folder: Path) -> None:
    """Decodes every value of the needed columns, and does nothing else with them."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET memory_limit = '1GB'")
    for name, columns in (("claim_lines", LINE_COLUMNS), ("events", EVENT_COLUMNS)):
        hashed = ", ".join(f"bit_xor(hash({column}))" for column in columns.split(", "))
        connection.execute(f"SELECT {hashed} FROM read_parquet('{folder}/{name}.parquet')").fetchall()
    connection.close()


def whole_audit(folder: Path) -> None:
    """The audit to result frames, its stages timed."""
    from auditor import Settings, audit

    marks: list[tuple[str, float]] = []
    result = audit(Settings(paths=(folder,), as_of=AS_OF, memory="1GB"), progress=lambda stage: marks.append((stage, time.perf_counter())))
    ends = [moment for _, moment in marks[1:]] + [time.perf_counter()]
    stages = {stage: round(end - start, 2) for (stage, start), end in zip(marks, ends, strict=True)}
    rows = {name: len(frame) for name, frame in result.frames.items()}
    print(json.dumps({"stages": stages, "rows": rows}))


def publish_report(folder: Path) -> None:
    """The audit, published: report, pages, tables."""
    from auditor import Settings, audit
    from auditor.report import publish

    result = audit(Settings(paths=(folder,), as_of=AS_OF))
    start = time.perf_counter()
    with TemporaryDirectory() as out:
        publish(result.frames, result.facts, Path(out) / "run")
    print(json.dumps({"seconds": round(time.perf_counter() - start, 2), "episodes": len(result.frames["episodes"])}))


PARTS: dict[str, Callable[[Path], None]] = {"bare_scan": bare_scan, "whole_audit": whole_audit, "publish_report": publish_report}


def measure(part: str, folder: Path) -> dict[str, object]:
    """Wall and CPU seconds and peak megabytes of one part in a process of its own, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bench", "--part", part, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{part} failed")
    wall = time.perf_counter() - start
    return {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        **(json.loads(said) if said.strip() else {}),
    }


def compare(folder: Path, runs: int) -> None:
    """Bare scan and audit in turn, the best of each, and the ratio."""
    scans = [measure("bare_scan", folder)]
    audits = []
    for _ in range(runs):
        audits.append(measure("whole_audit", folder))
        scans.append(measure("bare_scan", folder))
    scan, audit = (min(found, key=lambda one: float(str(one["wall"]))) for found in (scans, audits))
    click.echo(f"{'':14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, one in (("bare scan", scan), ("whole audit", audit)):
        click.echo(f"{name:14}{one['wall']:9.2f}{one['cpu']:9.2f}{one['peak_mb']:9.0f}")
    click.echo(
        f"{'ratio':14}{float(str(audit['wall'])) / float(str(scan['wall'])):9.1f}{float(str(audit['cpu'])) / float(str(scan['cpu'])):9.1f}"
    )
    click.echo(f"stages: {audit['stages']}")
    click.echo(f"rows: {audit['rows']}")


@click.command()
@click.option("--lines", default=5_000_000, show_default=True)
@click.option("--events", default=20_000_000, show_default=True)
@click.option("--runs", default=2, show_default=True, help="Audits to take the best of.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the generated extract is, or goes, and stays.")
@click.option("--part", type=click.Choice(list(PARTS)), hidden=True)
def main(lines: int, events: int, runs: int, folder: Path | None, part: str | None) -> None:
    """Generate an extract, then time the bare scan and the audit of it."""
    if part and folder:
        PARTS[part](folder)
        return
    with TemporaryDirectory() as scratch:
        place = folder or Path(scratch)
        if not (place / "events.parquet").exists():
            command = [
                sys.executable,
                "-m",
                "auditor.samples",
                "--lines",
                str(lines),
                "--events",
                str(events),
                "--out",
                str(place),
                "--seed",
                str(SEED),
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        click.echo(f"{lines:,} claim lines, {events:,} events")
        compare(place, runs)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
