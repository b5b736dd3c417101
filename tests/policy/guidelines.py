"""Where the guidelines of these tests lie, and how to break a copy of one."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

CONFIGS = Path(__file__).parents[2] / "configs"
SECOND = Path(__file__).parent / "second_guideline"
FIRST_REVISION = "policies/home-oxygen.2021-01-01.yaml"


def broken_copy(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the second guideline in which the first ``old`` of one file became ``new``."""
    configs = Path(copytree(SECOND, folder / "configs"))
    path = configs / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer says {old}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return configs
