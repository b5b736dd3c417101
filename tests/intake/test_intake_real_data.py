"""Real extracts that nobody in this project wrote, by the profiles that come with the program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from extracts import opened, write

from auditor.intake import Extract

DATA = Path(os.environ.get("AUDITOR_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"no real data: {name} is not in ../shared/data, nor in the folder that AUDITOR_REAL_DATA names")
    return DATA / name


def test_mimic_keeps_the_dated_lines_and_shows_the_others() -> None:
    with opened(Extract((folder("mimic3_demo"),), "mimic3")) as (connection, reading):
        faults = connection.execute("SELECT fault_column, fault, count(*) FROM claim_lines_read GROUP BY ALL ORDER BY 3").fetchall()
        codes = connection.execute("SELECT hcpcs_code, count(*) FROM claim_lines_read WHERE fault IS NULL GROUP BY 1 ORDER BY 1").fetchall()
        births = connection.execute("SELECT count(*), count(fault), count(member_id) FROM members_read").fetchall()
        marker = connection.execute(
            "SELECT member_id, start_day <= '2171-07-13', end_day >= '2171-08-16', source_file FROM events_read "
            "WHERE code_system = 'icd9pcs' AND code = '0012' AND encounter_id = '160445'"
        ).fetchall()
        business = connection.execute("SELECT DISTINCT line_of_business FROM claim_lines_read WHERE claim_id = '160445'").fetchall()
        charted = connection.execute(
            "SELECT concept, text, count(*) FROM events_read WHERE concept IS NOT NULL GROUP BY ALL ORDER BY 3"
        ).fetchall()
        lost = connection.execute("SELECT count(*) FROM events_read WHERE fault IS NOT NULL").fetchall()
    assert faults == [(None, None, 291), ("claim_line_start_date", "date missing", 1288)]
    assert codes == [("94002", 29), ("94003", 262)]
    assert births == [(100, 100, 100)]
    assert marker == [("10126", True, True, "PROCEDURES_ICD.csv")]
    assert business == [("commercial",)]
    assert charted == [("ventilation", "non-invasive ventilation", 4), ("ventilation", "invasive ventilation", 26)]
    assert lost == [(0,)]
    assert "PRESCRIPTIONS.csv" in reading.not_read


def test_an_analyst_may_add_birth_dates_to_mimic(tmp_path: Path) -> None:
    added = write(tmp_path, {"members_added.csv": "member_id,birth_date\n10126,2126-09-22\n", "claim": ""}) / "members_added.csv"
    with opened(Extract((folder("mimic3_demo"), added), "mimic3")) as (connection, _):
        found = connection.execute("SELECT member_id, birth_date_day::VARCHAR FROM members_read WHERE fault IS NULL").fetchall()
    assert found == [("10126", "2126-09-22")]


def test_tuva_is_read_whole() -> None:
    with opened(Extract((folder("tuva"),), "tuva")) as (connection, reading):
        [counts] = connection.execute(
            "SELECT count(*), count(DISTINCT claim_id), count(claim_line_start_date), count(*) FILTER (bill_type_code = '137'), "
            "count(*) FILTER (hcpcs_code IN ('93463', '94002', '94003', '94799')) FROM claim_lines_read"
        ).fetchall()
        faults = connection.execute("SELECT fault, count(*) FROM claim_lines_read WHERE fault IS NOT NULL GROUP BY ALL").fetchall()
        systems = connection.execute(
            "SELECT DISTINCT diagnosis_code_type FROM claim_lines_read WHERE diagnosis_code_1 IS NOT NULL"
        ).fetchall()
        others = [connection.execute(f"SELECT count(*), count(fault) FROM {name}_read").fetchone() for name in ("members", "events")]
    assert counts == (2075, 1138, 2075, 22, 0)
    assert faults == [("code or revenue code missing", 22)]
    assert systems == [("icd10cm",)]
    assert others == [(31, 0), (4079, 0)]
    assert reading.not_read == ("LICENSE",)
