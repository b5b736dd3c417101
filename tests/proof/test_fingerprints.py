"""What a run was made from is known by the same hashes wherever the program lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.places import SHIPPED
from auditor.runs import fingerprints


def test_the_program_is_the_same_in_a_checkout_and_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "PACKAGE", tmp_path)
    told = fingerprints._program.__wrapped__
    (tmp_path / "pipeline.py").write_text("stages = ()\n")
    checkout = told()
    schedule = tmp_path / SHIPPED / "configs" / "schedule"
    schedule.mkdir(parents=True)
    (schedule / "airflow_dag.py").write_text("night = ()\n")
    assert told() == checkout
    (tmp_path / "stages.sql").write_text("SELECT 1;\n")
    assert told() != checkout
