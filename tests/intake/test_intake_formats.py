"""Foreign formats: known by their content whatever the profile, converted, and read with their own files, rows and faults."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from extracts import CLAIM, CLAIM_ROW, opened, rows_of

from auditor.errors import ExtractRefused
from auditor.intake import Extract, InputFile
from auditor.intake.converted import Conversion, Converted
from auditor.intake.formats import Format
from auditor.intake.found_files import FoundFile

COLUMNS = ("claim_id", "claim_line_number", "member_id", "claim_line_start_date", "hcpcs_code", "paid_amount", "fault_column", "fault")


def read_notes(files: Sequence[FoundFile], folder: Path) -> Conversion:
    """A format of lines ``NOTE|claim|line|member|day|code|paid|column at fault|fault``, one Parquet file for all."""
    rows = [
        (*line.split("|")[1:], file.name, number)
        for file in files
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if line.startswith("NOTE")
    ]
    names = (*COLUMNS, "source_file", "source_row")
    cells = {name: [row[at] or None for row in rows] for at, name in enumerate(names)}
    pyarrow.parquet.write_table(pyarrow.table(cells), folder / "lines.parquet")
    inputs = tuple(InputFile(file.name, "claim_lines", len(text_of(file).splitlines()), "0" * 64, 1) for file in files)
    return Conversion(inputs, (Converted("claim_lines", folder / "lines.parquet"),), ("1 note was odd.",))


def text_of(file: FoundFile) -> str:
    content = file.path.read_bytes()
    return (gzip.decompress(content) if file.has_suffix((".gz",)) else content).decode("utf-8-sig").lstrip("\r\n")


NOTES = Format("notes", (".note", ".txt"), lambda head, name: head.startswith(b"NOTE|"), read_notes)

GOOD = "NOTE|C9|1|M9|2026-01-07|00002|1,200.50||\n"
BAD = "NOTE|C9|2|M9|2026-01-07|00003|5|hcpcs_code|not one of the words expected\n"
UNREADABLE = "NOTE|C9|3|M9|someday|00003|5||\n"


def test_converted_rows_are_typed_and_keep_their_file_their_row_and_their_fault(tmp_path: Path) -> None:
    (tmp_path / "a.note").write_text(GOOD + "remark\n" + BAD + UNREADABLE)
    good, bad, unreadable = rows_of(Extract((tmp_path,)), "claim_lines", (NOTES,))
    assert (good["source_file"], good["source_row"], good["paid_cents"], good.get("fault")) == ("a.note", 1, 120050, None)
    assert {name: bad[name] for name in bad if name != "member_id"} == {
        "source_file": "a.note",
        "source_row": 3,
        "fault_column": "hcpcs_code",
        "fault": "not one of the words expected",
    }
    assert (bad["member_id"], unreadable["source_row"], unreadable["fault"]) == ("M9", 4, "date cannot be read")


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("name", ["a.note", "A.NOTE", "a.txt", "a.note.gz", "a.txt.gz"])
def test_a_format_is_known_behind_packing_marks_and_blanks(tmp_path: Path, before: bytes, name: str) -> None:
    content = before + GOOD.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    [row] = rows_of(Extract((tmp_path / name,)), "claim_lines", (NOTES,))
    assert (row["claim_id"], row["source_file"]) == ("C9", name)


def test_flat_files_and_formats_lie_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "claim_lines.csv").write_text(f"{CLAIM}\n{CLAIM_ROW}\n")
    for part in ("part1", "part2"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "a.note").write_text(GOOD)
    with opened(Extract((tmp_path, tmp_path / "part1", tmp_path / "part2")), (NOTES,)) as (connection, reading):
        found = connection.execute("SELECT claim_id, source_file FROM claim_lines_read ORDER BY ALL").fetchall()
        assert found == [("C1", "claim_lines.csv"), ("C9", "part1/a.note"), ("C9", "part2/a.note")]
        assert connection.execute("SELECT count(*) FROM claim_lines_scope").fetchall() == [(3,)]
        assert [file.name for file in reading.files] == ["claim_lines.csv", "part1/a.note", "part2/a.note"]
        assert reading.notices == ("1 note was odd.",)


def test_what_the_profile_claims_by_name_is_flat_whatever_it_holds(tmp_path: Path) -> None:
    (tmp_path / "claim_lines.txt").write_text(GOOD)
    with pytest.raises(ExtractRefused, match="there is no column claim_id"), opened(Extract((tmp_path,)), (NOTES,)):
        pass


def test_the_scratch_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.note").write_text(GOOD)
    with opened(Extract((tmp_path,)), (NOTES,)) as (connection, _):
        [(scratch,)] = connection.execute("SELECT current_setting('temp_directory')").fetchall()
        assert list(Path(scratch).glob("converted/notes/lines.parquet"))
        assert Path(scratch).stat().st_mode & 0o077 == 0
    assert not Path(scratch).exists()


def test_a_file_that_only_looks_like_a_format_is_listed_or_refused(tmp_path: Path) -> None:
    (tmp_path / "claim_lines.csv").write_text(f"{CLAIM}\n{CLAIM_ROW}\n")
    (tmp_path / "broken.note.gz").write_bytes(b"\x1f\x8bnot packed")
    (tmp_path / "other.note").write_text("something else")
    with opened(Extract((tmp_path,)), (NOTES,)) as (_, reading):
        assert reading.not_read == ("broken.note.gz", "other.note")
    with pytest.raises(ExtractRefused, match=r"(?s)other.note: .*and it is not notes.*notes is known by its content \(\.note, \.txt"):
        rows_of(Extract((tmp_path, tmp_path / "other.note")), "claim_lines", (NOTES,))


DAMAGED: dict[str, tuple[str, bytes, str]] = {
    "x12 that is something else": ("a.837", b"something else", "does not begin as X12"),
    "x12 of no bytes": ("a.835", b"", "is empty, or cannot be unpacked"),
    "x12 packed badly": ("a.837.gz", b"\x1f\x8bnot packed", "is empty, or cannot be unpacked"),
    "x12 packed and cut off": ("a.835.gz", gzip.compress(b"ISA*00*" * 99)[:-12], "is empty, or cannot be unpacked"),
    "lines of no bytes": ("a.ndjson", b"\n", "is empty, or cannot be unpacked"),
    "lines of something else": ("a.ndjson.gz", gzip.compress(b'{"a": 1}'), "does not begin as FHIR"),
    "JSON that is none": ("a.json", b"<html>", "is not JSON, or is cut off"),
    "JSON that is cut off": ("a.json", b'{"resou', "is not JSON, or is cut off"),
    "a list of resources": ("a.json", b'[{"resourceType": "Patient"}]', "is a JSON array of resources"),
}


@pytest.mark.parametrize("why", DAMAGED)
def test_a_damaged_file_beside_good_ones_is_refused_by_name(tmp_path: Path, why: str) -> None:
    name, content, message = DAMAGED[why]
    (tmp_path / "claim_lines.csv").write_text(f"{CLAIM}\n{CLAIM_ROW}\n")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExtractRefused, match=f"^{re.escape(name)}: {message}"):
        rows_of(Extract((tmp_path,)), "claim_lines")


def test_a_name_that_may_be_of_anything_is_listed_as_not_read(tmp_path: Path) -> None:
    (tmp_path / "claim_lines.csv").write_text(f"{CLAIM}\n{CLAIM_ROW}\n")
    for name, text in {"a.json": '{"a": [1]}', "b.json": "[1]", "c.dat": "", "d.txt": "words"}.items():
        (tmp_path / name).write_text(text)
    with opened(Extract((tmp_path,))) as (_, reading):
        assert reading.not_read == ("a.json", "b.json", "c.dat", "d.txt")


def test_an_extract_of_formats_alone_needs_claim_lines_too(tmp_path: Path) -> None:
    (tmp_path / "a.note").write_text(GOOD)
    chart = Format("chart", (".note",), lambda head, name: True, lambda files, folder: Conversion((), ()))
    with pytest.raises(ExtractRefused, match="no file of claim lines was found"):
        rows_of(Extract((tmp_path,)), "claim_lines", (chart, NOTES))
