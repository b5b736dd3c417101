"""The chart of readings: its table says what measurements.csv says, its marks come from the policy's readings."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.report import RunFacts, publish
from auditor.report.cases import Case, Casebook
from auditor.report.facts import RevisionFacts
from auditor.report.schemas import conform_all
from auditor.report.trend import STEPS_AT_MOST, Moment, draw_trend, moments_of
from tests.report.pages import Page

Row = dict[str, Any]
QUANTITIES = {"saturation": ("SpO₂ %", 1), "fraction": ("FiO₂ %", 100), "dose": ("iNO ppm", 1)}
START = date(2026, 3, 1)


@pytest.fixture(scope="module")
def cases(frames: dict[str, pd.DataFrame]) -> dict[str, Case]:
    return {case.episode_id: case for case in Casebook(conform_all(frames))}


def ends(cell: str) -> tuple[float, float]:
    low, _, high = cell.partition("–")
    return float(low), float(high or low)


def test_the_table_on_the_page_says_what_the_csv_says(run: Path) -> None:
    written = pd.read_csv(run / "measurements.csv")
    compared = 0
    for name, rows in written.groupby("episode_id"):
        table = next(table for _, table in Page(run / "episodes" / f"{name}.html").tables if table.caption == "Readings over time")
        assert sum(int(cell.replace(",", "")) for cell in table.column("Readings")) == rows["readings"].sum()
        for quantity, (heading, times) in QUANTITIES.items():
            told = [ends(cell) for cell in table.column(heading) if cell != "–"]
            own = rows[rows["quantity"] == quantity]
            assert (min(low for low, _ in told), max(high for _, high in told)) == pytest.approx(
                (own["low"].min() * times, own["high"].max() * times)
            )
            compared += len(told)
    assert compared > 50


def test_the_days_on_the_page_are_those_of_the_csv(run: Path) -> None:
    written = pd.read_csv(run / "days.csv")
    for name, rows in written.groupby("episode_id"):
        table = next(table for _, table in Page(run / "episodes" / f"{name}.html").tables if table.caption == "The days, one by one")
        for heading, (low, high), times in (
            ("iNO ppm", ("dose_low", "dose_high"), 1),
            ("FiO₂ %", ("fio2_low", "fio2_high"), 100),
            ("SpO₂ %", ("spo2_low", "spo2_high"), 1),
        ):
            for cell, row in zip(table.column(heading), rows.to_dict("records"), strict=True):
                assert (cell == "–") == pd.isna(row[low])
                assert cell == "–" or ends(cell) == pytest.approx((row[low] * times, row[high] * times))
        assert [cell.replace(",", "") for cell in table.column("Counted $")] == [f"{cents:.2f}" for cents in rows["counted"]]


def test_billed_codes_are_in_the_table_of_days(run: Path) -> None:
    page = Page(run / "episodes" / "EMETFIVEDAYS1.html")
    table = next(table for _, table in page.tables if table.caption == "The days, one by one")
    assert table.column("Billed") == ["94002, 94799", *["94003, 94799"] * 4]


def test_marks_come_from_the_policys_readings(cases: dict[str, Case]) -> None:
    case = cases["EREVIEW8DAYS0"]
    start, hours, limit = moments_of(case.episode, case.days, "30", "10")
    assert start == Moment(datetime(2023, 5, 1, 14, 40), "start", "begin")
    assert hours == Moment(datetime(2023, 5, 2, 20, 40), "30 h", "hours")
    assert limit == Moment(datetime(2023, 5, 13), "end of day 10", "limit")
    assert [moment.text for moment in moments_of(case.episode, case.days, "", "99")] == ["start"]
    assert moments_of(case.episode | {"start_clock": None}, case.days, "30", "99") == ()


def test_another_reading_moves_the_mark(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path) -> None:
    from dataclasses import replace

    [revision] = facts.revisions
    readings = tuple(replace(one, value=48) if one.name == "improvement_window_h" else one for one in revision.readings)
    changed: RevisionFacts = replace(revision, readings=readings)
    page = (publish(frames, replace(facts, revisions=(changed,)), tmp_path / "run") / "episodes" / "EREVIEW8DAYS0.html").read_text("utf-8")
    assert ">48 h</text>" in page
    assert "72 h</text>" not in page


def test_nothing_charted_draws_nothing(cases: dict[str, Case]) -> None:
    case = cases["ESILENTECHO01"]
    assert draw_trend(case.measurements, case.days, ()) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(QUANTITIES)), st.integers(0, 500), st.none() | st.integers(0, 23), st.floats(0, 500), st.floats(0, 500)
        ),
        min_size=1,
    )
)
def test_any_chart_fits_its_canvas_and_loses_no_reading(found: list[tuple[str, int, int | None, float, float]]) -> None:
    rows = tuple(
        {"quantity": quantity, "day": START + timedelta(day), "hour": hour, "low": min(one, other), "high": max(one, other), "readings": 3}
        for quantity, day, hour, one, other in found
    )
    trend = draw_trend(rows, (), (Moment(datetime(2026, 3, 1, 4), "start", "begin"),))
    assert trend is not None
    assert sum(int(row[-1].replace(",", "")) for row in map(list, trend.grid.rows)) == 3 * len(found)  # type: ignore[union-attr]
    days = len({row["day"] for row in rows})
    span = (max(row["day"] for row in rows) - min(row["day"] for row in rows)).days + 1
    assert len(trend.grid.rows) <= max(STEPS_AT_MOST, span) + days
    for mark in trend.marks:
        across = [float(text) for text in re.findall(r"M(-?[\d.]+)", mark.path)] + ([float(mark.x)] if mark.x else [])
        down = [float(text) for text in re.findall(r"M-?[\d.]+ (-?[\d.]+)", mark.path)] + ([float(mark.y)] if mark.y else [])
        assert all(0 <= value <= float(trend.width) for value in across)
        assert all(0 <= value <= float(trend.height) for value in down)
