"""Which runs go, and which never do."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from nightly.nights import FEW, age, desk, write_extract

from auditor.nightly.retention import to_prune
from auditor.nightly.settings import RetentionPart
from auditor.runs import run_folders

NAMES = [f"2026-{month:02d}-01-001" for month in range(1, 12)]


def old_runs(out: Path) -> None:
    for name in NAMES:
        (out / name).mkdir(parents=True)
        (out / name / "_SUCCESS").touch()
        age(out / name / "_SUCCESS", 24)
        (out / name / "manifest.json").write_text('{"not_read": []}', encoding="utf-8")


@pytest.mark.parametrize(
    ("runs", "days", "needed", "kept"),
    [
        (5, 0, (), NAMES[-5:]),
        (1, 0, (), NAMES[-2:]),
        (1, 100, (), NAMES[-3:]),
        (11, 0, (), NAMES),
        (2, 0, (NAMES[0], NAMES[4]), [NAMES[0], NAMES[4], *NAMES[-2:]]),
    ],
    ids=["by count", "never the newest two", "within the days", "fewer than the count", "what is needed"],
)
def test_what_stays(tmp_path: Path, runs: int, days: int, needed: tuple[str, ...], kept: list[str]) -> None:
    old_runs(tmp_path)
    part = RetentionPart(keep_runs=runs, keep_days=days)
    going = to_prune(run_folders(tmp_path), part, date(2026, 11, 22), needed)
    assert [name for name in NAMES if name not in {run.name for run in going}] == kept


def test_without_the_section_every_run_stays(tmp_path: Path) -> None:
    old_runs(tmp_path)
    assert to_prune(run_folders(tmp_path), None, date(2026, 11, 22), ()) == ()


def test_a_night_prunes_after_it_has_told_the_ledger(tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    old_runs(tmp_path / "runs")
    night = desk(tmp_path, retention={"keep_runs": 3, "keep_days": 10})
    night.ledger.runs = list(NAMES)
    night.post.waiting = [NAMES[2]]
    night.post.down = True
    account = night.hold()
    assert account.run == "2026-11-22-001"
    assert f"{NAMES[-1]} cannot be read, and nothing is compared with it" in night.said()
    assert night.runs() == [NAMES[2], *NAMES[-2:], account.run]
    assert list(account.pruned) == night.ledger.gone == [name for name in NAMES[:-2] if name != NAMES[2]]
    assert not list((tmp_path / "runs").glob("*.pruned"))


def test_a_clock_that_once_was_ahead_makes_no_run_old(tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    night = desk(tmp_path, retention={"keep_runs": 2, "keep_days": 10})
    first = night.out / night.hold().run
    for number in range(2, 5):
        shutil.copytree(first, first.with_name(f"2026-11-22-00{number}"))
    ahead = night.time.at + timedelta(days=4000)
    os.utime(night.out / night.runs()[-1] / "_SUCCESS", (ahead.timestamp(), ahead.timestamp()))
    write_extract(tmp_path / "extract", FEW[:-1])
    account = night.hold()
    assert account.run.startswith(f"{ahead:%Y-%m}")
    assert (len(night.runs()), account.pruned) == (5, ())
