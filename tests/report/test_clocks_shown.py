"""Clock times without an offset, where no time zone is known, are shown as the facility's clock and never as an instant."""

from __future__ import annotations

import re
from csv import DictReader
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from auditor.cli import commands

LINES = "claim_id,claim_line_number,member_id,claim_line_start_date,claim_line_end_date,hcpcs_code,line_description\n"
LINE = "C1,1,M1,2024-06-02,2024-06-04,94799,INHALED NITRIC OXIDE\n"
EVENTS = "member_id,start,end,concept,status,value\n"
INSTANT = re.compile(r"\d UTC|\d\d:\d\d(:\d\d)?Z")


def run_of(folder: Path, offset: str = "", *options: str) -> Path:
    """A run of one newborn whose clock times are written with that offset."""
    extract = folder / "extract"
    extract.mkdir()
    told = (
        f"M1,2024-06-01T22:00{offset},,pphn,present,",
        f"M1,2024-06-02T13:00{offset},,pao2,,50",
        f"M1,2024-06-02T14:00{offset},2024-06-04T20:00{offset},ino,,",
        f"M1,2024-06-02T20:00{offset},,pao2,,70",
    )
    (extract / "claim_lines.csv").write_text(LINES + LINE)
    (extract / "members.csv").write_text(f"member_id,birth_date\nM1,2024-06-01T04:10{offset}\n")
    (extract / "events.csv").write_text(EVENTS + "\n".join(told))
    made = CliRunner().invoke(commands, ["run", str(extract), "--out", str(folder / "runs"), "--as-of", "2026-11-22", *options])
    assert made.exit_code == 0, made.output
    return next((folder / "runs").glob("2026*"))


def shown(run: Path) -> dict[str, str]:
    """What readers see of times: pages, CSV files, and the episode explained in words and JSON."""
    files = {path.name: path.read_text() for path in (*run.glob("*.csv"), *run.glob("episodes/*.html"))}
    episode = next(run.glob("episodes/*.html")).stem
    for name, more in (("words", ()), ("JSON", ("--json",))):
        files[name] = CliRunner().invoke(commands, ["explain", episode, "--run", str(run), *more]).output
    return files


def rows(run: Path, name: str) -> list[dict[str, str]]:
    return list(DictReader((run / name).read_text().splitlines()))


def test_a_clock_without_a_zone_is_the_facilitys(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    files = shown(run)
    assert not {name: found for name, text in files.items() if (found := INSTANT.findall(text))}
    assert "08:10" not in files["words"]
    assert "2024-06-01 04:10" in files["words"]
    (page,) = (text for name, text in files.items() if name.endswith(".html"))
    assert "14:00 at the facility</dd>" in page
    (episode,) = rows(run, "episodes.csv")
    assert (episode["start_at"], episode["start_clock"]) == ("", "14:00")
    assert {row["clock"] for row in rows(run, "evidence.csv") if row["what"] in ("pphn", "birth_date")} == {"22:00", "04:10"}
    assert not any(row["at"] for row in rows(run, "evidence.csv"))


@pytest.mark.parametrize(("offset", "options"), [("-07:00", ()), ("", ("--time-zone", "America/Los_Angeles"))])
def test_an_instant_that_is_known_is_told(offset: str, options: tuple[str, ...], tmp_path: Path) -> None:
    run = run_of(tmp_path, offset, *options)
    (episode,) = rows(run, "episodes.csv")
    assert (episode["start_at"], episode["start_clock"]) == ("2024-06-02T21:00:00Z", "14:00")
    assert "2024-06-01 11:10 UTC" in shown(run)["words"]
    assert not any(row["clock"] for row in rows(run, "evidence.csv"))


def test_a_run_of_an_earlier_version_without_the_clocks_column_is_explained(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    table = run / "tables" / "evidence.parquet"
    without = pq.read_table(table).drop_columns(["clock"])
    table.unlink()
    pq.write_table(without, table)
    episode = next(run.glob("episodes/*.html")).stem
    made = CliRunner().invoke(commands, ["explain", episode, "--run", str(run)])
    assert made.exit_code == 0
    assert "pulmonary hypertension of the newborn" in made.output
