"""``make bench``: publishing five thousand episodes with their pages, against the audit of them; and the report in a browser.

Auditing with publishing, and publishing again from the files, run in a process each, so that peak memory is that of the whole command.
"""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.bench import AS_OF

LINES, EVENTS, SEED = 2_650_000, 6_000_000, 7
CHROMIUM = Path("/usr/bin/chromium")
OPENED = 5
TYPED = ("echo", "P-0000", "1992700111", "")
CHOSEN = (("determination", "insufficient_documentation"), ("queue", "director"), ("least", "5000"))
# From a change of a control until the next frame is drawn.
TIMED = """([name, value]) => new Promise((done) => {
  const form = document.getElementById("worklist-controls"), start = performance.now();
  const radio = form.querySelector(`input[type=radio][value="${value}"]`);
  if (name === "queue") radio.checked = true; else form.elements[name].value = value;
  form.elements.words.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def audit_and_publish(extract: Path, out: Path) -> None:
    """One process: what each half took, and the most memory the whole had."""
    from auditor import Settings, audit
    from auditor.report import publish

    start, cpu = time.perf_counter(), time.process_time()
    result = audit(Settings(paths=(extract,), as_of=AS_OF))
    audited, audited_cpu = time.perf_counter(), time.process_time()
    audited_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    publish(result.frames, result.facts, out)
    facts_of(out).write_bytes(pickle.dumps(result.facts))
    told = {
        "episodes": len(result.frames["episodes"]),
        "audit": [audited - start, audited_cpu - cpu, audited_mb],
        "publish": [
            time.perf_counter() - audited,
            time.process_time() - audited_cpu,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        ],
    }
    print(json.dumps(told))


def facts_of(run: Path) -> Path:
    """Where the facts of a run are kept between two processes."""
    return run.with_suffix(".facts")


def publish_from_files(run: Path, out: Path) -> None:
    """One process: the same run once more, from the files that it left."""
    from auditor.report import publish
    from auditor.shelf import FileShelf

    facts = pickle.loads(facts_of(run).read_bytes())
    start, cpu = time.perf_counter(), time.process_time()
    publish(FileShelf(run / "tables"), facts, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"from files": [time.perf_counter() - start, time.process_time() - cpu, peak]}))


def browse(page_file: Path) -> None:
    """How long the report takes to open, and the slowest of some filters; medians of several."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        opened = []
        for _ in range(OPENED):
            page.goto(page_file.as_uri())
            opened.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
        asked = [("words", word) for word in TYPED] + list(CHOSEN)
        filtered = {
            f"{name} {value or '(none)'}": median(page.evaluate(TIMED, [name, value]) for _ in range(OPENED)) for name, value in asked
        }
        browser.close()
    slowest = max(filtered, key=lambda name: filtered[name])
    click.echo(f"opens in {median(opened):.2f} s; filters in {filtered[slowest]:.0f} ms at most ({slowest})")


def in_a_process(*options: str | Path) -> dict[str, Any]:
    """What this program says of itself when it is run with these options."""
    command = [sys.executable, "-m", "benchmarks.report", *map(str, options)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def compare(told: dict[str, list[float]], episodes: int, run: Path) -> None:
    """The table of the two halves, and their ratio."""
    click.echo(f"{episodes:,} episodes, a page each; report.html {(run / 'report.html').stat().st_size / 1e6:.1f} MB")
    click.echo(f"{'':14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name in ("audit", "publish", "from files"):
        click.echo(f"{name:14}{told[name][0]:9.2f}{told[name][1]:9.2f}{told[name][2]:9.0f}")
    click.echo(f"{'ratio':14}{told['publish'][0] / told['audit'][0]:9.1f}{told['publish'][1] / told['audit'][1]:9.1f}")


@click.command()
@click.option("--lines", default=LINES, show_default=True)
@click.option("--events", default=EVENTS, show_default=True)
@click.option("--extract", type=click.Path(path_type=Path), hidden=True)
@click.option("--run", type=click.Path(path_type=Path), hidden=True)
@click.option("--out", type=click.Path(path_type=Path), hidden=True)
def main(lines: int, events: int, extract: Path | None, run: Path | None, out: Path | None) -> None:
    """Generate an extract of five thousand episodes, audit and publish it, and open the report."""
    if extract and out:
        audit_and_publish(extract, out)
        return
    if run and out:
        publish_from_files(run, out)
        return
    with TemporaryDirectory() as scratch:
        made, run = Path(scratch, "extract"), Path(scratch, "run")
        sizes = ["--lines", str(lines), "--events", str(events), "--out", str(made), "--seed", str(SEED)]
        subprocess.run([sys.executable, "-m", "auditor.samples", *sizes], check=True, stdout=subprocess.DEVNULL)
        told = in_a_process("--extract", made, "--out", run) | in_a_process("--run", run, "--out", Path(scratch, "again"))
        compare(told, told["episodes"], run)
        if CHROMIUM.exists():
            browse(run / "report.html")
        else:
            click.echo(f"no Chromium at {CHROMIUM}: the report was not opened")


if __name__ == "__main__":
    main()
