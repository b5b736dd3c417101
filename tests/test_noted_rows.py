"""Rows that are read as they stand, and of which the report speaks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor import Settings, audit

LINES = "claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code,paid_amount,state,frequency_code"
EVENTS = "member_id,start,concept,value,unit"


def notices(folder: Path, lines: str = "", events: str = "", as_of: date = date(2026, 11, 22)) -> str:
    (folder / "claim_lines.csv").write_text(f"{LINES}\nC1,1,M1,2026-01-05,94799,100.00,OR,1\n{lines}")
    (folder / "events.csv").write_text(f"{EVENTS}\nM1,2026-01-05 08:00,ino_dose,20,ppm\n{events}")
    return "\n".join(audit(Settings(paths=(folder,), as_of=as_of)).facts.notices)


def test_rows_of_days_to_come_are_judged_and_told(tmp_path: Path) -> None:
    line, event = "C2,1,M1,2027-01-05,94799,100.00,OR,1\n", "M1,2027-01-05 08:00,ino_dose,20,ppm\n"
    said = notices(tmp_path, line, event)
    assert "after 2026-11-22, the day this report speaks from: 1 claim line and 1 chart row in scope" in said
    assert "M1" not in said


@pytest.mark.parametrize(("as_of", "told"), [(date(2026, 1, 4), True), (date(2026, 1, 5), False)])
def test_a_report_of_an_earlier_day_says_what_came_after_it(tmp_path: Path, as_of: date, told: bool) -> None:
    assert ("Dated after" in notices(tmp_path, as_of=as_of)) == told


def test_lines_of_an_unknown_frequency_are_counted(tmp_path: Path) -> None:
    said = notices(tmp_path, "C2,1,M1,2026-01-06,94799,100.00,OR,17\nC3,1,M1,2026-01-07,94799,100.00,OR,07\n")
    assert "With a frequency code that is not known: 1 claim line in scope." in said
    assert "17" not in said


def test_lines_of_a_state_that_is_not_understood_are_counted(tmp_path: Path) -> None:
    said = notices(tmp_path, "C2,1,M1,2026-01-06,94799,100.00,Oregon,1\nC3,1,M1,2026-01-07,94799,100.00,or,1\n")
    assert "With a state that is not two letters: 1 claim line in scope." in said
    assert "oregon" not in said.lower()
    assert "not two letters" not in notices(tmp_path)


def test_a_line_of_business_that_is_not_understood_sets_its_line_aside(tmp_path: Path) -> None:
    head = "claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code,line_of_business"
    (tmp_path / "claim_lines.csv").write_text(f"{head}\nC1,1,M1,2026-01-05,94799,HMO gold\nC2,1,M1,2026-01-06,94799,Commercial\n")
    result = audit(Settings(paths=(tmp_path,), as_of=date(2026, 11, 22)))
    [aside] = result.frames["set_aside"].to_dict("records")
    assert (aside["column_name"], aside["reason"]) == ("line_of_business", "not one of the words expected")
    assert [count.set_aside for count in result.facts.counts if count.table == "claim_lines"] == [1]
