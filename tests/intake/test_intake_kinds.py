"""The same rows from text, a workbook, Parquet and frames; typed columns are read without a turn through text."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import pytest
from extracts import CLAIM, CLAIM_ROW, Row, opened, rows_of, write

from auditor import Settings, audit
from auditor.errors import ExtractRefused
from auditor.intake import Extract, refuse_damage

TEXT = f"""{CLAIM},claim_line_end_date,revenue_center_code,service_unit_quantity,charge_amount,paid_amount,rendering_npi,birth
C1,1,M1,2026-01-05,00001,2026-01-06,0412,1.0,1234.50,0.1,1234567890,x
C2,1,,2026-01-05,00001,,412,2.5,,-3,,
C2,2,M1,1850-01-05,,,412,,12.5,,,
"""
EVENTS = """member_id,start,end,code_system,code,value,concept
M1,2026-01-05 10:00:00,2026-01-05 11:30:00,loinc,1-8,39.4,
M1,2026-01-06 00:00:00,,icd10cm,P29.30,,
M2,2026-01-07 10:00:00,2026-01-07 09:00:00,,,40,Some Thing
"""


def strip(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if not name.startswith("source_")} for row in rows]


def typed_parquet(folder: Path) -> Path:
    """The same rows as TEXT and EVENTS, every column in its natural type."""
    with duckdb.connect() as connection:
        for name, text, types in (
            (
                "claim_lines",
                TEXT,
                "claim_id VARCHAR, claim_line_number BIGINT, member_id VARCHAR, claim_line_start_date DATE, hcpcs_code VARCHAR, "
                "claim_line_end_date DATE, revenue_center_code VARCHAR, service_unit_quantity DOUBLE, charge_amount DECIMAL(18,2), "
                "paid_amount DOUBLE, rendering_npi DOUBLE, birth VARCHAR",
            ),
            (
                "events",
                EVENTS,
                "member_id VARCHAR, start TIMESTAMP, end TIMESTAMP_NS, code_system VARCHAR, code VARCHAR, value DOUBLE, concept VARCHAR",
            ),
        ):
            columns = ", ".join(f"'{part.split()[0]}': '{part.split()[1]}'" for part in types.split(", "))
            (folder / "x.txt").write_text(text)
            read = f"read_csv('{folder / 'x.txt'}', header = true, columns = {{{columns}}})"
            connection.execute(f"COPY (FROM {read}) TO '{folder / f'{name}.parquet'}'")
    (folder / "x.txt").unlink()
    return folder


def workbook(path: Path, text: str) -> None:
    """The text as a sheet whose dates and numbers are typed cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in text.splitlines():
        sheet.append([_cell(cell) for cell in line.split(",")])
    book.save(path)


def _cell(cell: str) -> Any:
    for read in (datetime.fromisoformat, float):
        try:
            value = read(cell)
        except ValueError:
            continue
        return cell if cell.startswith("0") and len(cell) > 3 else value
    return cell or None


@pytest.mark.parametrize("zone", [None, "America/Boise"])
def test_text_and_parquet_give_the_same_rows(tmp_path: Path, zone: str | None) -> None:
    for folder in ("text", "typed"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "text", {"claim_lines.csv": TEXT, "events.csv": EVENTS})
    typed_parquet(tmp_path / "typed")
    for table in ("claim_lines", "events"):
        text, typed = (rows_of(Extract((tmp_path / folder,), time_zone=zone), table) for folder in ("text", "typed"))
        assert strip(text) == strip(typed)
        assert [row["source_row"] for row in typed] == [row["source_row"] - 1 for row in text]
        assert {row["source_file"] for row in typed} == {f"{table}.parquet"}


def test_typed_rows_say_what_they_should(tmp_path: Path) -> None:
    first, second, third = rows_of(Extract((typed_parquet(tmp_path),)), "claim_lines")
    assert first["charge_cents"] == 123450
    assert first["paid_cents"] == 10
    assert first["rendering_npi"] == "1234567890"
    assert first["claim_line_end_date"] == date(2026, 1, 6)
    assert second["revenue_center_code"] == "0412"
    assert (second["fault"], third["fault"]) == ("member missing", "year is not possible")


