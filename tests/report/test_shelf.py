"""Result tables in memory and in files: the same rows, the same bytes, and refused where they are not result tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from draws import draws
from hypothesis import given
from hypothesis import strategies as st

from auditor import shelf
from auditor.report.schemas import arrow_schema, as_shelf, conform_all
from auditor.results import RESULTS, result
from auditor.shelf import FileShelf, Shelf, TableShelf, in_groups, write_batches, write_parquet

COLUMNS = ("hour", "episode_id")


@pytest.fixture(scope="module")
def tables(frames: dict[str, pd.DataFrame]) -> dict[str, pa.Table]:
    return conform_all(frames)


@pytest.fixture(scope="module")
def folder(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shelf")
    for name, rows in tables.items():
        write_parquet(rows, made / f"{name}.parquet")
    return made


@pytest.fixture(scope="module", params=["tables", "files"])
def shelved(request: pytest.FixtureRequest, tables: dict[str, pa.Table], folder: Path) -> Shelf:
    return TableShelf(tables) if request.param == "tables" else FileShelf(folder)


def test_a_shelf_holds_every_table_whole(shelved: Shelf, tables: dict[str, pa.Table]) -> None:
    assert list(shelved) == [table.name for table in RESULTS]
    assert len(shelved) == len(RESULTS)
    for name, rows in tables.items():
        assert shelved[name].equals(rows)
        assert shelved.count(name) == rows.num_rows
        assert shelved.schema(name).equals(rows.schema)


def test_batches_are_the_rows_in_order(shelved: Shelf, tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "BATCH_ROWS", 7)
    found = list(shelved.batches("measurements", COLUMNS))
    assert len(found) > 2
    assert max(batch.num_rows for batch in found) == 7
    assert pa.Table.from_batches(found).equals(tables["measurements"].select(list(COLUMNS)))
    assert pa.Table.from_batches(list(shelved.batches("episodes"))).equals(tables["episodes"])


def test_frames_are_made_when_asked_for(shelved: Shelf, tables: dict[str, pa.Table]) -> None:
    frames = shelved.frames()
    assert set(frames) == set(tables)
    assert len(frames) == len(tables)
    pd.testing.assert_frame_equal(frames["findings"], tables["findings"].to_pandas(types_mapper=pd.ArrowDtype))
    assert as_shelf(frames) is shelved


def test_a_table_written_again_is_the_same_file(shelved: Shelf, folder: Path, tmp_path: Path) -> None:
    for name in shelved:
        shelved.write(name, tmp_path / name)
        assert (tmp_path / name).read_bytes() == (folder / f"{name}.parquet").read_bytes()


@draws(25, 1000)
@given(pieces=st.lists(st.integers(0, 300), max_size=8))
def test_bytes_do_not_depend_on_the_pieces_that_rows_come_in(pieces: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also where they fill several groups of rows; the file is that of one call of the library."""
    rows = pa.table({"name": [f"E{place // 3}" for place in range(sum(pieces))], "value": pa.array(range(sum(pieces)), pa.int64())})
    made, starts = tmp_path_factory.mktemp("pieces"), [sum(pieces[:place]) for place in range(len(pieces))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "GROUP_ROWS", 250)
        write_parquet(rows, made / "whole")
        cut = [batch for start, length in zip(starts, pieces, strict=True) for batch in rows.slice(start, length).to_batches()]
        write_batches(rows.schema, cut, made / "cut")
    pq.write_table(rows, made / "library", compression="zstd", compression_level=3, row_group_size=250, data_page_version="1.0")
    assert (made / "whole").read_bytes() == (made / "cut").read_bytes() == (made / "library").read_bytes()


@draws(25, 1000)
@given(pieces=st.lists(st.integers(0, 40), max_size=8), size=st.integers(1, 50))
def test_groups_hold_as_many_rows_as_they_should(pieces: list[int], size: int) -> None:
    rows = pa.table({"value": pa.array(range(sum(pieces)), pa.int64())})
    batches = [rows.slice(sum(pieces[:place]), length).to_batches() for place, length in enumerate(pieces)]
    groups = list(in_groups((batch for some in batches for batch in some), size))
    assert all(group.num_rows == size for group in groups[:-1])
    assert all(0 < group.num_rows <= size for group in groups)
    assert [value for group in groups for value in group["value"].to_pylist()] == rows["value"].to_pylist()


def test_a_folder_without_a_table_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no frame for the result tables episodes, findings"):
        as_shelf(FileShelf(tmp_path))
    with pytest.raises(KeyError):
        FileShelf(folder)["../episodes"]


def test_a_table_that_does_not_fit_is_refused(tables: dict[str, pa.Table]) -> None:
    with pytest.raises(ValueError, match=r"^findings: columns or types"):
        as_shelf(TableShelf(dict(tables) | {"findings": tables["findings"].drop_columns("says")}))


def test_a_table_in_a_file_keeps_its_meanings(folder: Path) -> None:
    read = FileShelf(folder).schema("lines")
    assert {field.name: field.metadata[b"meaning"] for field in read} == {
        field.name: field.metadata[b"meaning"] for field in arrow_schema(result("lines"))
    }
