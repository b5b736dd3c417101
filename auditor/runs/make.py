"""Audits an extract and publishes the run under the next free name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from auditor.pipeline import AuditResult, audit
from auditor.report import publish
from auditor.runs.fingerprints import fingerprint
from auditor.runs.names import next_name
from auditor.settings import Settings


@dataclass(frozen=True)
class Published:
    """A run on disk, and what it found."""

    folder: Path
    result: AuditResult


def make_run(settings: Settings, out: Path, say: Callable[[str], None]) -> Published:
    """Audits and publishes; the caller holds the lock of ``out``. ``say`` hears the name of each stage."""
    result = audit_run(settings, say)
    say("writing the report")
    folder = publish(result.frames, result.facts, out / next_name(out, settings.as_of.isoformat()))
    return Published(folder, result)


def audit_run(settings: Settings, say: Callable[[str], None]) -> AuditResult:
    """The audit alone, and what it was made from."""
    result = audit(settings, progress=say)
    taken = fingerprint(settings, ((file.name, file.sha256) for file in result.facts.inputs))
    return replace(result, facts=replace(result.facts, fingerprints=asdict(taken)))
