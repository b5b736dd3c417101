"""Delimited text: delimiters, encodings, packing, quotes, ragged and blank rows, and the numbers rows keep."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from extracts import CLAIM, CLAIM_ROW, claim_rows, opened, rows_of, write

from auditor.errors import ExtractRefused
from auditor.intake import Extract

HEADER = f"{CLAIM},line_description"


def refusal(folder: Path, content: str | bytes, name: str = "claim_lines.csv", profile: str = "native") -> str:
    with pytest.raises(ExtractRefused) as refused, opened(Extract((write(folder, {name: content}),), profile)):
        pass
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_seen(tmp_path: Path, delimiter: str) -> None:
    (row,) = claim_rows(tmp_path, f"{HEADER}\n{CLAIM_ROW},x\n".replace(",", delimiter))
    assert (row["hcpcs_code"], row["line_description"]) == ("00001", "x")


def test_packed_text_with_a_byte_order_mark(tmp_path: Path) -> None:
    packed = gzip.compress(b"\xef\xbb\xbf" + f"{CLAIM}\r\n{CLAIM_ROW}\r\n".encode())
    (row,) = rows_of(Extract((write(tmp_path, {"CLAIM_LINES.CSV.GZ": packed}),)), "claim_lines")
    assert (row["claim_id"], row["source_file"], row["source_row"]) == ("C1", "CLAIM_LINES.CSV.GZ", 2)


def test_rows_keep_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    text = f'{HEADER}\n{CLAIM_ROW},"two\nlines"\n\n{CLAIM_ROW},a\nC1,1\n\n\n{CLAIM_ROW},a,b\n{CLAIM_ROW},last'
    rows = claim_rows(tmp_path, text)
    assert [(row["source_row"], row.get("fault")) for row in rows] == [
        (2, None),
        (4, None),
        (5, "row has too few cells"),
        (8, "row has too many cells"),
        (9, None),
    ]
    assert rows[0]["line_description"] == "two\nlines"


def test_rows_keep_their_numbers_across_blocks(tmp_path: Path) -> None:
    lines = [f"C{n},1,M1,2026-01-05,00001,{'x' * 2000}" if n % 97 else "ragged" for n in range(2, 6002)]
    rows = claim_rows(tmp_path, "\n".join([HEADER, *lines]))
    assert [row["source_row"] for row in rows] == list(range(2, 6002))
    assert all(row.get("claim_id", f"C{row['source_row']}") == f"C{row['source_row']}" for row in rows)


def test_counts_take_in_malformed_rows_and_show_blank_ones(tmp_path: Path) -> None:
    folder = write(tmp_path, {"claim_lines.csv": f"{CLAIM}\n\n{CLAIM_ROW}\nragged\n,,,,\n"})
    with opened(Extract((folder,))) as (_, reading):
        (file,) = reading.files
    assert (file.name, file.rows, file.blank_rows, file.bytes) == ("claim_lines.csv", 2, 2, (folder / file.name).stat().st_size)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, ending: str) -> None:
    assert claim_rows(tmp_path, CLAIM + ending) == []


def test_a_quotation_mark_inside_a_cell_is_a_character(tmp_path: Path) -> None:
    (row,) = claim_rows(tmp_path, f'{HEADER}\n{CLAIM_ROW},2.5" tube\n')
    assert row["line_description"] == '2.5" tube'


def test_windows_1252_is_read_where_the_profile_declares_it(tmp_path: Path) -> None:
    content = f"{HEADER}\n{CLAIM_ROW},réa\n".encode("windows-1252")
    profile = tmp_path / "west.yaml"
    profile.write_text(
        "about: x\nyears: {first: 1900, last: 2299}\nencoding: windows-1252\nclaim_lines: [{files: claim_lines*, own_names: true}]"
    )
    (row,) = rows_of(Extract((write(tmp_path, {"claim_lines.csv": content}) / "claim_lines.csv",), str(profile)), "claim_lines")
    assert row["line_description"] == "réa"
    assert "row 2: holds bytes that are not utf-8" in (message := refusal(tmp_path, content))
    assert "encoding: windows-1252" in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty, without even a header"),
        (f"{CLAIM},HCPCS_CODE\n", "names the column hcpcs_code more than once"),
        (f"{CLAIM}\n{CLAIM_ROW}\0\n", "holds NUL bytes"),
        (f"{CLAIM}\n{CLAIM_ROW}\n".encode("utf-16"), "holds NUL bytes"),
        (f'{HEADER}\n{CLAIM_ROW},"open\n{CLAIM_ROW},x\n', "row 2 or shortly before: a quotation mark is opened and never closed"),
        (f'{CLAIM}\nC1,"1,M1,2026-01-05,0\n{CLAIM_ROW}\nC1,1",M1,2026-01-05,0,0\n', "never closed"),
        (f'{HEADER}\n{CLAIM_ROW},"{"long " * 3_000_000}"\n', "a row is longer than 4 MB"),
    ],
    ids=["empty", "repeated", "nul", "utf-16", "open quote", "swallowed rows", "long"],
)
def test_text_that_cannot_be_trusted_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    message = refusal(tmp_path, content)
    assert message.startswith("claim_lines.csv")
    assert said in message


def test_a_cut_off_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join([CLAIM, *(f"C{n},1,M{n * 7919},2026-01-05,00001" for n in range(50_000))]).encode())
    assert "cannot be unpacked to its end" in refusal(tmp_path, packed[:-2000], "claim_lines.csv.gz")
    assert "cannot be unpacked" in refusal(tmp_path, b"no gzip at all", "claim_lines.csv.gz")


def test_a_missing_column_names_the_nearest_header(tmp_path: Path) -> None:
    message = refusal(tmp_path, "claim_id,claim_line_number,member,claim_line_start_date,hcpcs_code\n")
    assert "claim_lines.csv: there is no column member_id" in message
    assert "Did you mean member?" in message


def test_a_column_group_that_is_wholly_missing_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, "claim_id,claim_line_number,member_id,claim_line_start_date\n")
    assert "there is no column hcpcs_code or revenue_center_code" in message


def test_columns_passed_over_are_listed_with_what_they_may_mean(tmp_path: Path) -> None:
    folder = write(tmp_path, {"members.csv": "Member_ID,birthdate,shoe size\nM1,2026-01-01,9\n"})
    with opened(Extract((folder,))) as (_, reading):
        assert [(it.file, it.column, it.nearest) for it in reading.ignored_columns] == [
            ("members.csv", "birthdate", "birth_date"),
            ("members.csv", "shoe size", None),
        ]
