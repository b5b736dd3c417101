"""A run is whole or absent, private, and the same bytes each time."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from auditor.report import RunFacts, publish
from auditor.report.schemas import arrow_schema, conform
from auditor.results import EPISODES, FINDINGS, RESULTS

OTHERS = {"report.html", "facilities.html", "worklist.xlsx", "files.sha256", "episodes.sha256", "manifest.json", "_SUCCESS"}


def contents(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_same_inputs_same_bytes(run: Path, frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=7).reset_index(drop=True) for name, frame in frames.items()}
    assert contents(publish(shuffled, facts, tmp_path / "again")) == contents(run)


def test_rows_that_the_order_leaves_equal_still_stand_the_same_way(frames: dict[str, pd.DataFrame]) -> None:
    twins = pd.concat([frames["findings"]] * 2, ignore_index=True)
    twins["evidence"] = pd.Series([[f"chart.csv row {row}"] for row in range(len(twins))], dtype=twins["evidence"].dtype)
    assert conform(FINDINGS, twins).equals(conform(FINDINGS, twins.iloc[::-1].reset_index(drop=True)))


def test_what_a_run_leaves(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    names = set(contents(run))
    csvs = {
        f"{name}.csv" for name in ("episodes", "findings", "lines", "days", "criteria", "evidence", "set_aside", "line_days", "providers")
    }
    parquet = {f"tables/{table.name}.parquet" for table in RESULTS}
    pages = {f"episodes/{name}.html" for name in frames["episodes"]["episode_id"]}
    assert names == csvs | parquet | pages | OTHERS


def test_only_the_owner_may_read(run: Path) -> None:
    for path in (run, *run.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_run_is_never_overwritten(run: Path, frames: dict[str, pd.DataFrame], facts: RunFacts) -> None:
    before = contents(run)
    with pytest.raises(FileExistsError):
        publish(frames, facts, run)
    assert contents(run) == before


def test_a_failed_run_leaves_nothing(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path) -> None:
    wrong = frames | {"episodes": frames["episodes"].assign(episode_id="../../outside")}
    with pytest.raises(ValueError, match="episode's name"):
        publish(wrong, facts, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_frames_must_fit_their_tables(frames: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(ValueError, match="therapy_days"):
        conform(EPISODES, frames["episodes"].drop(columns="therapy_days"))
    with pytest.raises(ValueError, match="do not fit"):
        conform(EPISODES, frames["episodes"].assign(therapy_days="many"))


def test_parquet_holds_the_frames(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    for table in RESULTS:
        stored = pq.read_table(run / "tables" / f"{table.name}.parquet")
        assert stored.schema.equals(arrow_schema(table))
        assert [field.metadata[b"meaning"].decode() for field in stored.schema] == [column.meaning for column in table.columns]
        assert stored.equals(conform(table, frames[table.name]))


def test_manifest(run: Path, frames: dict[str, pd.DataFrame], facts: RunFacts) -> None:
    text = (run / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert text == json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    assert manifest["as_of"] == facts.as_of.isoformat()
    assert manifest["rows_out"] == {name: len(frame) for name, frame in frames.items()}
    assert manifest["totals_cents"]["counted_cents"] == frames["lines"]["counted_cents"].sum()
    assert manifest["totals_dollars"]["counted"] == f"{frames['lines']['counted_cents'].sum() / 100:.2f}"
    assert manifest["inputs"][0]["sha256"] == facts.inputs[0].sha256
    assert manifest["determinations"]["criteria_met"] == 1
    assert manifest["policy_revisions"][0]["readings"]["day_limit"]["value"] == 14


def test_a_run_of_nothing_is_still_a_run(empty_run: Path) -> None:
    assert (empty_run / "_SUCCESS").exists()
    assert pd.read_csv(empty_run / "episodes.csv").empty
