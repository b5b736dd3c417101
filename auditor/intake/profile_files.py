"""Finds a column profile by name or path, and refuses one that cannot be right, saying where and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.errors import SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.intake.profiles import ColumnRule, Lookup, Profile, Source, Unpivot, Years, filled_columns
from auditor.places import configs_folder
from auditor.tables import CANONICAL, Table
from auditor.yaml_lines import read_yaml

SUFFIXES = (".yaml", ".yml")
READABLE_FORMAT = re.compile(r"(%[YmdHMSfbBjIp]|[^%])*")


def profile_names() -> list[str]:
    """Names of the profiles that come with the program, sorted."""
    return sorted(path.stem for path in (configs_folder() / "profiles").glob("*.yaml"))


def load_profile(name: str) -> Profile:
    """The profile of that name, or in that YAML file; SettingsRefused says what is wrong with it."""
    path = _find(name)
    content = {"name": path.stem, **read_yaml(path, path.name, typed=False)}
    try:
        profile = Profile.model_validate(content)
    except ValidationError as mistakes:
        raise SettingsRefused("\n".join(_say(path, mistake) for mistake in mistakes.errors())) from None
    for mistake in _mistakes(profile):
        raise SettingsRefused(f"{path.name}: {mistake}")
    return profile


def _find(name: str) -> Path:
    if name.endswith(SUFFIXES):
        path = Path(name)
        if not path.is_file():
            raise SettingsRefused(f"the profile {path.name} is not there; check the path, or name one of {', '.join(profile_names())}")
        return path
    path = configs_folder() / "profiles" / f"{name}.yaml"
    if name not in profile_names():
        hint = did_you_mean(name, profile_names())
        raise SettingsRefused(f"no profile is named {name}; there are {', '.join(profile_names())}.{hint}")
    return path


def _say(path: Path, mistake: ErrorDetails) -> str:
    key = ".".join(str(part) for part in mistake["loc"])
    last = str(mistake["loc"][-1]) if mistake["loc"] else ""
    if mistake["type"] == "extra_forbidden":
        allowed = _allowed(mistake["loc"])
        return f"{path.name}: {key} is not a key here; allowed are {', '.join(allowed)}.{did_you_mean(last, allowed)}"
    if mistake["type"] == "missing":
        return f"{path.name}: {key} is missing"
    return f"{path.name}: {key}: {mistake['msg'].removeprefix('Value error, ')}"


def _allowed(where: tuple[str | int, ...]) -> list[str]:
    """Keys allowed where the unknown one stands, found by walking its path through the models."""
    model: type[BaseModel] = Profile
    for part in where[:-1]:
        model = _PARTS.get(str(part), model)
    return list(model.model_fields)


_PARTS: dict[str, type[BaseModel]] = {
    **{table.name: Source for table in CANONICAL},
    "columns": ColumnRule,
    "lookups": Lookup,
    "unpivot": Unpivot,
    "years": Years,
}


def _mistakes(profile: Profile) -> Iterator[str]:
    for table in CANONICAL:
        for number, source in enumerate(profile.sources(table), start=1):
            yield from (f"{table.name}, source {number}: {mistake}" for mistake in _source_mistakes(profile, table, source))
    for name, lookup in profile.lookups.items():
        yield from (
            f"lookups.{name}.columns.{column}: give one of min, max, any with its column"
            for column, how in lookup.columns.items()
            if len(how) != 1
        )


def _source_mistakes(profile: Profile, table: Table, source: Source) -> Iterator[str]:
    names = [column.name for column in table.columns]
    for name in (*source.columns, *(name for part in source.unpivot for name in part.columns)):
        if name not in names:
            yield f"{name} is not a column of {table.name}.{did_you_mean(name, names)}"
    for stem in source.numbered:
        if f"{stem}_1" not in names:
            yield f"numbered.{stem} is not a numbered column of {table.name}"
    for required in table.required:
        if required not in filled_columns(table, source):
            yield f"no column is given for {required}, which every row of {table.name} needs"
    yield from (
        f"date_formats: {text} is not a format that can be read safely; use %Y %m %d %b %H %M %S, and four digits for the year"
        for text in profile.formats(source)
        if not (READABLE_FORMAT.fullmatch(text) and "%Y" in text)
    )
    for rule in (*source.columns.values(), *(rule for part in source.unpivot for rule in part.columns.values())):
        yield from _lookup_mistakes(profile, rule)


def _lookup_mistakes(profile: Profile, rule: ColumnRule) -> Iterator[str]:
    for name in rule.column:
        lookup, _, column = name.partition(".")
        if lookup in profile.lookups and column not in profile.lookups[lookup].columns:
            known = profile.lookups[lookup].columns
            yield f"the lookup {lookup} has no {column}; it has {', '.join(known)}.{did_you_mean(column, known)}"
