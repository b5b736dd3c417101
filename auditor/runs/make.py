"""Audits an extract and publishes the run under the next free name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.pipeline import AuditResult, audit
from auditor.report import publish
from auditor.runs.names import next_name
from auditor.settings import Settings


@dataclass(frozen=True)
class Published:
    """A run on disk, and what it found."""

    folder: Path
    result: AuditResult


def make_run(settings: Settings, out: Path, say: Callable[[str], None]) -> Published:
    """Audits and publishes; the caller holds the lock of ``out``. ``say`` hears the name of each stage."""
    result = audit(settings, progress=say)
    say("writing the report")
    folder = publish(result.frames, result.facts, out / next_name(out, settings.as_of.isoformat()))
    return Published(folder, result)
