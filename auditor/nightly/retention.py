"""Which runs may go, and how they do: hidden by one rename first, so that no half of a run is ever seen."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from auditor.nightly.settings import RetentionPart
from auditor.runs import RunFolder

ALWAYS = 2


def to_prune(runs: Sequence[RunFolder], retention: RetentionPart | None, today: date, needed: Collection[str]) -> tuple[RunFolder, ...]:
    """Runs that are past both the count and the days, earliest first; never the newest two, and none that is needed.

    The newest is the last good run, and the one before it is what it was compared with.
    """
    if retention is None:
        return ()
    kept = max(retention.keep_runs, ALWAYS)
    oldest = today - timedelta(days=retention.keep_days)
    return tuple(run for run in runs[:-kept] if day_of(run) < oldest and run.name not in needed)


def day_of(run: RunFolder) -> date:
    """The day in a run's name."""
    return date.fromisoformat(run.name.rpartition("-")[0])


def remove(run: RunFolder) -> None:
    """Removes a run's folder; a kill in between leaves a hidden folder, which the next night sweeps."""
    hidden = run.path.with_name(f".{run.name}.pruned")
    run.path.rename(hidden)
    shutil.rmtree(hidden)
