"""Dates and times: what is accepted, which day at the facility it means, and what is refused for want of a time zone."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from extracts import EVENT, event_rows, opened, write

from auditor.errors import ExtractRefused, SettingsRefused
from auditor.intake import Extract

BOISE = "America/Boise"
PARTS = ("at", "local", "day", "last_day")


def parts(row: dict[str, Any], name: str = "start") -> tuple[Any, ...]:
    return tuple(row.get(f"{name}_{part}") for part in PARTS)


def read(folder: Path, text: str, zone: str | None = None) -> tuple[Any, ...]:
    (row,) = event_rows(folder, f"{EVENT}\nM1,{text},loinc,1-8\n", time_zone=zone)
    assert "fault" not in row
    return parts(row)


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-05", "2026-01-05", "2026-01-05"),
        ("20260105", "2026-01-05", "2026-01-05"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
@pytest.mark.parametrize("zone", [None, BOISE])
def test_a_day_a_month_or_a_year_has_no_instant(tmp_path: Path, text: str, first: str, last: str, zone: str | None) -> None:
    assert read(tmp_path, text, zone) == (None, None, day(first), day(last))


@pytest.mark.parametrize("text", ["2026-01-05T23:30", "2026-01-05 23:30:00", "2026-01-05 23:30:00.000"])
def test_a_local_clock_time_without_a_zone_is_taken_as_it_is(tmp_path: Path, text: str) -> None:
    wall = clock("2026-01-05T23:30")
    assert read(tmp_path, text) == (wall, wall, wall.date(), wall.date())


def test_a_local_clock_time_is_placed_by_the_zone(tmp_path: Path) -> None:
    wall = clock("2026-01-05T23:30")
    assert read(tmp_path, "2026-01-05 23:30", BOISE) == (clock("2026-01-06T06:30"), wall, wall.date(), wall.date())


@pytest.mark.parametrize("offset", ["-05:00", "-0500", "-05"])
@pytest.mark.parametrize("zone", [None, BOISE])
def test_an_offset_leaves_the_day_as_written(tmp_path: Path, offset: str, zone: str | None) -> None:
    wall = clock("2026-01-05T23:30")
    assert read(tmp_path, f"2026-01-05T23:30:00{offset}", zone) == (clock("2026-01-06T04:30"), wall, wall.date(), wall.date())


@pytest.mark.parametrize("suffix", ["Z", "+00:00", "+00", " UTC"])
def test_utc_is_moved_to_the_facility(tmp_path: Path, suffix: str) -> None:
    at, wall = clock("2026-01-06T06:30"), clock("2026-01-05T23:30")
    assert read(tmp_path, f"2026-01-06 06:30:00{suffix}", BOISE) == (at, wall, wall.date(), wall.date())


@pytest.mark.parametrize("suffix", ["Z", "+00:00"])
def test_utc_is_refused_where_no_zone_is_known(tmp_path: Path, suffix: str) -> None:
    folder = write(tmp_path, {"events.csv": f"{EVENT}\nM1,2026-01-06T06:30{suffix},loinc,1-8\n"})
    with (
        pytest.raises(ExtractRefused, match=r"events\.csv, column start: times are in UTC .* pass --time-zone"),
        opened(Extract((folder,))),
    ):
        pass


def test_a_date_in_utc_is_refused_too(tmp_path: Path) -> None:
    text = "claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code\nC1,1,M1,2026-01-06T06:30Z,00001\n"
    folder = write(tmp_path, {"claim_lines.csv": text})
    with pytest.raises(ExtractRefused, match="column claim_line_start_date: times are in UTC"), opened(Extract((folder,))):
        pass


def test_typed_utc_is_refused_where_no_zone_is_known(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        row = "SELECT 'M1' AS member_id, TIMESTAMPTZ '2026-01-06 06:30:00+00' AS start, 'x' AS concept"
        connection.execute(f"COPY ({row}) TO '{tmp_path / 'events.parquet'}'")
    with pytest.raises(ExtractRefused, match=r"events\.parquet, column start: times are in UTC"), opened(Extract((write(tmp_path, {}),))):
        pass


def test_offsets_beside_clock_times_without_are_refused_unless_a_zone_is_known(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "events_1.csv": f"{EVENT}\nM1,2026-01-06T06:30-07:00,loinc,1-8\n",
            "events_2.csv": f"{EVENT}\nM1,2026-01-06T06:30,loinc,1-8\n",
        },
    )
    said = r"events_1\.csv, column start: clock times have an offset, but those of events_2\.csv, column start have none"
    with pytest.raises(ExtractRefused, match=said), opened(Extract((folder,))):
        pass
    with opened(Extract((folder,), time_zone=BOISE)) as (connection, _):
        assert connection.execute("SELECT DISTINCT start_at FROM events_read").fetchall() == [(clock("2026-01-06T13:30"),)]


def test_days_beside_offsets_are_no_mixture(tmp_path: Path) -> None:
    rows = event_rows(tmp_path, f"{EVENT}\nM1,2026-01-06T06:30-07:00,loinc,1-8\nM1,2026-01-06,loinc,1-8\n")
    assert [parts(row)[2] for row in rows] == [day("2026-01-06")] * 2


def test_midnight_of_a_birth_is_its_day(tmp_path: Path) -> None:
    from extracts import rows_of

    text = "member_id,birth_date\nM1,2026-01-05 00:00:00\nM2,2026-01-05 00:01\n"
    first, second = rows_of(Extract((write(tmp_path, {"members.csv": text}),)), "members")
    assert parts(first, "birth_date") == (None, None, day("2026-01-05"), day("2026-01-05"))
    assert parts(second, "birth_date")[0] == clock("2026-01-05T00:01")


def test_a_zone_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"America/Boisee.*Did you mean America/Boise\?"):
        read(tmp_path, "2026-01-05", "America/Boisee")
