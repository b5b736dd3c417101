"""The readings of a course by the hour: what the chart draws is what the days say."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.places import samples_folder

SAMPLES = samples_folder()
OF_DAYS = {"saturation": "spo2", "fraction": "fio2", "dose": "dose"}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return dict(audit(Settings(paths=(SAMPLES,), as_of=date(2026, 11, 22))).frames)


def test_the_extremes_of_a_day_are_those_of_its_hours(frames: dict[str, pd.DataFrame]) -> None:
    by_day = frames["measurements"].groupby(["episode_id", "day", "quantity"]).agg({"low": "min", "high": "max"})
    compared = 0
    for day in frames["therapy_days"].astype(object).to_dict("records"):
        for quantity, name in OF_DAYS.items():
            place = (day["episode_id"], day["day"], quantity)
            low, high = by_day.loc[place] if place in by_day.index else (None, None)
            said = [None if pd.isna(day[f"{name}_{end}"]) else day[f"{name}_{end}"] for end in ("low", "high")]
            assert said == [low, high], place
            compared += low is not None
    assert compared > 500


def test_readings_are_of_the_course_and_of_the_day_before_it(frames: dict[str, pd.DataFrame]) -> None:
    last = frames["therapy_days"].groupby("episode_id")["day"].max()
    start = frames["episodes"].set_index("episode_id")["start_day"]
    for name, rows in frames["measurements"].groupby("episode_id"):
        assert rows["day"].min() >= start[name] - timedelta(days=1)
        assert rows["day"].max() <= last[name]
    before = [rows["day"].min() < start[name] for name, rows in frames["measurements"].groupby("episode_id")]
    assert any(before), "no sample has a reading before the start"


def test_a_minute_by_minute_chart_stays_small() -> None:
    """A course of two days charted every minute: a row an hour and quantity, with every reading counted."""
    minutes = pd.date_range("2026-04-01 08:00", periods=2880, freq="min")
    reading = {"member_id": "M1", "code_system": None, "code": None, "status": None}
    events = pd.DataFrame(
        [
            *(
                {**reading, "start": f"{at:%Y-%m-%dT%H:%M:%S}", "concept": "spo2", "value": str(80 + place % 20)}
                for place, at in enumerate(minutes)
            ),
            {**reading, "start": "2026-04-01T08:00:00", "end": "2026-04-03T08:00:00", "concept": "ino"},
        ]
    )
    lines = pd.DataFrame(
        [{"claim_id": "C1", "claim_line_number": "1", "member_id": "M1", "claim_line_start_date": "2026-04-01", "hcpcs_code": "94002"}]
    )
    found = audit(Settings(), frames={"events": events, "claim_lines": lines}).frames["measurements"]
    assert len(found) == 48
    assert set(found["readings"]) == {60}
    assert (found["low"].min(), found["high"].max()) == (80, 99)
    assert list(found["low_row"][:2]) == [1, 61], "the first row of the lowest"


def test_a_long_low_dose_is_told_by_the_days_of_the_facility() -> None:
    """Evening doses: in Greenwich it is the next day already."""
    doses = {"2026-04-01T20:00:00-07:00": "20", "2026-04-02T20:00:00-07:00": "5", "2026-04-06T20:00:00-07:00": "3"}
    events = [{"member_id": "M1", "start": at, "concept": "ino_dose", "value": dose, "unit": "ppm"} for at, dose in doses.items()]
    course = {"member_id": "M1", "start": "2026-04-01T20:00:00-07:00", "end": "2026-04-06T21:00:00-07:00", "concept": "ino"}
    line = {"claim_id": "C1", "claim_line_number": "1", "member_id": "M1", "claim_line_start_date": "2026-04-01", "hcpcs_code": "94002"}
    frames = {"events": pd.DataFrame([*events, course]), "claim_lines": pd.DataFrame([line])}
    findings = audit(Settings(time_zone="America/Los_Angeles"), frames=frames).frames["findings"].set_index("finding_id")
    told = findings.loc["U-02"]
    assert (told["first_day"], told["last_day"]) == (date(2026, 4, 2), date(2026, 4, 6))
