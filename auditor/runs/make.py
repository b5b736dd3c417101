"""Audits an extract and publishes the run under the next free name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from auditor.changes import COMPARED, Changes, compare_runs
from auditor.masking import Mask, mask_run
from auditor.pipeline import AuditResult, audit
from auditor.providers import load_plan
from auditor.report import publish
from auditor.runs.fingerprints import fingerprint
from auditor.runs.folder import RunFolder
from auditor.runs.names import next_name
from auditor.settings import Settings


@dataclass(frozen=True)
class Published:
    """A run on disk, and what it found, masked as it was written."""

    folder: Path
    result: AuditResult
    changes: Changes | None = None


def make_run(
    settings: Settings, out: Path, say: Callable[[str], None], mask: Mask | None = None, since: RunFolder | None = None
) -> Published:
    """Audits, masks and compares with an earlier run where asked, and publishes; the caller holds the lock of ``out``.

    ``say`` hears the name of each stage. A masked run is compared as it is published: with one masked under the same key.
    """
    result = audit_run(settings, say)
    if mask:
        result = AuditResult(*mask_run(result.frames, result.facts, mask, load_plan(settings.configs).smallest_cell))
    changes = compare_runs({name: since.frame(name) for name in COMPARED}, result.frames, since.name) if since else None
    say("writing the report")
    folder = publish(result.frames, result.facts, out / next_name(out, settings.as_of.isoformat()), changes)
    return Published(folder, result, changes)


def audit_run(settings: Settings, say: Callable[[str], None]) -> AuditResult:
    """The audit alone, and what it was made from."""
    result = audit(settings, progress=say)
    taken = fingerprint(settings, ((file.name, file.sha256) for file in result.facts.inputs))
    return replace(result, facts=replace(result.facts, fingerprints=asdict(taken)))
