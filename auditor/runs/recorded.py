"""The inputs a run was made from, found again: where each lay or lies now, each with the hash it had."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor.digests import digest_file
from auditor.errors import NotTheSame
from auditor.releases import installed_releases
from auditor.report.seal import ORIGIN, RULES
from auditor.runs.folder import RunFolder
from auditor.settings import Settings

YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Origin:
    """Where each file of the extract lay, by its name in the run, the folder of reference releases, and the versions at work."""

    places: Mapping[str, Path]
    reference: Path | None
    versions: Mapping[str, str]


def read_origin(run: RunFolder) -> Origin:
    """What the run remembers of its making; NotTheSame where it remembers nothing: its rows came from memory."""
    try:
        told: dict[str, Any] = json.loads((run.path / ORIGIN).read_bytes())
    except OSError:
        raise NotTheSame(f"{run.name}: the run does not say where its inputs lay, so it cannot be repeated from them.") from None
    reference = told["reference"]
    return Origin({name: Path(place) for name, place in told["places"].items()}, Path(reference) if reference else None, told["versions"])


def moved(origin: Origin, folder: Path) -> Origin:
    """The same with every input below another folder, under the name it has in the run or that name without folders."""
    found = {
        name: next((one for one in (folder / name, folder / Path(name).name) if one.is_file()), folder / name) for name in origin.places
    }
    return Origin(found, origin.reference, origin.versions)


def refuse_changed(run: RunFolder, origin: Origin, releases_too: bool = True) -> None:
    """NotTheSame where an input is gone or has other content, or a reference release is gone; every one is named."""
    troubles = [*_input_troubles(run, origin), *(_release_troubles(run, origin) if releases_too else ())]
    if troubles:
        raise NotTheSame("\n".join([f"{run.name}: its inputs are not what they were.", *troubles]))


def _input_troubles(run: RunFolder, origin: Origin) -> Iterator[str]:
    for name, sha256 in sorted({file["name"]: file["sha256"] for file in run.manifest["inputs"]}.items()):
        place = origin.places.get(name)
        if place is None:
            yield f"  {name}: was given in memory, not as a file"
        elif not place.is_file():
            yield f"  {name}: is gone from {place.parent}; say --from FOLDER if it was moved"
        elif digest_file(place).sha256 != sha256:
            yield f"  {name}: differs from what the run read"


def _release_troubles(run: RunFolder, origin: Origin) -> Iterator[str]:
    here = {release.sha256 for release in installed_releases(origin.reference)}
    for release in run.manifest["reference_releases"]:
        for file, sha256 in zip(release["files"], release["sha256"], strict=True):
            if sha256 not in here:
                yield f"  {file}: the reference release is no longer installed; add it again, or say --reference-dir"


def settings_of(run: RunFolder, origin: Origin, releases: Path) -> Settings:
    """The settings that repeat a run, by the configs it kept; ``releases`` is an empty folder, filled with the releases it used."""
    recipe, rules = run.manifest["recipe"], run.path / RULES
    profile = recipe["profile"]
    _link_releases(run, origin, releases)
    again = {
        "paths": tuple(only_this(place) for place in origin.places.values() if place.is_file()),
        "profile": str(rules / "profiles" / (profile if profile.endswith(YAML) else f"{profile}.yaml")),
        "time_zone": recipe["time_zone"],
        "as_of": date.fromisoformat(run.manifest["as_of"]),
        "reference": releases,
        "sensitivity": recipe.get("sensitivity", "none"),
    }
    return kept_rules(run).model_copy(update=again)


def kept_rules(run: RunFolder) -> Settings:
    """The guidelines and readings that a run went by, of the configs it kept."""
    recipe, rules = run.manifest["recipe"], run.path / RULES
    policy, *beside = (_kept(rules, name) for name in (recipe["policy"], *recipe.get("beside", ())))
    return Settings(policy=policy, beside=tuple(beside), readings=recipe["readings_set"], configs=rules)


def _kept(rules: Path, policy: str) -> str:
    """A policy by the name it was asked for by; its own file as the run kept it."""
    if not policy.endswith(YAML):
        return policy
    return str(next(iter(sorted(rules.glob(f"*/policies/{policy}"))), rules / "policies" / policy))


def _link_releases(run: RunFolder, origin: Origin, releases: Path) -> None:
    """Releases installed since are left out: a run knows only those of its day."""
    used = {sha256 for release in run.manifest["reference_releases"] for sha256 in release["sha256"]}
    for release in installed_releases(origin.reference):
        if release.sha256 in used and origin.reference:
            (releases / release.name).symlink_to((origin.reference / release.name).resolve(), target_is_directory=True)


def only_this(place: Path) -> Path:
    """A pattern that only this file fits: a file that is named outright must be one that is read, and one passed over is not."""
    written = str(place)
    return Path(f"{glob.escape(written[:-1])}[{written[-1]}]")
