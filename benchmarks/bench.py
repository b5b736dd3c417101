"""``make bench``: the audit of seeded data at several sizes, beside the bare scan of its columns and what an analyst would write.

python -m benchmarks.bench --sizes 1 5x4 10 50 [--table] [--folder FOLDER]
python -m benchmarks.bench --quick

Every part runs in a process of its own, so that its memory is its own; one that takes too long or too much is stopped, and said so.
Ratios first: machines are noisy, and a shared one most of all.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.agreement import COMPARED, agree
from benchmarks.extracts import make_extract, read_size, sort_events
from benchmarks.measuring import Limits, Measure, measure
from benchmarks.table import AUDIT, BARE, DUCKDB, PANDAS, SORTED, Column, for_a_terminal, in_markdown, rows

SIZES, QUICK = ("1", "5x4", "10", "50"), ("1",)
PARTS = {BARE: "bare_scan", AUDIT: "whole_audit", SORTED: "whole_audit", PANDAS: "pandas_script", DUCKDB: "duckdb_script"}


def say(words: str) -> None:
    """Progress, beside what is printed."""
    print(words, file=sys.stderr, flush=True)


def measure_all(name: str, extracts: dict[str, Path], out: Path, given: argparse.Namespace) -> Column:
    """Every part at one size, the least of its runs by processor time; and whether the scripts agree with the audit."""
    limits = Limits(round(given.minutes * 60), given.gigabytes)
    parts: dict[str, Measure] = {}
    for part, run in PARTS.items():
        found = [measure(run, extracts.get(part, extracts[AUDIT]), out / part, limits) for _ in range(given.runs)]
        parts[part] = min(found, key=lambda one: (one.unfinished, one.cpu))
        say(f"{name}: {part}: {parts[part].unfinished or f'{parts[part].wall:.1f} s, CPU {parts[part].cpu:.1f} s'}")
    return Column(name, parts, {script: compare(parts, script, out) for script in (PANDAS, DUCKDB)})


def compare(parts: dict[str, Measure], script: str, out: Path) -> str:
    """Whether a script's answers are the audit's, in words."""
    if parts[AUDIT].unfinished or parts[script].unfinished:
        return "not compared"
    tables = {table: pd.read_parquet(out / AUDIT / f"{table}.parquet") for table in COMPARED}
    differ = agree(tables, pd.read_parquet(out / script / "answers.parquet"))
    return "; ".join(differ) or "agree on every one"


def bench(given: argparse.Namespace) -> list[Column]:
    """Each size in turn: its extract, made unless it is there, then every part."""
    columns = []
    with TemporaryDirectory() as scratch:
        place = given.folder or Path(scratch)
        for written in given.sizes:
            size = read_size(written)
            say(f"{size.name}: making the extract, and sorting its events")
            extract = make_extract(size, place / f"bench{written}")
            extracts = {AUDIT: extract, SORTED: sort_events(extract, place / f"bench{written}-sorted")}
            columns.append(measure_all(size.name, extracts, Path(scratch) / f"out{written}", given))
    return columns


def read_arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="Measures the audit beside a scan and two scripts.")
    parser.add_argument(
        "--sizes", nargs="+", default=SIZES, metavar="MILLIONS", help="Of lines, with 2 events each unless it says (default: 1 5x4 10 50)."
    )
    parser.add_argument("--quick", action="store_true", help="One million lines only: under two minutes on two cores.")
    parser.add_argument("--table", action="store_true", help="Print the table in Markdown.")
    parser.add_argument("--runs", type=int, default=1, help="Runs of each part, of which the least counts (default: 1).")
    parser.add_argument("--folder", type=Path, help="Where extracts are, or go, and stay: bench1, bench1-sorted and so on.")
    parser.add_argument("--minutes", type=float, default=15, help="After which a part did not finish (default: 15).")
    parser.add_argument("--gigabytes", type=float, default=16, help="Beyond which a part did not finish (default: 16).")
    given = parser.parse_args()
    given.sizes = QUICK if given.quick else given.sizes
    return given


def main() -> None:
    """Measures what was asked for, and prints the table."""
    given = read_arguments()
    table = rows(bench(given))
    print(in_markdown(table) if given.table else for_a_terminal(table))


if __name__ == "__main__":
    main()
