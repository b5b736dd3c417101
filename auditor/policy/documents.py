"""Finds and reads the files of one policy: its revisions, and the concepts, codes and findings they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.places import configs_folder
from auditor.policy.load_coding import CodingDocuments
from auditor.policy.readings import refuse_strangers, with_readings
from auditor.yaml_lines import Block, parse_yaml, read_text

POLICIES, VALUE_SETS = "policies", "value_sets"
PATTERNS = f"{VALUE_SETS}/text_patterns.yaml"
OWN_FILES = ("concepts.yaml", "findings.yaml", "coding/excludes1.yaml", "coding/frequency.yaml")
CODING_FILES = ("ncci", "services", "recovery", "reasons")


@dataclass(frozen=True)
class WrittenFile:
    """A file: where it would lie in a folder of configs, what messages call it, and its text."""

    name: str
    shown: str
    text: str


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
    """All files a policy needs, by where they would lie in a folder of configs."""
    files = lay_out(name_or_path, configs)
    home = own_folder(next(iter(files.values())), configs)
    if home is None:
        return files
    return {f"{home.name}/{name}" if path.is_relative_to(home) else name: path for name, path in files.items()}


def lay_out(name_or_path: str, configs: Path) -> dict[str, Path]:
    """All files a policy needs, its revisions first, by where they would lie if it were the only one.

    A policy may bring its own concepts, findings, coding, and value sets: in a folder of its own below the configs, whose value sets
    stand beside the shared ones and before those of the same name; or, given by path, beside its file.
    """
    policies = _policy_paths(name_or_path, configs)
    homes = (policies[0].parent, policies[0].parent.parent, configs)
    shipped_last = (*homes, configs_folder())  # coding facts are of no one guideline
    home = own_folder(policies[0], configs)
    folders = (configs / VALUE_SETS, home / VALUE_SETS) if home else (_nearest(VALUE_SETS, homes),)
    return {
        **{f"{POLICIES}/{path.name}": path for path in policies},
        **{name: _nearest(name, homes) for name in OWN_FILES},
        **{f"{VALUE_SETS}/{path.name}": path for folder in folders for path in sorted(folder.glob("*.yaml"))},
        PATTERNS: _nearest(PATTERNS.removeprefix(f"{VALUE_SETS}/"), tuple(reversed(folders))),
        **{f"coding/{name}.yaml": _nearest(f"coding/{name}.yaml", shipped_last) for name in CODING_FILES},
    }


def own_folder(policy: Path, configs: Path) -> Path | None:
    """The folder below the configs that a guideline has to itself, if it has one."""
    home = policy.parent.parent
    return home if policy.parent.name == POLICIES and home.resolve().parent == configs.resolve() else None


def read_documents(name_or_path: str, configs: Path) -> Documents:
    """The files of a policy as they are written."""
    return parse_documents(read_texts(name_or_path, configs))


def read_texts(name_or_path: str, configs: Path) -> tuple[WrittenFile, ...]:
    """The files of a policy, not yet understood."""
    home = configs.resolve()

    def shown(path: Path) -> str:
        place = path.resolve()
        return place.relative_to(home).as_posix() if place.is_relative_to(home) else path.name

    return tuple(WrittenFile(name, shown(path), read_text(path, shown(path))) for name, path in lay_out(name_or_path, configs).items())


def parse_documents(written: Iterable[WrittenFile]) -> Documents:
    """The documents that these files hold."""
    files = {file.name: file for file in written}

    def parse(name: str) -> Block:
        return parse_yaml(files[name].text, files[name].shown)

    def parse_all(folder: str) -> tuple[Block, ...]:
        return tuple(parse(name) for name in files if name.startswith(f"{folder}/") and name != PATTERNS)

    concepts, findings, excludes1, frequency = map(parse, OWN_FILES)
    return Documents(
        policies=parse_all(POLICIES),
        concepts=concepts,
        value_sets=parse_all(VALUE_SETS),
        patterns=parse(PATTERNS),
        findings=findings,
        excludes1=excludes1,
        frequency=frequency,
        coding=CodingDocuments(*(parse(f"coding/{name}.yaml") for name in CODING_FILES)),
    )


def _policy_paths(name_or_path: str, configs: Path) -> list[Path]:
    if name_or_path.endswith((".yaml", ".yml")):
        return [Path(name_or_path)]
    known = [*sorted((configs / POLICIES).glob("*.yaml")), *sorted(configs.glob(f"*/{POLICIES}/*.yaml"))]
    paths = [path for path in known if path.match(f"{name_or_path}.*.yaml")]
    if not paths:
        families = {path.name.split(".")[0] for path in known}
        text = f"no file policies/{name_or_path}.*.yaml is there.{did_you_mean(name_or_path, families)}"
        raise refuse([Mistake("the policy", 0, text)])
    return [path for path in paths if path.parent == paths[0].parent]


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
