"""Finds and reads the files of one policy: its revisions, and the concepts, codes and findings they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.places import configs_folder
from auditor.policy.load_coding import CodingDocuments
from auditor.policy.readings import refuse_strangers, with_readings
from auditor.yaml_lines import Block, read_yaml

POLICIES, VALUE_SETS = "policies", "value_sets"
PATTERNS = f"{VALUE_SETS}/text_patterns.yaml"
OWN_FILES = ("concepts.yaml", "findings.yaml", "coding/excludes1.yaml", "coding/frequency.yaml")
CODING_FILES = ("ncci", "services", "recovery", "reasons")


@dataclass(frozen=True)
class Documents:
    """The files as written, before any check. Policies are the revisions of one policy."""

    policies: tuple[Block, ...]
    concepts: Block
    value_sets: tuple[Block, ...]
    patterns: Block
    findings: Block
    excludes1: Block
    frequency: Block
    coding: CodingDocuments


def policy_files(name_or_path: str, configs: Path) -> dict[str, Path]:
    """All files a policy needs, by where they would lie in a folder of configs.

    A policy given by path may bring its own concepts, value sets, findings or coding.
    """
    policies = _policy_paths(name_or_path, configs)
    homes = (policies[0].parent, policies[0].parent.parent, configs)
    shipped_last = (*homes, configs_folder())  # coding facts are of no one guideline
    value_sets = _nearest(VALUE_SETS, homes)
    return {
        **{f"{POLICIES}/{path.name}": path for path in policies},
        **{name: _nearest(name, homes) for name in OWN_FILES},
        **{f"{VALUE_SETS}/{path.name}": path for path in sorted(value_sets.glob("*.yaml"))},
        PATTERNS: value_sets / PATTERNS.removeprefix(f"{VALUE_SETS}/"),
        **{f"coding/{name}.yaml": _nearest(f"coding/{name}.yaml", shipped_last) for name in CODING_FILES},
    }


def read_documents(name_or_path: str, configs: Path) -> Documents:
    """The files of a policy as they are written."""
    files = policy_files(name_or_path, configs)

    def read(path: Path) -> Block:
        place, home = path.resolve(), configs.resolve()
        return read_yaml(path, place.relative_to(home).as_posix() if place.is_relative_to(home) else path.name)

    def read_all(folder: str) -> tuple[Block, ...]:
        return tuple(read(path) for name, path in files.items() if name.startswith(f"{folder}/") and name != PATTERNS)

    concepts, findings, excludes1, frequency = (read(files[name]) for name in OWN_FILES)
    return Documents(
        policies=read_all(POLICIES),
        concepts=concepts,
        value_sets=read_all(VALUE_SETS),
        patterns=read(files[PATTERNS]),
        findings=findings,
        excludes1=excludes1,
        frequency=frequency,
        coding=CodingDocuments(*(read(files[f"coding/{name}.yaml"]) for name in CODING_FILES)),
    )


def _policy_paths(name_or_path: str, configs: Path) -> list[Path]:
    if name_or_path.endswith((".yaml", ".yml")):
        return [Path(name_or_path)]
    paths = sorted((configs / "policies").glob(f"{name_or_path}.*.yaml"))
    if not paths:
        families = {path.name.split(".")[0] for path in (configs / "policies").glob("*.yaml")}
        text = f"no file policies/{name_or_path}.*.yaml is there.{did_you_mean(name_or_path, families)}"
        raise refuse([Mistake("the policy", 0, text)])
    return paths


def _nearest(name: str, homes: tuple[Path, ...]) -> Path:
    """The first of the folders that holds a file or folder of that name; the last where none does."""
    return next((home / name for home in homes if (home / name).exists()), homes[-1] / name)


def override_readings(documents: Documents, overrides: Mapping[str, object]) -> Documents:
    """The documents with readings overridden in every revision that has them; a name none has is refused."""
    refuse_strangers(overrides, {name for policy in documents.policies for name in policy.get("readings", {})})
    return replace(documents, policies=tuple(_override(policy, overrides) for policy in documents.policies))


def _override(policy: Block, overrides: Mapping[str, object]) -> Block:
    readings = policy.get("readings", {})
    return with_readings(policy, {name: value for name, value in overrides.items() if name in readings})
