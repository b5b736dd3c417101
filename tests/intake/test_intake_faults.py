"""Every reason for setting a row aside, as the user reads it, and the rows beside it that stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from extracts import Row, rows_of, write

from auditor.intake import MENDING, Extract, Fault, view_columns
from auditor.tables import CANONICAL

LINE = {
    "claim_id": "C1",
    "claim_line_number": "1",
    "member_id": "M1",
    "claim_line_start_date": "2026-01-05",
    "claim_line_end_date": "",
    "hcpcs_code": "00001",
    "service_unit_quantity": "1",
    "claim_type": "",
    "charge_amount": "",
    "received_date": "",
}
EVENT = {"member_id": "M1", "start": "2026-01-05", "end": "", "code_system": "loinc", "code": "1-8", "concept": "", "status": ""}
PERMIT = {"member_id": "M1", "from": "2026-01-01", "to": "2026-01-31", "approved_days": ""}
MEMBER = {"member_id": "M1", "birth_date": "2026-01-01", "birth_order": ""}
TABLES = {"claim_lines": LINE, "events": EVENT, "authorizations": PERMIT, "members": MEMBER}

FAULTY = [
    ("claim_lines", {"claim_id": ""}, "claim_id", "claim number missing"),
    ("claim_lines", {"claim_line_number": " "}, "claim_line_number", "line number missing"),
    ("claim_lines", {"member_id": ""}, "member_id", "member missing"),
    ("claim_lines", {"claim_line_start_date": ""}, "claim_line_start_date", "date missing"),
    ("claim_lines", {"claim_line_start_date": "2026-02-30"}, "claim_line_start_date", "date cannot be read"),
    ("claim_lines", {"claim_line_start_date": "2026-02"}, "claim_line_start_date", "date cannot be read"),
    ("claim_lines", {"claim_line_start_date": "05/01/2026"}, "claim_line_start_date", "date cannot be read"),
    ("claim_lines", {"claim_line_start_date": "6/4/27 0:00"}, "claim_line_start_date", "year has two digits"),
    ("claim_lines", {"claim_line_start_date": "04-Jun-27"}, "claim_line_start_date", "year has two digits"),
    ("claim_lines", {"received_date": "1776-07-04"}, "received_date", "year is not possible"),
    ("claim_lines", {"received_date": "9999-12-31"}, "received_date", "year is not possible"),
    ("claim_lines", {"claim_line_end_date": "2026-01-04"}, "claim_line_end_date", "end before start"),
    ("claim_lines", {"claim_line_end_date": "2062-01-06"}, "claim_line_end_date", "end too long after start"),
    ("claim_lines", {"claim_line_end_date": "2027-01-07"}, "claim_line_end_date", "end too long after start"),
    ("claim_lines", {"claim_line_end_date": "soon"}, "claim_line_end_date", "date cannot be read"),
    ("claim_lines", {"hcpcs_code": ""}, "hcpcs_code", "code or revenue code missing"),
    ("claim_lines", {"service_unit_quantity": "one"}, "service_unit_quantity", "units are not a number"),
    ("claim_lines", {"service_unit_quantity": "nan"}, "service_unit_quantity", "units are not a number"),
    ("claim_lines", {"service_unit_quantity": "inf"}, "service_unit_quantity", "units are not a number"),
    ("claim_lines", {"claim_type": "dental"}, "claim_type", "not one of the words expected"),
    ("claim_lines", {"charge_amount": "12.345"}, "charge_amount", "amount is not money"),
    ("events", {"member_id": ""}, "member_id", "member missing"),
    ("events", {"start": ""}, "start", "date missing"),
    ("events", {"start": "2026-13"}, "start", "date cannot be read"),
    ("events", {"start": "2026-01-05T25:00"}, "start", "date cannot be read"),
    ("events", {"start": "2026-01-05T10:00", "end": "2026-01-05T09:59"}, "end", "end before start"),
    ("events", {"end": "2025"}, "end", "end before start"),
    ("events", {"start": "2026-01-05T10:00", "end": "2062-01-06T10:00"}, "end", "end too long after start"),
    ("events", {"end": "2036-01-07"}, "end", "end too long after start"),
    ("events", {"code": ""}, "code", "code or concept missing"),
    ("events", {"code_system": ""}, "code_system", "code system missing"),
    ("events", {"status": "maybe"}, "status", "not one of the words expected"),
    ("authorizations", {"from": ""}, "from", "date missing"),
    ("authorizations", {"to": ""}, "to", "date missing"),
    ("authorizations", {"to": "2025-12-31"}, "to", "end before start"),
    ("authorizations", {"approved_days": "2.5"}, "approved_days", "not a whole number"),
    ("members", {"birth_date": "6/4/27 0:00"}, "birth_date", "year has two digits"),
    ("members", {"birth_order": "first"}, "birth_order", "not a whole number"),
]

SOUND = [
    ("claim_lines", {"claim_line_end_date": "2026-01-05"}),
    ("claim_lines", {"claim_line_end_date": "2027-01-06"}),
    ("claim_lines", {"received_date": "2299-12-31"}),
    ("claim_lines", {"service_unit_quantity": "-0.5"}),
    ("claim_lines", {"claim_type": "Professional"}),
    ("events", {"code": "", "code_system": "", "concept": "echo"}),
    ("events", {"start": "2026", "end": "2026-01"}),
    ("events", {"start": "2026", "end": "2036"}),
    ("events", {"end": "2036-01-06"}),
    ("events", {"code_system": "icd10cm", "code": "Q21.0", "end": "2062-01-06"}),
    ("events", {"status": "Entered-in error"}),
    ("members", {"birth_date": ""}),
    ("authorizations", {"approved_days": "2.0"}),
    ("authorizations", {"to": "2062-01-31"}),
]


def read(folder: Path, table: str, change: dict[str, str]) -> list[Row]:
    whole = TABLES[table]
    lines = [",".join(whole), ",".join({**whole, **change}.values()), ",".join(whole.values())]
    return rows_of(Extract((write(folder, {f"{table}.csv": "\n".join(lines)}),)), table)


@pytest.mark.parametrize(("table", "change", "column", "fault"), FAULTY)
def test_a_row_that_cannot_be_trusted_says_why(tmp_path: Path, table: str, change: dict[str, str], column: str, fault: str) -> None:
    faulty, sound = read(tmp_path, table, change)
    assert (faulty["fault_column"], faulty["fault"], faulty["source_row"]) == (column, fault, 2)
    assert "fault" not in sound


@pytest.mark.parametrize(("table", "change"), SOUND)
def test_a_row_that_can_be_trusted_stays(tmp_path: Path, table: str, change: dict[str, str]) -> None:
    assert all("fault" not in row for row in read(tmp_path, table, change))


def test_the_first_fault_in_contract_order_is_named(tmp_path: Path) -> None:
    row, _ = read(tmp_path, "claim_lines", {"charge_amount": "much", "claim_id": "", "claim_line_start_date": "6/4/27"})
    assert (row["fault_column"], row["fault"]) == ("claim_id", "claim number missing")


def test_a_member_set_aside_can_still_be_named(tmp_path: Path) -> None:
    row, _ = read(tmp_path, "members", {"birth_date": "never", "member_id": "M7"})
    assert row["member_id"] == "M7"


def test_every_fault_says_how_to_mend_it() -> None:
    assert set(MENDING) == set(Fault)


@pytest.mark.parametrize("table", CANONICAL, ids=lambda table: table.name)
def test_a_table_without_a_file_is_empty_and_typed(tmp_path: Path, table: object) -> None:
    from extracts import opened

    name = table.name  # type: ignore[attr-defined]
    with opened(Extract((write(tmp_path, {}),))) as (connection, _):
        described = connection.execute(f"DESCRIBE {name}_read").fetchall()
    assert tuple((column, kind) for column, kind, *_ in described) == view_columns(table)  # type: ignore[arg-type]
