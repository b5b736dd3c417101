"""Seeded extracts for benchmarks: made once where they are asked for, and the same with events in the order of their members."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from auditor.samples import SEED

MILLION = 1_000_000
EVENTS_A_LINE = 2
LAST_WRITTEN = "authorizations.parquet"
SORTING = """
SET memory_limit = '2GB'; SET preserve_insertion_order = true;
COPY (FROM '{given}' ORDER BY member_id) TO '{sorted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1_000_000);
"""


@dataclass(frozen=True)
class Size:
    """So many lines, what share of them is listed (the usual one where it is not said), and so many events for each."""

    lines: int
    listed: float | None = None
    events_a_line: int = EVENTS_A_LINE

    @property
    def events(self) -> int:
        """As many as that comes to."""
        return self.events_a_line * self.lines

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.lines / MILLION:g} million lines, {self.events / MILLION:g} million events"


def read_size(written: str) -> Size:
    """A size as it is asked for: millions of lines, and for each the events where they are not two, as in 5x4. ValueError else."""
    millions, _, events = written.partition("x")
    return Size(round(float(millions) * MILLION), events_a_line=int(events or EVENTS_A_LINE))


def make_extract(size: Size, folder: Path) -> Path:
    """The extract of that size, written unless it is there."""
    if not (folder / LAST_WRITTEN).exists():
        command = [sys.executable, "-m", "auditor.samples", "--out", folder, "--seed", SEED, "--lines", size.lines, "--events", size.events]
        more = [] if size.listed is None else ["--listed", size.listed]
        subprocess.run([str(word) for word in (*command, *more)], check=True, stdout=subprocess.DEVNULL)
    return folder


def sort_events(extract: Path, folder: Path) -> Path:
    """The same extract with its events sorted by member, so that a reader may pass over row groups; written unless it is there."""
    if not (folder / LAST_WRITTEN).exists():
        import duckdb

        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("SET temp_directory = ?", [str(folder / "sorting")])
            connection.execute(SORTING.format(given=extract / "events.parquet", sorted=folder / "events.parquet"))
        for name in ("claim_lines.parquet", "members.parquet", LAST_WRITTEN):
            (folder / name).unlink(missing_ok=True)
            os.link(extract / name, folder / name)
    return folder
