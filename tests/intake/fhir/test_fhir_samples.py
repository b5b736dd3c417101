"""The sample's members as FHIR, audited from the command's own entrance, come out as they do from CSV."""

from __future__ import annotations

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.pipeline import AuditResult
from auditor.places import samples_folder

CITATIONS = ("line_key", "source_file", "source_row", "evidence")
EXACTLY = ("episodes", "criteria", "therapy_days", "line_days", "lines")


@pytest.fixture(scope="module")
def audits() -> tuple[AuditResult, AuditResult]:
    folder = samples_folder()
    return audit(Settings(paths=(folder,))), audit(Settings(paths=(folder / "fhir", folder / "authorizations.csv")))


@pytest.mark.parametrize("table", EXACTLY)
def test_every_criterion_day_and_cent_agrees(audits: tuple[AuditResult, AuditResult], table: str) -> None:
    csv, fhir = (result.frames[table].drop(columns=list(CITATIONS), errors="ignore") for result in audits)
    columns = list(csv.columns)
    one, other = (frame.sort_values(columns, ignore_index=True, key=lambda cells: cells.astype(str)) for frame in (csv, fhir))
    assert len(one)
    pd.testing.assert_frame_equal(one, other)


def test_the_same_findings_are_raised(audits: tuple[AuditResult, AuditResult]) -> None:
    columns = ["episode_id", "finding_id", "paragraph", "at_risk_low_cents", "at_risk_high_cents"]
    one, other = (set(result.frames["findings"][columns].astype(str).itertuples(index=False)) for result in audits)
    assert one == other


def test_the_same_rows_are_set_aside(audits: tuple[AuditResult, AuditResult]) -> None:
    columns = ["table_name", "column_name", "reason", "member_id"]
    one, other = (result.frames["set_aside"][columns].astype(str).values.tolist() for result in audits)
    assert sorted(one) == sorted(other)


def test_rows_in_are_the_same(audits: tuple[AuditResult, AuditResult]) -> None:
    one, other = (result.facts.counts for result in audits)
    assert one == other
