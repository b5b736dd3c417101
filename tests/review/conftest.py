"""A folder of runs with one run of the hand-made courses, and its worklist to be filled in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditor.report import publish
from tests.report.courses import COURSES
from tests.report.fixture import facts_of, frames_of
from tests.review.filling import Filled

RUN = "2026-11-22-001"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = frames_of([course() for course in COURSES])
    return publish(frames, facts_of(frames), tmp_path_factory.mktemp("runs") / RUN).parent


@pytest.fixture
def runs(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def worklist(runs: Path, tmp_path: Path) -> Filled:
    return Filled(runs / RUN / "worklist.xlsx", tmp_path / "returned.xlsx")
