"""The specimen that people look at first is the report that the program makes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specimen import KEPT, SPECIMEN, build


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("specimen"))


@pytest.mark.parametrize("name", KEPT)
def test_the_committed_specimen_is_what_the_program_makes(name: str, rebuilt: Path) -> None:
    committed, made = (SPECIMEN / name).read_bytes(), (rebuilt / name).read_bytes()
    assert committed == made, f"reports/specimen/{name} is out of date; run `make specimen`, look at it, and commit it"


def test_the_same_inputs_give_the_same_bytes(rebuilt: Path, tmp_path: Path) -> None:
    again = build(tmp_path)
    files = sorted(path.relative_to(rebuilt) for path in rebuilt.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [name for name in files if (rebuilt / name).read_bytes() != (again / name).read_bytes()] == []
