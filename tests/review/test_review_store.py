"""Decisions are kept whole, in order, and read back as they were, whatever words they hold."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import WorklistRefused
from auditor.review import Decision, Disposition
from auditor.review import store as module
from auditor.review.store import CsvStore, DispositionStore

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
NAMES = st.one_of(st.none(), st.text("ABC-.1", min_size=1, max_size=8))
DISPOSITIONS = st.builds(Disposition, WORDS, WORDS, NAMES, NAMES, st.sampled_from(Decision), WORDS, DAYS, WORDS, st.one_of(st.none(), DAYS))
ONE = Disposition("r", "E1", "C-04", "II.3", Decision.UPHELD, "me", date(2026, 1, 2), "")


@given(st.lists(DISPOSITIONS, max_size=6), st.lists(DISPOSITIONS, max_size=6))
def test_what_is_added_is_read_back_once_and_in_order(first: list[Disposition], then: list[Disposition]) -> None:
    with TemporaryDirectory() as folder:
        store: DispositionStore = CsvStore(Path(folder) / "dispositions.csv")
        store.add(tuple(first))
        store.add(tuple(then))
        store.add(tuple(first))
        assert store.all() == tuple(dict.fromkeys([*first, *then]))


@given(st.lists(DISPOSITIONS, min_size=1, max_size=4))
def test_no_cell_is_a_formula(kept: list[Disposition]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dispositions.csv"
        CsvStore(path).add(tuple(kept))
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


@pytest.mark.parametrize(
    "damage", ["no,header\n", "{header}\nr,E1,,,guessed,me,2026-01-02,,\n", "{header}\nr,E1\n", "{header}\nr,E1,,,upheld,me,soon,,\n"]
)
def test_a_file_changed_by_hand_is_refused_and_left_alone(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "dispositions.csv"
    path.write_text(damage.format(header=",".join(module.COLUMNS)))
    before = path.read_bytes()
    with pytest.raises(WorklistRefused, match=r"dispositions\.csv"):
        CsvStore(path).add((ONE,))
    assert path.read_bytes() == before


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CsvStore(tmp_path / "dispositions.csv")
    store.add((ONE,))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.add((Disposition("r", "E2", None, None, Decision.UPHELD, "me", date(2026, 1, 2), ""),))
    assert store.all() == (ONE,)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dispositions.csv.lock", "dispositions.csv"]
