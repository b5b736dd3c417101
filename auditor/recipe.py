"""What another run needs to come to the same: how the extract was read, by which rules, and where its files lay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import SettingsRefused
from auditor.intake import Reading, profile_path
from auditor.letters import letters_file
from auditor.places import configs_folder
from auditor.policy import policy_files
from auditor.providers import PLAN_FILE
from auditor.settings import Settings

if TYPE_CHECKING:
    from auditor.report.facts import Recipe

# What the intake reads of the program's own configs, whatever folder the policy is in.
OF_INTAKE = ("code_systems.yaml", "fhir.yaml", "x12.yaml", "profiles/native.yaml")


def read_rules(settings: Settings) -> dict[str, bytes]:
    """The files of configs that a run goes by, by where they would lie in a folder of configs."""
    profile = profile_path(settings.profile)
    files = {
        **{name: configs_folder() / name for name in OF_INTAKE},
        **rule_files(settings),
        PLAN_FILE: settings.configs / PLAN_FILE,
        f"profiles/{profile.name}": profile,
    }
    return {name: files[name].read_bytes() for name in sorted(files)}


def rule_files(settings: Settings) -> dict[str, Path]:
    """The files of all guidelines of a run. SettingsRefused where two bring a file that would lie in one place."""
    files: dict[str, Path] = {}
    for policy in (settings.policy, *settings.beside):
        own = policy_files(policy, settings.configs)
        letters = letters_file(settings.configs, next(iter(own)))
        for name, path in (*own.items(), letters):
            if files.setdefault(name, path).resolve() != path.resolve():
                raise SettingsRefused(
                    f"--policy: {policy} brings its own {name} beside another's. Give it a folder of its own in the configs."
                )
    return files


def make_recipe(settings: Settings, rules: dict[str, bytes], reading: Reading) -> Recipe:
    """The recipe of a run. Names are kept as they were asked for; of a policy's or profile's own file, its name without folders."""
    from auditor.report.facts import Recipe

    return Recipe(
        policy=Path(settings.policy).name,
        beside=tuple(Path(policy).name for policy in settings.beside),
        profile=Path(settings.profile).name,
        time_zone=settings.time_zone,
        readings_set=dict(settings.readings),
        rules=rules,
        places=reading.places,
        reference=settings.reference.resolve() if settings.reference else None,
        sensitivity=settings.sensitivity,
    )
