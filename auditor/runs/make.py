"""Audits an extract and publishes the run under the next free name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.changes import COMPARED, Changes, compare_runs
from auditor.pipeline import AuditResult, audit
from auditor.report import publish
from auditor.runs.folder import RunFolder
from auditor.runs.names import next_name
from auditor.settings import Settings


@dataclass(frozen=True)
class Published:
    """A run on disk, and what it found."""

    folder: Path
    result: AuditResult
    changes: Changes | None = None


def make_run(settings: Settings, out: Path, say: Callable[[str], None], since: RunFolder | None = None) -> Published:
    """Audits, compares with an earlier run where one is given, and publishes; the caller holds the lock of ``out``.

    ``say`` hears the name of each stage.
    """
    result = audit(settings, progress=say)
    changes = compare_runs({name: since.frame(name) for name in COMPARED}, result.frames, since.name) if since else None
    say("writing the report")
    folder = publish(result.frames, result.facts, out / next_name(out, settings.as_of.isoformat()), changes)
    return Published(folder, result, changes)
