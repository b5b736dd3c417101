"""Which files are read: folders, files, globs, many parts of one table, and what is refused or listed instead."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest
from extracts import CLAIM, CLAIM_ROW, opened, rows_of, write

from auditor.errors import ExtractRefused
from auditor.intake import Extract, profile_names

LINES = [f"C{n},1,M{n},2026-01-05,00001" for n in range(6)]


def refusal(*paths: Path) -> str:
    with pytest.raises(ExtractRefused) as refused, opened(Extract(paths)):
        pass
    return str(refused.value)


def test_a_folder_is_read_and_what_is_not_is_listed(tmp_path: Path) -> None:
    folder = write(tmp_path, {"README.txt": "x", "claim_lines.json": "{}", ".hidden": "", "claim_lines.csv": f"{CLAIM}\n{CLAIM_ROW}\n"})
    (folder / "older").mkdir()
    with opened(Extract((folder,))) as (_, reading):
        assert [file.name for file in reading.files] == ["claim_lines.csv"]
        assert reading.not_read == ("README.txt", "claim_lines.json")
        assert reading.profile.name == "native"


@pytest.mark.parametrize("how", ["folder", "glob", "file"])
def test_a_link_that_leads_nowhere_is_no_file_to_pass_over(tmp_path: Path, how: str) -> None:
    folder = write(tmp_path, {"claim_lines.csv": f"{CLAIM}\n{CLAIM_ROW}\n"})
    (folder / "events.csv").symlink_to(tmp_path / "not_mounted" / "events.csv")
    message = refusal({"folder": folder, "glob": folder / "*.csv", "file": folder / "events.csv"}[how])
    assert message.startswith("events.csv: a link that leads nowhere")


@pytest.mark.parametrize("how", ["folder", "files", "glob", "folder and file"])
def test_parts_of_a_table_are_its_union_in_any_order(tmp_path: Path, how: str) -> None:
    write(tmp_path, {f"claim_lines_{n}.csv": "\n".join([CLAIM, *LINES[2 * n : 2 * n + 2]]) for n in range(3)})
    paths = {
        "folder": (tmp_path,),
        "files": tuple(tmp_path / f"claim_lines_{n}.csv" for n in (2, 0, 1)),
        "glob": (tmp_path / "claim_lines_*.csv",),
        "folder and file": (tmp_path, tmp_path / "claim_lines_1.csv"),
    }
    rows = rows_of(Extract(paths[how]), "claim_lines")
    assert [row["claim_id"] for row in rows] == [f"C{n}" for n in range(6)]
    assert [(row["source_file"], row["source_row"]) for row in rows][:3] == [
        ("claim_lines_0.csv", 2),
        ("claim_lines_0.csv", 3),
        ("claim_lines_1.csv", 2),
    ]


def test_parts_of_different_kinds_and_schemas_are_one_table(tmp_path: Path) -> None:
    write(tmp_path, {"claim_lines_1.csv": f"{CLAIM}\n{CLAIM_ROW}\n"})
    with duckdb.connect() as connection:
        line = "'C2' AS claim_id, 1 AS claim_line_number, 'M1' AS member_id, DATE '2026-01-05' AS claim_line_start_date"
        for name, more in {
            "2": "'00001' AS hcpcs_code",
            "3": "'00001' AS hcpcs_code",
            "4": "412 AS revenue_center_code, 2 AS paid_amount",
        }.items():
            connection.execute(f"COPY (SELECT {line}, {more}) TO '{tmp_path / f'claim_lines_{name}.parquet'}'")
    rows = rows_of(Extract((tmp_path,)), "claim_lines")
    assert [row["source_file"] for row in rows] == [
        "claim_lines_1.csv",
        *(f"claim_lines_{n}.parquet" for n in (2, 3, 4)),
    ]
    assert (rows[3]["revenue_center_code"], rows[3]["paid_cents"]) == ("0412", 200)


@pytest.mark.parametrize("name", ['it\'s "here" [1]', "a*b?", "semi;colon -- drop"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_paths_may_hold_any_sign(tmp_path: Path, name: str, kind: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    path = folder / f"claim_lines {name}.{kind}"
    line = dict(zip(CLAIM.split(","), CLAIM_ROW.split(","), strict=True))
    if kind == "parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([line]), path)
    else:
        write(folder, {path.name: f"{CLAIM}\n{CLAIM_ROW}\n"})
    (row,) = rows_of(Extract((folder,)), "claim_lines")
    assert row["source_file"] == f"claim_lines {name}.{kind}"


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, {"claim_lines.csv": f"{CLAIM}\n{CLAIM_ROW}\n"})
    rows = rows_of(Extract((tmp_path / "south", tmp_path / "north")), "claim_lines")
    assert [row["source_file"] for row in rows] == ["north/claim_lines.csv", "south/claim_lines.csv"]


def test_no_claim_lines_says_which_names_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("x\n")
    message = refusal(tmp_path)
    assert "no file of claim lines was found by the profile native" in message
    assert "claim_lines: claim_lines*" in message
    assert f"choose another profile: {', '.join(profile_names())}" in message


def test_a_file_named_by_the_user_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, {"claims.csv": "x\n", "claim_lines.csv": f"{CLAIM}\n{CLAIM_ROW}\n"})
    assert "claims.csv: the profile native reads no file of this name" in refusal(folder / "claims.csv", folder / "claim_lines.csv")


def test_a_missing_path_is_refused_without_its_folder(tmp_path: Path) -> None:
    message = refusal(tmp_path / "nowhere")
    assert message.startswith("nowhere: there is no such file or folder")
    assert str(tmp_path) not in message
