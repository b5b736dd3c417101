"""No refusal ever shows a member's value, whatever is wrong with the file that holds it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pytest
from extracts import CLAIM, opened, write

from auditor.errors import ExtractRefused
from auditor.intake import Extract

SECRET = "SENTINEL"
ROW = f"{SECRET}1,1,{SECRET}2,{SECRET}3,{SECRET}4"

BROKEN: dict[str, dict[str, str | bytes]] = {
    "bytes that are not UTF-8": {"claim_lines.csv": f"{CLAIM}\n{ROW}é\n".encode("latin-1")},
    "NUL bytes": {"claim_lines.csv": f"{CLAIM}\n{ROW}\0\n"},
    "open quote": {"claim_lines.csv": f'{CLAIM}\n{SECRET},"{ROW}\n{ROW}\n'},
    "swallowed rows": {"claim_lines.csv": f'{CLAIM}\n{SECRET},"{ROW}\n{ROW}",{ROW}\n'},
    "long row": {"claim_lines.csv": f'{CLAIM}\n"{SECRET * 2_000_000}'},
    "cut gzip": {"claim_lines.csv.gz": gzip.compress(f"{CLAIM}\n{ROW}\n".encode() * 9)[:-9]},
    "no Parquet": {"claim_lines.parquet": f"PAR1{SECRET}PAR1"},
    "no workbook": {"claim_lines.xlsx": SECRET},
    "UTC": {"claim_lines.csv": f"{CLAIM}\n{SECRET},1,{SECRET},2026-01-05T10:00Z,{SECRET}\n"},
    "missing column": {"claim_lines.csv": f"{CLAIM.replace('member_id', 'who')}\n{ROW}\n"},
    "no claim lines": {"others.csv": f"{CLAIM}\n{ROW}\n"},
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN)
def test_a_refusal_shows_no_value(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ExtractRefused) as refused, opened(Extract((tmp_path,))):
        pass
    assert SECRET not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_fault_shows_no_value(tmp_path: Path) -> None:
    with opened(Extract((write(tmp_path, {"claim_lines.csv": f"{CLAIM}\n{ROW}\nshort,{SECRET}\n"}),))) as (connection, _):
        found = connection.execute("SELECT fault_column, fault FROM claim_lines_read").fetchall()
    assert len(found) == 2
    assert SECRET not in str(found)


def test_a_frame_shows_no_value() -> None:
    frames = {"claim_lines": pandas.DataFrame({"claim_id": [SECRET, 1], "member_id": [SECRET, SECRET]})}
    with pytest.raises(ExtractRefused) as refused, opened(Extract(frames=frames)):
        pass
    assert SECRET not in str(refused.value)


def test_a_column_of_lists_shows_no_value(tmp_path: Path) -> None:
    table = pyarrow.table({name: [[SECRET]] for name in CLAIM.split(",")})
    pyarrow.parquet.write_table(table, tmp_path / "claim_lines.parquet")
    with pytest.raises(ExtractRefused) as refused, opened(Extract((tmp_path,))):
        pass
    assert SECRET not in str(refused.value)