def test_a_workbook_gives_the_same_rows_as_text(tmp_path: Path) -> None:
    for folder in ("text", "book"):
        (tmp_path / folder).mkdir()
    late = TEXT.replace("1850", "2350")  # a spreadsheet has no days before 1900
    write(tmp_path / "text", {"claim_lines.csv": late, "events.csv": EVENTS.replace("2026-01-06 00:00:00", "2026-01-06")})
    workbook(tmp_path / "book" / "claim_lines.xlsx", late)
    workbook(tmp_path / "book" / "events.xlsx", EVENTS)
    for table in ("claim_lines", "events"):
        text, book = (rows_of(Extract((tmp_path / folder,)), table) for folder in ("text", "book"))
        assert strip(text) == strip(book)
        assert [row["source_row"] for row in book] == [row["source_row"] for row in text]


def test_the_sheet_named_as_the_table_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Claim_Lines").append(CLAIM.split(","))
    for row in ([], CLAIM_ROW.split(",")):
        book["Claim_Lines"].append(row)
    book.save(tmp_path / "claim_lines.xlsx")
    (row,) = rows_of(Extract((tmp_path,)), "claim_lines")
    assert row["source_row"] == 3


def test_damage_inside_parquet_names_the_file_when_it_is_met(tmp_path: Path) -> None:
    with (
        pytest.raises(ExtractRefused, match=r"events\.parquet: cannot be read to its end") as refused,
        refuse_damage({name: tmp_path / name for name in ("a", "b/events.parquet")}),
    ):
        raise duckdb.InvalidInputException("snappy failed in b/events.parquet at SENTINEL")
    assert "SENTINEL" not in str(refused.value)
    with pytest.raises(duckdb.InvalidInputException), refuse_damage({"a.parquet": tmp_path / "a.parquet"}):
        raise duckdb.InvalidInputException("something else")


def test_a_damaged_page_is_said_of_its_file_though_the_engine_names_none(tmp_path: Path) -> None:
    typed_parquet(tmp_path)
    events = tmp_path / "events.parquet"
    rows = pyarrow.table({name: ["X", "Y"] * 500 for name in ("member_id", "concept", "value")} | {"start": [date(2026, 3, 1)] * 1000})
    pyarrow.parquet.write_table(rows, events, use_dictionary=False, compression="none")
    column = pyarrow.parquet.read_metadata(events).row_group(0).column(0)
    content = bytearray(events.read_bytes())
    content[column.data_page_offset : column.data_page_offset + 8] = b"\xff" * 8
    events.write_bytes(content)
    with pytest.raises(ExtractRefused, match=r"events\.parquet: cannot be read to its end"):
        audit(Settings(paths=(tmp_path,)))


def test_every_kind_of_file_is_identified(tmp_path: Path) -> None:
    write(tmp_path, {"claim_lines.csv": TEXT})
    typed_parquet(tmp_path)
    workbook(tmp_path / "claim_lines.xlsx", TEXT.replace("1850", "2350"))
    with opened(Extract((tmp_path,))) as (_, reading):
        for file in reading.files:
            content = (tmp_path / file.name).read_bytes()
            assert (file.sha256, file.bytes, file.rows) == (hashlib.sha256(content).hexdigest(), len(content), 3)


@pytest.mark.parametrize("name", ["claim_lines.xlsx", "claim_lines.parquet"])
def test_a_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExtractRefused, match=f"{name}: cannot be read as"), opened(Extract((write(tmp_path, {name: b"PK not really"}),))):
        pass


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "claim_lines.xlsx")
    with pytest.raises(ExtractRefused, match="the sheet is empty"), opened(Extract((tmp_path,))):
        pass


