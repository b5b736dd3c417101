"""The samples as 837 and 835 come to the same verdict as the samples as CSV: every criterion, every day, every cent."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from auditor import AuditResult, Settings, audit
from auditor.places import samples_folder

FOLDER = samples_folder()
CHARTS = tuple(FOLDER / f"{name}.csv" for name in ("events", "members", "authorizations"))
# where a row lies
APART = ("line_key", "source_file", "source_row", "evidence", "rows_set_aside")


@cache
def audited(x12: bool) -> AuditResult:
    return audit(Settings(paths=(FOLDER / "x12", *CHARTS) if x12 else (FOLDER,)))


def frames(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    def told(x12: bool) -> pd.DataFrame:
        frame = audited(x12).frames[name]
        return frame.drop(columns=[column for column in APART if column in frame])

    return told(False), told(True)


@pytest.mark.parametrize("name", ["episodes", "criteria", "therapy_days", "findings", "set_aside"])
def test_claims_and_payments_agree_with_csv(name: str) -> None:
    pd.testing.assert_frame_equal(*frames(name))


def test_every_day_of_every_line_carries_the_same_cents() -> None:
    of_csv, of_x12 = (frame.sort_values(list(frame.columns), ignore_index=True) for frame in frames("line_days"))
    pd.testing.assert_frame_equal(of_csv, of_x12)


def test_every_payment_found_its_line() -> None:
    [notice] = [notice for notice in audited(True).facts.notices if notice.startswith("payments.835")]
    assert "715 of 715 payments" in notice
    assert "0 ($0.00) set aside" in notice
    assert not [notice for notice in audited(True).facts.notices if "no payment" in notice]


def test_the_dollars_audited_are_the_same() -> None:
    totals = [{total.disposition: total.cents for total in audited(x12).facts.line_totals} for x12 in (False, True)]
    kept = [total["counted"] + total.get("netted", 0) for total in totals]
    assert kept[0] == kept[1] == 95341054
