"""Repeats a run from the inputs and rules it recorded, and says file by file whether the same bytes come of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditor.digests import digest_file, plain_files
from auditor.errors import NotTheSame, SettingsRefused
from auditor.pipeline import AuditResult
from auditor.report import publish
from auditor.report.seal import ORIGIN, SUCCESS
from auditor.runs.folder import RunFolder, is_masked, run_folders
from auditor.runs.make import audit_run, changes_since
from auditor.runs.recorded import Origin, read_origin, refuse_changed, settings_of

# They tell of the place and the machine, and so may differ where nothing else does.
OF_THE_PLACE = (ORIGIN, SUCCESS)
RESULTS, RELEASES = "again", "releases"


@dataclass(frozen=True)
class Rerun:
    """A run and its repetition: how many files are the same, names of those that are not, and what explains it."""

    run: str
    same: int
    differ: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """The same bytes came of it, file by file."""
        return not (self.differ or self.missing or self.added)


def rerun(run: RunFolder, origin: Origin, scratch: Path, say: Callable[[str], None]) -> Rerun:
    """Repeats ``run`` in ``scratch``, an empty folder, from inputs that lie where ``origin`` says.

    NotTheSame where an input is gone or not what it was.
    """
    if is_masked(run.manifest):
        raise SettingsRefused(f"{run.name}: a masked run names no inputs, and cannot be repeated. Repeat the run it was masked from.")
    say("checking the inputs")
    refuse_changed(run, origin)
    earlier = compared_with(run)
    (scratch / RELEASES).mkdir()
    result = audit_run(settings_of(run, origin, scratch / RELEASES), say)
    say("writing the report")
    changes = changes_since(earlier, result) if earlier else None
    again = publish(result.frames, _as_asked(result, run).facts, scratch / RESULTS / run.name, changes)
    say("comparing")
    return compare(run, RunFolder(again))


def compared_with(run: RunFolder) -> RunFolder | None:
    """The earlier run that the report tells the changes since, if it tells any. NotTheSame where it no longer lies beside."""
    name = run.manifest.get("compared_with")
    if name is None:
        return None
    earlier = next((one for one in run_folders(run.path.resolve().parent) if one.name == name), None)
    if earlier is None:
        raise NotTheSame(
            f"{run.name}: its report tells what changed since {name}, which no longer lies beside it; put it back to repeat it."
        )
    return earlier


def _as_asked(result: AuditResult, run: RunFolder) -> AuditResult:
    """With the names by which the rules were asked for the first time, and the fingerprints taken of them where they lay then."""
    facts, recorded = result.facts, run.manifest
    assert facts.recipe
    asked = recorded["recipe"]
    recipe = replace(facts.recipe, policy=asked["policy"], beside=tuple(asked.get("beside", ())), profile=asked["profile"])
    taken = {**recorded.get("fingerprints", {}), "program": facts.fingerprints["program"]}
    return replace(result, facts=replace(facts, recipe=recipe, fingerprints=taken if "fingerprints" in recorded else {}))


def compare(run: RunFolder, again: RunFolder) -> Rerun:
    """File by file; what tells of the place is not compared."""
    before, after = ({name: digest_file(path) for name, path in plain_files(one.path) if name not in OF_THE_PLACE} for one in (run, again))
    shared = before.keys() & after.keys()
    return Rerun(
        run=run.name,
        same=sum(before[name] == after[name] for name in shared),
        differ=tuple(sorted(name for name in shared if before[name] != after[name])),
        missing=tuple(sorted(before.keys() - after.keys())),
        added=tuple(sorted(after.keys() - before.keys())),
        notes=tuple(_notes(run, again)),
    )


def _notes(run: RunFolder, again: RunFolder) -> Iterator[str]:
    """What differs between the two makings: the program, its libraries, and parts of the manifest."""
    then, now = run.manifest, again.manifest
    if then["program_version"] != now["program_version"]:
        yield f"the program was {then['program_version']} then, and is {now['program_version']} now"
    elif _program(then) != _program(now):
        yield "the program has the same version and another content than then"
    versions, present = read_origin(run).versions, read_origin(again).versions
    for name in sorted(versions.keys() & present.keys()):
        if versions[name] != present[name]:
            yield f"{name} was {versions[name]} then, and is {present[name]} now"
    parts = sorted(name for name in then.keys() | now.keys() if _text(then, name) != _text(now, name))
    if parts := [name for name in parts if name not in ("sealed", "fingerprints", "program_version")]:
        yield f"the manifests differ in {', '.join(parts)}"


def _program(manifest: dict[str, Any]) -> str | None:
    found: str | None = manifest.get("fingerprints", {}).get("program")
    return found


def _text(manifest: dict[str, Any], name: str) -> str:
    return json.dumps(manifest.get(name), sort_keys=True)
