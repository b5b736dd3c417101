"""The table of the benchmarks, and what is said of a part that came to no end. Nothing is timed here."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.episodes import size_for
from benchmarks.extracts import Size, make_extract, read_size, sort_events
from benchmarks.measuring import Limits, Measure, measure, why_it_ended
from benchmarks.table import AUDIT, BARE, DUCKDB, PANDAS, SORTED, Column, for_a_terminal, in_markdown, rows

LATE = "did not finish in 15 minutes"
STAGES = {"reading the extract": [2.0, 3.0], "findings": [1.0, 1.5]}
PARTS = {
    BARE: Measure(2.0, 1.0, 200),
    AUDIT: Measure(20.0, 30.0, 1234, {"episodes": 1872, "stages": STAGES}),
    SORTED: Measure(10.0, 15.0, 900, {"episodes": 1872, "stages": STAGES}),
    DUCKDB: Measure(5.0, 4.0, 500),
    PANDAS: Measure(unfinished=LATE),
}
TABLE = rows([Column("1 million lines", PARTS, {DUCKDB: "agree on every one", PANDAS: "not compared"})])


@pytest.mark.parametrize(
    ("name", "said"),
    {
        "audit, of the bare scan": "30.0 / 10.0",
        "audit, of the DuckDB script": "7.5 / 4.0",
        "audit, events sorted by member, of the audit": "0.5 / 0.5",
        "audit, of the pandas script": LATE,
        "pandas script, of the bare scan": LATE,
        "number of episodes": "1,872",
        "pandas script and the audit": "not compared",
        "audit": "20.0 / 30.0 / 1,234",
        "pandas script": LATE,
        "findings": "1.0 / 1.5",
    }.items(),
)
def test_a_row_says_what_was_measured(name: str, said: str) -> None:
    assert dict(TABLE)[name] == said


def test_a_part_that_was_not_run_is_a_dash() -> None:
    assert dict(rows([Column("small", {BARE: PARTS[BARE]}, {})]))["audit, of the bare scan"] == "-"


def test_the_table_begins_with_ratios_in_either_form() -> None:
    markdown = in_markdown(TABLE).splitlines()
    assert markdown[:3] == ["|  | 1 million lines |", "|---|---|", "| **times, by CPU / by wall** |  |"]
    assert {line.count("|") for line in markdown} == {3}
    assert len(markdown) == len(TABLE) + 1
    assert "*" not in for_a_terminal(TABLE)


def test_a_size_is_read_as_it_is_written() -> None:
    assert read_size("1") == Size(1_000_000)
    assert read_size("5x4").events == 20_000_000


def test_what_ends_a_part_is_said(tmp_path: Path) -> None:
    assert measure("bare_scan", tmp_path, tmp_path, Limits(seconds=0)).unfinished == "did not finish in 0 minutes"
    told = measure("bare_scan", tmp_path, tmp_path, Limits()).unfinished
    assert told.startswith("failed: ")
    assert "claim_lines.parquet" in told


@pytest.mark.parametrize(
    ("code", "complained", "said"),
    [
        (-9, "", "ended by SIGKILL"),
        (1, "Traceback:\n  x\n_duckdb.OutOfMemoryException: Out of Memory Error: could not allocate", "did not finish in 16 GB"),
        (1, "Traceback:\n  x\nValueError: wrong\n", "failed: ValueError: wrong"),
        (2, "", "failed: no words"),
    ],
)
def test_why_a_part_ended(code: int, complained: str, said: str) -> None:
    assert why_it_ended(code, complained, Limits()) == said


def test_memory_has_a_limit(tmp_path: Path) -> None:
    assert measure("pandas_script", tmp_path, tmp_path, Limits(gigabytes=0.05)).unfinished == "did not finish in 0.05 GB"


def test_a_sorted_extract_holds_the_same_rows(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    extract = make_extract(Size(2_000), tmp_path / "extract")
    beside = sort_events(extract, tmp_path / "sorted")
    events, ordered = (pq.read_table(folder / "events.parquet").to_pandas() for folder in (extract, beside))
    assert list(ordered["member_id"]) == sorted(events["member_id"])
    assert sorted(map(str, ordered.to_numpy().tolist())) == sorted(map(str, events.to_numpy().tolist()))
    assert sorted(path.name for path in beside.iterdir()) == sorted(path.name for path in extract.iterdir())


def test_so_many_episodes_need_so_many_listed_lines() -> None:
    size = size_for(100_000)
    assert size.listed
    assert 4.5 < size.lines * size.listed / 100_000 < 6
