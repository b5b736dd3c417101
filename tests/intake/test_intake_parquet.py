"""Parquet is read as it lies wherever that changes nothing: its rows, faults and words are those of the same rows in a frame."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake import Extract
from auditor.intake.found_files import FoundFile, Span
from auditor.intake.visible_ends import all_end_visibly
from tests.intake.extracts import Row, opened, rows_of, write

GOOD: Row = {
    "member_id": "M1",
    "start": datetime(2026, 1, 5, 8, 30),
    "end": datetime(2026, 1, 5, 9, 30),
    "concept": "echo",
    "code_system": None,
    "code": None,
    "status": "present",
    "unit": None,
    "value": "1",
    "document_id": "D1",
}
CODED = {**GOOD, "concept": None, "code_system": "loinc", "code": "2951-2", "unit": "mmol/L"}
EVENT_TYPES = pyarrow.schema(
    [(name, pyarrow.timestamp("us") if name in ("start", "end") else pyarrow.string()) for name in GOOD],
)
CLAIM: Row = {
    "claim_id": "C1",
    "claim_line_number": "1",
    "member_id": "M1",
    "claim_line_start_date": date(2026, 1, 5),
    "claim_line_end_date": date(2026, 1, 6),
    "hcpcs_code": "94002",
    "revenue_center_code": None,
    "service_unit_quantity": 1.0,
    "claim_status": "paid",
    "charge_amount": 12.5,
}
DAYS = ("claim_line_start_date", "claim_line_end_date")
CLAIM_TYPES = pyarrow.schema(
    [
        (name, pyarrow.date32() if name in DAYS else pyarrow.float64() if isinstance(value, float) else pyarrow.string())
        for name, value in CLAIM.items()
    ]
)

WRONG_EVENTS = [
    pytest.param({"member_id": None}, id="no member"),
    pytest.param({"member_id": " \t"}, id="a blank member"),
    pytest.param({"member_id": "\u00a0"}, id="a member of a no-break space"),
    pytest.param({"start": None}, id="no start"),
    pytest.param({"start": datetime(1200, 1, 1)}, id="an impossible start"),
    pytest.param({"end": datetime(2400, 1, 1)}, id="an impossible end"),
    pytest.param({"end": datetime(2026, 1, 4)}, id="an end before the start"),
    pytest.param({"end": datetime(2062, 1, 5)}, id="an end too long after the start"),
    pytest.param({"concept": None}, id="no concept and no code"),
    pytest.param({"concept": " "}, id="a blank concept and no code"),
    pytest.param({"concept": None, "code": "2951-2"}, id="no system"),
    pytest.param({"status": "perhaps"}, id="an unknown status"),
]
WRONG_LINES = [
    pytest.param({"claim_id": None}, id="no claim"),
    pytest.param({"claim_id": " "}, id="a blank claim"),
    pytest.param({"claim_line_number": None}, id="no line"),
    pytest.param({"claim_line_start_date": date(1800, 1, 1)}, id="an impossible day"),
    pytest.param({"claim_line_end_date": date(2026, 1, 4)}, id="an end before the start"),
    pytest.param({"claim_line_end_date": date(2062, 1, 5)}, id="an end too long after the start"),
    pytest.param({"hcpcs_code": None}, id="no code"),
    pytest.param({"service_unit_quantity": float("inf")}, id="endless units"),
    pytest.param({"charge_amount": 0.001}, id="no money"),
    pytest.param({"claim_status": "lost"}, id="an unknown status"),
]
ODD = [
    pytest.param({"member_id": "M1 "}, id="a blank after the member"),
    pytest.param({"member_id": "\u00a0M1"}, id="a no-break space before the member"),
    pytest.param({"member_id": "M\u00e9"}, id="a member of other letters"),
    pytest.param({"value": " < 5\n"}, id="a blank value"),
    pytest.param({"document_id": "\tD1 "}, id="a blank document"),
    pytest.param({"status": " Not-Tolerated"}, id="a status in other words"),
    pytest.param({"unit": " cm "}, id="a blank unit"),
    pytest.param({"concept": "Echo PPHN"}, id="a concept in other words"),
    pytest.param({"concept": None, "code_system": "ICD-10-CM", "code": "p29.30"}, id="a code in another form"),
    pytest.param({"end": None}, id="no end"),
]


def as_parquet(folder: Path, table: str, rows: pyarrow.Table) -> Extract:
    pyarrow.parquet.write_table(rows, folder / f"{table}.parquet")
    return Extract((folder if table == "claim_lines" else write(folder, {}),))


def as_frame(table: str, rows: pyarrow.Table) -> Extract:
    lines = pyarrow.Table.from_pylist([CLAIM], CLAIM_TYPES)
    return Extract(frames={"claim_lines": lines, table: rows})


def without_place(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "source_file"} for row in rows]


@pytest.mark.parametrize("odd", ODD)
def test_events_in_parquet_are_those_of_a_frame(tmp_path: Path, odd: Row) -> None:
    rows = pyarrow.Table.from_pylist([GOOD, CODED, {**GOOD, **odd}, GOOD], EVENT_TYPES)
    found = rows_of(as_parquet(tmp_path, "events", rows), "events")
    assert without_place(found) == without_place(rows_of(as_frame("events", rows), "events"))


@pytest.mark.parametrize("wrong", WRONG_EVENTS)
def test_a_fault_of_one_row_is_found_among_good_ones_as_in_a_frame(tmp_path: Path, wrong: Row) -> None:
    rows = pyarrow.Table.from_pylist([GOOD, CODED, {**GOOD, **wrong}, GOOD], EVENT_TYPES)
    found = rows_of(as_parquet(tmp_path, "events", rows), "events")
    assert [row["source_row"] for row in found if "fault" in row] == [3]
    assert without_place(found) == without_place(rows_of(as_frame("events", rows), "events"))


@pytest.mark.parametrize("wrong", WRONG_LINES)
def test_claim_lines_in_parquet_are_those_of_a_frame(tmp_path: Path, wrong: Row) -> None:
    rows = pyarrow.Table.from_pylist([CLAIM, {**CLAIM, **wrong}], CLAIM_TYPES)
    found = rows_of(as_parquet(tmp_path, "claim_lines", rows), "claim_lines")
    assert [row["source_row"] for row in found if "fault" in row] == [2]
    assert without_place(found) == without_place(rows_of(Extract(frames={"claim_lines": rows}), "claim_lines"))


def test_rows_without_fault_are_not_asked_again(tmp_path: Path) -> None:
    rows = pyarrow.Table.from_pylist([GOOD, CODED], EVENT_TYPES)
    with opened(as_parquet(tmp_path, "events", rows)) as (connection, _):
        [(_, plan)] = connection.execute("EXPLAIN SELECT * FROM events_read WHERE fault IS NOT NULL").fetchall()
    assert "PARQUET" not in plan.upper()


@pytest.mark.parametrize("odd", ODD)
def test_the_words_of_events_are_those_of_their_rows(tmp_path: Path, odd: Row) -> None:
    rows = pyarrow.Table.from_pylist([GOOD, CODED, {**GOOD, **odd}, GOOD], EVENT_TYPES)
    said = "SELECT DISTINCT source_file, concept, code_system, code, status, unit FROM"
    with opened(as_parquet(tmp_path, "events", rows)) as (connection, _):
        found, expected = (connection.execute(f"{said} {view} ORDER BY ALL").fetchall() for view in ("events_words", "events_read"))
    assert found == expected


IDS = st.lists(st.none() | st.text(st.sampled_from("aZ9!~ \t\u00a0\u00e9\x7f"), max_size=14), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(IDS, st.booleans(), st.integers(1, 7), st.data())
def test_ids_end_visibly_where_each_of_them_does(ids: list[str | None], listed: bool, together: int, data: Any) -> None:
    span = data.draw(
        st.none() | st.integers(0, len(ids)).flatmap(lambda first: st.integers(first, len(ids)).map(lambda end: Span(first, end)))
    )
    asked = range(len(ids)) if span is None else [row for row in range(len(ids)) if _group_meets(row // together, together, len(ids), span)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ids.parquet"
        pyarrow.parquet.write_table(
            pyarrow.table({"id": pyarrow.array(ids, pyarrow.string())}), path, row_group_size=together, use_dictionary=listed
        )
        found = all_end_visibly([FoundFile(path, path.name, span=span)], "id", 2)
    filled = [text for row in asked if (text := ids[row])]
    visible = all("!" <= text[-1] <= "~" for text in filled)
    # an empty id counts as the sign before it, and that is always asked about: where all others end visibly, so does it
    assert found == visible


def _group_meets(group: int, together: int, rows: int, span: Span) -> bool:
    first, end = group * together, min((group + 1) * together, rows)
    return first < span.end and end > span.first


def test_a_column_that_cannot_be_told_is_not_called_visible(tmp_path: Path) -> None:
    path = tmp_path / "ids.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2]}), path)
    assert not all_end_visibly([FoundFile(path, path.name)], "id", 1)
    path.write_bytes(b"PAR1 cut off")
    assert not all_end_visibly([FoundFile(path, path.name)], "id", 1)
