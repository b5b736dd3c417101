"""What an analyst would write answers as the audit does, on every episode of seeded data; and a difference does not go unseen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from auditor import Settings, audit
from auditor.samples.population import make_population, write_population
from benchmarks.agreement import BUCKETS, agree
from benchmarks.analyst_duckdb import answer as answer_by_duckdb
from benchmarks.analyst_pandas import answer as answer_by_pandas

LINES, EVENTS, LISTED = 12_000, 30_000, 0.1


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract")
    write_population(make_population(480, seed=11, lines=LINES, events=EVENTS, listed=LISTED), folder)
    leave_unbilled(folder)
    return folder


def leave_unbilled(folder: Path) -> None:
    """Takes the lines of their course from the first members on iNO, so that some episodes have no line of their own."""
    events, lines = (pq.read_table(folder / f"{name}.parquet") for name in ("events", "claim_lines"))
    treated = sorted(set(events.filter(pc.field("concept") == "ino")["member_id"].to_pylist()))[:5]
    beside = pc.field("line_description").is_valid() & pc.match_substring_regex(pc.field("line_description"), "VENT|NITRIC|INO")
    pq.write_table(lines.filter(~(pc.field("member_id").isin(treated) & pc.coalesce(beside, False))), folder / "claim_lines.parquet")


@pytest.fixture(scope="module")
def audited(extract: Path) -> dict[str, pd.DataFrame]:
    return dict(audit(Settings(paths=(extract,), as_of=date(2026, 11, 22))).frames)


@pytest.fixture(scope="module")
def by_duckdb(extract: Path) -> pd.DataFrame:
    return answer_by_duckdb(extract)


def test_the_duckdb_script_agrees_on_every_episode(audited: dict[str, pd.DataFrame], by_duckdb: pd.DataFrame) -> None:
    assert agree(audited, by_duckdb) == []


def test_the_pandas_script_agrees_on_every_episode(audited: dict[str, pd.DataFrame], extract: Path) -> None:
    assert agree(audited, answer_by_pandas(extract)) == []


def test_the_extract_holds_what_there_is_to_agree_on(audited: dict[str, pd.DataFrame]) -> None:
    episodes = audited["episodes"]
    assert len(episodes) > 150
    assert set(episodes["determination"]) >= {
        "criteria_met", "decided_elsewhere", "experimental", "insufficient_documentation", "medical_review", "not_ino",
    }  # fmt: skip
    assert all(episodes[f"{bucket}_cents"].sum() > 0 for bucket in BUCKETS)
    assert (episodes["lines"] == 0).sum() == 5
    assert "reversed" in set(audited["lines"]["disposition"])
    assert "superseded" in set(audited["lines"]["disposition"])


@pytest.mark.parametrize("column", ["determination", "therapy_days", "age_days", "gestational_age", "linked_cents", "I.A.3.b"])
def test_a_difference_is_listed(audited: dict[str, pd.DataFrame], by_duckdb: pd.DataFrame, column: str) -> None:
    wrong = by_duckdb.copy()
    place = wrong.index[wrong["determination"] == "insufficient_documentation"][0]
    wrong.loc[place, column] = "criteria_met" if column == "determination" else 999
    [told] = agree(audited, wrong)
    assert told.startswith(f"{column}: 1 of {len(wrong)} episodes differ")


def test_an_episode_that_is_missing_is_listed(audited: dict[str, pd.DataFrame], by_duckdb: pd.DataFrame) -> None:
    assert agree(audited, by_duckdb.iloc[1:]) == ["1 episodes that the script does not have"]
    moved = by_duckdb.assign(start_day=by_duckdb["start_day"].mask(by_duckdb.index == 0, pd.Timestamp(2020, 1, 1)))
    assert agree(audited, moved) == ["1 episodes that the script does not have", "1 episodes that the audit does not have"]


def test_the_scripts_know_nothing_of_the_program() -> None:
    folder = Path(__file__).parents[2] / "benchmarks"
    assert all("auditor" not in (folder / name).read_text(encoding="utf-8") for name in ("analyst.sql", "analyst_pandas.py"))
