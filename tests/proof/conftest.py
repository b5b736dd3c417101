"""One run of a few samples with its inputs beside it, copied by each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditor.places import samples_folder
from auditor.runs.make import make_run
from auditor.settings import Settings
from tests.specimen import AS_OF
from tests.test_command_line import write_few

MEMBERS = ("S-0101", "S-0202", "S-0501")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``extract`` and ``runs``; for reading alone."""
    top = tmp_path_factory.mktemp("proof")
    write_few(top / "extract", MEMBERS)
    shutil.copyfile(samples_folder() / "README.md", top / "extract" / "README.md")
    (top / "runs").mkdir()
    make_run(Settings(paths=(top / "extract",), as_of=AS_OF, readings={"taper_grace_h": 0}), top / "runs", lambda stage: None)
    return top


@pytest.fixture(scope="session")
def published(world: Path) -> Path:
    """The run, for reading alone."""
    return world / "runs" / "2026-11-22-001"


@pytest.fixture
def run(published: Path, tmp_path: Path) -> Path:
    """A copy of the run, to be changed."""
    return shutil.copytree(published, tmp_path / "copy" / published.name)
