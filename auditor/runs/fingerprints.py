"""What a run was made from, as four SHA-256: its inputs, its rules, the readings that were set, and the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditor.digests import digest_file, digest_values
from auditor.places import SHIPPED, configs_folder, templates_folder
from auditor.settings import Settings
from auditor.version import VERSION

PACKAGE = Path(__file__).resolve().parents[1]
NAMED_FILES = (".yaml", ".yml")
BESIDE_A_POLICY = ("concepts.yaml", "findings.yaml", "value_sets/*.yaml", "coding/*.yaml")
# What a policy is tested with decides nothing of a run.
VIGNETTES = "vignettes"
RELEASE_FACTS = "*/release.json"


@dataclass(frozen=True)
class Fingerprints:
    """SHA-256 in hex. Where all four are those of another run, so is the run. ``policy`` covers all configs, profiles and releases."""

    inputs: str
    policy: str
    readings: str
    program: str


def fingerprint(settings: Settings, inputs: Iterable[tuple[str, str]]) -> Fingerprints:
    """Of a run by these settings over files of these names and SHA-256."""
    return Fingerprints(
        inputs=digest_values(sorted(set(inputs))),
        policy=digest_values(sorted((name, _sha256(path)) for name, path in _rule_files(settings))),
        readings=digest_values(
            [
                sorted(settings.readings.items()),
                Path(settings.profile).name,
                Path(settings.policy).name,
                settings.time_zone,
                settings.sensitivity,
                *(Path(policy).name for policy in settings.beside),
            ]
        ),
        program=_program(),
    )


def _rule_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Every file that could decide anything, by a name that does not depend on where it lies."""
    profile = Path(settings.profile)
    for home in {settings.configs, configs_folder()}:
        yield from ((path.relative_to(home).as_posix(), path) for path in home.rglob("*.yaml") if VIGNETTES not in path.parts)
    for policy in (Path(name) for name in (settings.policy, *settings.beside) if name.endswith(NAMED_FILES)):
        yield policy.name, policy
        for home in (policy.parent, policy.parent.parent):
            yield from ((path.relative_to(home).as_posix(), path) for each in BESIDE_A_POLICY for path in home.glob(each))
    if profile.suffix in NAMED_FILES:
        yield profile.name, profile
    if settings.reference is not None:
        yield from ((path.relative_to(settings.reference).as_posix(), path) for path in settings.reference.glob(RELEASE_FACTS))


@cache
def _program() -> str:
    templates = templates_folder()
    code = [(path.relative_to(PACKAGE).as_posix(), path) for path in _code_files()]
    looks = [(path.relative_to(templates).as_posix(), path) for path in templates.rglob("*") if path.is_file()]
    return digest_values([VERSION, sorted((name, _sha256(path)) for name, path in (*code, *looks))])


def _code_files() -> Iterator[Path]:
    """Python and SQL of the program, the same in a checkout as installed: files shipped in its package are no code of it."""
    for kind in ("*.py", "*.sql"):
        yield from (path for path in PACKAGE.rglob(kind) if SHIPPED not in path.relative_to(PACKAGE).parts)


def _sha256(path: Path) -> str:
    """Of a file; empty for one that cannot be read, which whoever needs it will say."""
    try:
        return digest_file(path).sha256
    except OSError:
        return ""
