"""The runs that nights speak of: every one in the folder of runs, but for masked ones that somebody made there by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.runs import RunFolder, run_folders
from auditor.runs.folder import is_masked


def manifest_of(run: RunFolder | None) -> Mapping[str, Any]:
    """The manifest of a run; empty where there is none, or it is damaged, which `auditor verify` tells."""
    try:
        return run.manifest if run else {}
    except (OSError, ValueError):
        return {}


def own_runs(out: Path) -> tuple[RunFolder, ...]:
    """Runs that can be compared with each other, earliest first: in a masked one each member would be taken for another."""
    return tuple(run for run in run_folders(out) if not is_masked(manifest_of(run)))


def newest_run(out: Path) -> RunFolder | None:
    """The newest of them, if there is one."""
    return next((run for run in reversed(run_folders(out)) if not is_masked(manifest_of(run))), None)


def lies_elsewhere(out: Path, last: str | None) -> str:
    """What is to be said where the run that the ledger recorded last is not in the folder of runs; empty where it is, or none was."""
    if last is None or (out / last).is_dir():
        return ""
    return (
        f"the run recorded last, {last}, is not in the folder of runs: it was removed, "
        "or the nights of another folder share this ledger, and what is theirs is told as changes"
    )
