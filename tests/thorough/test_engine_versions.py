"""Every version of the engine that pyproject.toml allows audits to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from auditor.places import samples_folder

pytestmark = pytest.mark.thorough

EARLIER = ("1.4.*", "1.5.*")
AUDIT = "import duckdb, sys; from auditor.cli import main; print(duckdb.__version__, flush=True); main()"
# What names the program's own libraries, and the seal over it.
OF_THIS_MACHINE = {"origin.json", "_SUCCESS"}


def call(*words: str | Path, first: Path | None = None) -> str:
    """What a Python of this environment prints, that looks in a folder first."""
    paths = {"PYTHONPATH": str(first)} if first else {}
    done = subprocess.run([sys.executable, *map(str, words)], env=os.environ | paths, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(out: Path, engine: Path | None = None) -> tuple[str, Mapping[str, bytes]]:
    """The version of the engine, and the files of a run of the samples."""
    said = call("-c", AUDIT, "run", samples_folder(), "--out", out, "--as-of", "2026-11-22", first=engine)
    [folder] = (path for path in out.iterdir() if path.is_dir())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return said.splitlines()[0], {name: held for name, held in files.items() if name not in OF_THIS_MACHINE}


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    return run(tmp_path_factory.mktemp("newest"))[1]


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_engine_audits_to_the_same_bytes(version: str, newest: Mapping[str, bytes], tmp_path: Path) -> None:
    call("-m", "pip", "install", "--quiet", "--no-deps", "--target", tmp_path / "engine", f"duckdb=={version}")
    used, files = run(tmp_path / "runs", tmp_path / "engine")
    assert used.startswith(version.removesuffix("*"))
    assert [name for name in sorted({*files, *newest}) if files.get(name) != newest.get(name)] == []
