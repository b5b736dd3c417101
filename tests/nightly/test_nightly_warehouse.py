"""Nights over a warehouse: what is fetched lies beside its run, under the run's name, and goes with it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from nightly.nights import Desk, desk, write_extract

from auditor.errors import ExtractRefused
from auditor.nightly.account import Account
from auditor.nightly.hold import hold
from auditor.nightly.sweep import leftovers, sweep
from auditor.outcomes import ExitCode
from auditor.settings import Settings

RUN = "2026-11-22-001"


@pytest.fixture
def night(tmp_path: Path) -> Desk:
    warehouse = {"connection": "DSN=claims", "queries": {"claim_lines": "SELECT * FROM claim_lines"}}
    return desk(tmp_path, extract={"paths": ()}, warehouse=warehouse)


def fetch(folder: Path, engine: Settings) -> None:
    write_extract(folder)


def held(night: Desk, fetching: object = fetch) -> Account:
    return hold(replace(night.night(), fetch=fetching))  # type: ignore[arg-type]


def test_the_same_rows_again_are_unchanged_and_leave_nothing(night: Desk) -> None:
    first, second = held(night), held(night)
    assert (first.run, second.outcome) == (RUN, "unchanged")
    assert [path.name for path in (night.out / "extracts").iterdir()] == [RUN]


def test_an_extract_whose_run_is_gone_is_swept(night: Desk) -> None:
    held(night)
    shutil.rmtree(night.out / RUN)
    assert held(night).run == "2026-11-22-002"
    assert [path.name for path in (night.out / "extracts").iterdir()] == ["2026-11-22-002"]


def test_extracts_that_somebody_keeps_beside_the_runs_are_left_alone(tmp_path: Path) -> None:
    kept = write_extract(tmp_path / "runs" / "extracts" / "2026-11-22")
    night = desk(tmp_path, extract={"paths": (str(kept),)})
    (kept.parent / ".2026-11-22-001.cut-short").mkdir()
    assert [path.name for path in leftovers(night.settings)] == [".2026-11-22-001.cut-short"]
    assert sweep(night.settings) == 1
    assert len(list(kept.iterdir())) == 4


def test_a_warehouse_that_is_down_makes_no_run(night: Desk) -> None:
    def fail(folder: Path, engine: Settings) -> None:
        raise ExtractRefused("warehouse, claim_lines: the database cannot be reached.")

    account = held(night, fail)
    assert (account.exit_code, night.post.troubles) == (ExitCode.EXTRACT_REFUSED, [ExitCode.EXTRACT_REFUSED])
    assert held(night).run == RUN
