"""Audits an extract and publishes the run under the next free name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from auditor.audits import audit
from auditor.changes import COMPARED, Changes, compare_runs
from auditor.errors import SettingsRefused
from auditor.masking import Mask, mask_run
from auditor.pipeline import AuditResult, audit_revisions, begin, gather
from auditor.providers import load_plan
from auditor.report import publish
from auditor.runs.fingerprints import fingerprint
from auditor.runs.folder import NOT_MASKED, RunFolder
from auditor.runs.names import next_name
from auditor.settings import Settings
from auditor.workbench.sensitivity import try_readings

Auditing = Callable[[Settings, Callable[[str], None]], AuditResult]


@dataclass(frozen=True)
class Published:
    """A run on disk, and what it found, masked as it was written."""

    folder: Path
    result: AuditResult
    changes: Changes | None = None


@dataclass(frozen=True)
class Manner:
    """How a run is made: masked or not, compared with which earlier run, and audited by what, where not by this machine."""

    mask: Mask | None = None
    since: RunFolder | None = None
    auditing: Auditing | None = None


PLAINLY = Manner()
OF_ONE_RUN = "key of this run"


def make_run(settings: Settings, out: Path, say: Callable[[str], None], manner: Manner = PLAINLY) -> Published:
    """Audits, masks and compares where asked, and publishes; the caller holds the lock of ``out``. ``say`` hears the name of each stage.

    SettingsRefused where the earlier run was masked otherwise than this one: their members could not be told to be the same.
    """
    result = audit_run(settings, say, manner.auditing)
    if manner.mask:
        result = AuditResult(*mask_run(result.frames, result.facts, manner.mask, load_plan(settings.configs).smallest_cell))
    changes = compare_with(manner.since, result) if manner.since else None
    say("writing the report")
    folder = publish(result.frames, result.facts, out / next_name(out, settings.as_of.isoformat()), changes)
    return Published(folder, result, changes)


def compare_with(earlier: RunFolder, result: AuditResult) -> Changes:
    """What changed since an earlier run."""
    masked = {earlier.manifest.get("masking", NOT_MASKED), result.facts.masking}
    if len(masked) > 1 or masked == {OF_ONE_RUN}:
        raise SettingsRefused(
            f"--since: {earlier.name} and this run name members differently, for one of them is masked or each has a key of its own. "
            "Compare runs that are not masked, or masked with one --mask-key-file."
        )
    return changes_since(earlier, result)


def changes_since(earlier: RunFolder, result: AuditResult) -> Changes:
    """The same of runs that name members alike; of the earlier run only the tables that are compared are read."""
    return compare_runs({name: earlier.frame(name) for name in COMPARED}, result.frames, earlier.name)


def audit_run(settings: Settings, say: Callable[[str], None], auditing: Auditing | None = None) -> AuditResult:
    """The audit alone, and what it was made from."""
    here = audit_here if settings.sensitivity == "none" else audit_and_try
    result = (auditing or here)(settings, say)
    taken = fingerprint(settings, ((file.name, file.sha256) for file in result.facts.inputs))
    return replace(result, facts=replace(result.facts, fingerprints=asdict(taken)))


def audit_here(settings: Settings, say: Callable[[str], None]) -> AuditResult:
    """The audit by this machine."""
    return audit(settings, progress=say)


def audit_and_try(settings: Settings, say: Callable[[str], None]) -> AuditResult:
    """The audit, and then the same extract under other values of the readings, one at a time. SettingsRefused for several guidelines."""
    assert settings.sensitivity != "none"
    if settings.beside:
        raise SettingsRefused("--sensitivity tries the readings of one guideline. Name one --policy, and run it again for each other.")
    with begin(settings, None, say) as begun:
        result = gather(begun, list(audit_revisions(begun)))
        tried = try_readings(begun, settings.sensitivity)
    return replace(result, facts=replace(result.facts, sensitivity=tried))
