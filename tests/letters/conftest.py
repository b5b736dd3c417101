"""One audit of the samples, published once, shared by the tests that only read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor import Settings, audit
from auditor.pipeline import AuditResult
from auditor.report import publish

SAMPLES = Path(__file__).resolve().parents[2] / "data_samples"


@pytest.fixture(scope="session")
def result() -> AuditResult:
    return audit(Settings(paths=tuple(sorted(SAMPLES.glob("*.csv"))), as_of=date(2026, 11, 1)))


@pytest.fixture(scope="session")
def run(result: AuditResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(result.frames, result.facts, tmp_path_factory.mktemp("runs") / "run")
