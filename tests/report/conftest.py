"""One published run of the hand-made courses and one browser, shared by the tests that only read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from tests.report.browsing import chromium, quiet_page
from tests.report.courses import COURSES
from tests.report.fixture import facts_of, frames_of


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    with quiet_page(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def frames() -> dict[str, pd.DataFrame]:
    return frames_of([course() for course in COURSES])


@pytest.fixture(scope="session")
def facts(frames: dict[str, pd.DataFrame]) -> RunFacts:
    """Facts of a run that names its members, so that tests know rows by them."""
    return replace(facts_of(frames), show_members=True)


@pytest.fixture(scope="session")
def run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(frames, facts, tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="session")
def masked_run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as it is published unasked: members by their last characters."""
    return publish(frames, replace(facts, show_members=False), tmp_path_factory.mktemp("runs") / "masked")


@pytest.fixture(scope="session")
def empty_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nothing = frames_of([])
    return publish(nothing, facts_of(nothing), tmp_path_factory.mktemp("runs") / "empty")
