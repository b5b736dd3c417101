"""Each synthetic member is there for a reason: the audit says of it what its file says it should, from CSV and from Parquet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.places import samples_folder
from auditor.samples import curated_cases

CITATIONS = ("line_key", "source_file", "source_row", "evidence")


@cache
def audited(folder: Path) -> dict[str, pd.DataFrame]:
    return dict(audit(Settings(paths=(folder,))).frames)


@pytest.mark.parametrize("case", curated_cases(), ids=lambda case: case.member_id)
def test_a_member_comes_out_as_its_file_says(case) -> None:  # type: ignore[no-untyped-def]
    frames = audited(samples_folder())
    own = frames["episodes"][frames["episodes"]["member_id"] == case.member_id]
    lines = frames["lines"][frames["lines"]["member_id"] == case.member_id]["line_key"]
    findings = frames["findings"]
    raised = set(findings[findings["episode_id"].isin(own["episode_id"]) | findings["line_key"].isin(lines)]["finding_id"])
    assert list(own["determination"]) == [str(word) for word in case.expect.determinations]
    assert set(case.expect.findings) <= raised
    assert not set(case.expect.without) & raised


def test_csv_and_parquet_give_the_same_verdicts() -> None:
    one, other = audited(samples_folder()), audited(samples_folder() / "parquet")
    for name in ("episodes", "criteria", "therapy_days"):
        drop = [column for column in (*CITATIONS, "rows_set_aside") if column in one[name]]
        pd.testing.assert_frame_equal(one[name].drop(columns=drop), other[name].drop(columns=drop))