def test_frames_are_read_under_the_contracts_names(tmp_path: Path) -> None:
    claims = pandas.DataFrame(
        {
            "claim_id": [1, 2],
            "claim_line_number": [1.0, float("nan")],
            "member_id": ["M1", "M1"],
            "claim_line_start_date": [date(2026, 1, 5)] * 2,
            "hcpcs_code": ["00001", None],
            "revenue_center_code": [None, 412],
            "charge_amount": [Decimal("1.10"), None],
            "paid_amount": [0.1 + 0.2, float("nan")],
        }
    )
    members = pyarrow.table({"member_id": ["M1"], "birth_date": pyarrow.array([datetime(2026, 1, 1)], pyarrow.timestamp("ns"))})
    extract = Extract(frames={"claim_lines": claims, "members": members})
    first, second = rows_of(extract, "claim_lines")
    assert (first["claim_id"], first["charge_cents"], first["paid_cents"], first["source_file"]) == ("1", 110, 30, "frame:claim_lines")
    assert (second["fault"], second["revenue_center_code"], second["source_row"]) == ("line number missing", "0412", 2)
    (member,) = rows_of(extract, "members")
    assert "birth_date_at" not in member
    with opened(extract) as (_, reading), opened(extract) as (_, again):
        assert [(file.name, file.rows) for file in reading.files] == [("frame:claim_lines", 2), ("frame:members", 1)]
        assert [file.sha256 for file in reading.files] == [file.sha256 for file in again.files]


def test_a_frame_that_mixes_kinds_of_values_is_refused() -> None:
    frame = pandas.DataFrame({"claim_id": ["SENTINEL", 5], "member_id": ["M1", "M1"]})
    with pytest.raises(ExtractRefused, match="frame:claim_lines, column claim_id: mixes kinds of values") as refused:
        opened(Extract(frames={"claim_lines": frame})).__enter__()
    assert "SENTINEL" not in str(refused.value)


def test_a_frame_of_no_canonical_table_is_refused() -> None:
    with pytest.raises(ExtractRefused, match=r"frame:event: .*Did you mean events\?"):
        opened(Extract(frames={"event": pandas.DataFrame()})).__enter__()


@pytest.mark.parametrize("frame", ["SENTINEL", ["SENTINEL"], {"member_id": ["SENTINEL"]}, None])
def test_what_is_no_frame_is_refused(frame: Any) -> None:
    with pytest.raises(ExtractRefused, match=r"frame:claim_lines: is no table but .*; give a pandas DataFrame") as refused:
        audit(Settings(), frames={"claim_lines": frame})
    assert "SENTINEL" not in str(refused.value)


@pytest.mark.parametrize("frames", ["SENTINEL", [pandas.DataFrame()]])
def test_frames_without_the_names_of_their_tables_are_refused(frames: Any) -> None:
    with pytest.raises(ExtractRefused, match="frames: expected tables by the names of canonical tables, claim_lines, ") as refused:
        audit(Settings(), frames=frames)
    assert "SENTINEL" not in str(refused.value)


def test_lists_in_a_needed_column_are_refused(tmp_path: Path) -> None:
    table = pyarrow.table({"member_id": [["M1"]], "start": [date(2026, 1, 1)], "concept": ["echo"]})
    pyarrow.parquet.write_table(table, tmp_path / "events.parquet")
    with pytest.raises(ExtractRefused, match=r"events\.parquet, column member_id: holds lists"), opened(Extract((write(tmp_path, {}),))):
        pass


def test_a_filter_on_members_reaches_parquet(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        rows = "SELECT 'M' || lpad(i::VARCHAR, 6, '0') AS member_id, DATE '2026-01-01' AS start, 'echo' AS concept FROM range(300000) t(i)"
        connection.execute(f"COPY ({rows}) TO '{tmp_path / 'events.parquet'}'")
    with opened(Extract((write(tmp_path, {}),))) as (connection, _):
        plan = connection.execute("EXPLAIN SELECT count(*) FROM events_read WHERE member_id BETWEEN 'M000001' AND 'M000009'").fetchall()
        assert "written" not in plan[0][1]
        assert connection.execute("SELECT count(*) FROM events_read WHERE member_id BETWEEN 'M000001' AND 'M000009'").fetchall() == [(9,)]
