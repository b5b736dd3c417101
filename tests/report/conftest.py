"""One published run of the hand-made courses, shared by the tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from tests.report.courses import COURSES
from tests.report.fixture import facts_of, frames_of


@pytest.fixture(scope="session")
def frames() -> dict[str, pd.DataFrame]:
    return frames_of([course() for course in COURSES])


@pytest.fixture(scope="session")
def facts(frames: dict[str, pd.DataFrame]) -> RunFacts:
    return facts_of(frames)


@pytest.fixture(scope="session")
def run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(frames, facts, tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="session")
def empty_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nothing = frames_of([])
    return publish(nothing, facts_of(nothing), tmp_path_factory.mktemp("runs") / "empty")
