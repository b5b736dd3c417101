"""A published run, read back: its manifest and its result tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import SettingsRefused
from auditor.results import RESULTS
from auditor.runs.names import RUN_NAME

if TYPE_CHECKING:
    import pandas as pd

MANIFEST, SUCCESS = "manifest.json", "_SUCCESS"
NOT_MASKED = "none"


@dataclass(frozen=True)
class RunFolder:
    """One complete run. ``name`` is the folder's, such as 2026-11-22-001."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was read, under which rules, and what came of it."""
        told: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        return told

    def frame(self, table: str) -> pd.DataFrame:
        """One result table by the name of ``results.py``, its columns typed as Arrow has them."""
        import pyarrow.parquet as pq

        from auditor.shelf import as_frame

        return as_frame(pq.read_table(self.path / "tables" / f"{table}.parquet"))

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every result table of the run."""
        return {table.name: self.frame(table.name) for table in RESULTS}


def is_masked(manifest: Mapping[str, Any]) -> bool:
    """Whether tokens stand in a run in place of identifiers."""
    return bool(manifest.get("masking", NOT_MASKED) != NOT_MASKED)


def open_run(path: Path) -> RunFolder:
    """The run at ``path``; SettingsRefused where no complete run lies there."""
    if not (path / SUCCESS).is_file() or not (path / MANIFEST).is_file():
        raise SettingsRefused(f"{path.name}: no complete run lies here. Name the folder of a run, such as runs/2026-11-22-001.")
    return RunFolder(path)


def run_folders(out: Path) -> tuple[RunFolder, ...]:
    """The complete runs below ``out``, earliest first by day and number; other folders are not runs."""
    if not out.is_dir():
        return ()
    named = [(found[1], int(found[2]), path) for path in out.iterdir() if (found := RUN_NAME.fullmatch(path.name))]
    return tuple(RunFolder(path) for *_, path in sorted(named) if (path / SUCCESS).is_file())
