"""Finds a column profile by name or path, and refuses one that cannot be right, saying where and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.errors import SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.intake.profiles import ColumnRule, LongestDays, Lookup, Profile, Source, Unpivot, Years, filled_columns, read_names
from auditor.places import configs_folder
from auditor.tables import CANONICAL, Table
from auditor.yaml_lines import read_text_yaml

SUFFIXES = (".yaml", ".yml")
READABLE_FORMAT = re.compile(r"(%[YmdHMSfbBjIp]|[^%])*")


def profile_names() -> list[str]:
    """Names of the profiles that come with the program, sorted."""
    return sorted(path.stem for path in (configs_folder() / "profiles").glob("*.yaml"))


def load_profile(name: str) -> Profile:
    """The profile of that name, or in that YAML file; SettingsRefused says what is wrong with it."""
    path = profile_path(name)
    content = {"name": path.stem, **read_text_yaml(path)}
    try:
        profile = Profile.model_validate(content)
    except ValidationError as mistakes:
        raise SettingsRefused("\n".join(_say(path, mistake) for mistake in mistakes.errors())) from None
    for mistake in _mistakes(profile):
        raise SettingsRefused(f"{path.name}: {mistake}")
    return profile


def profile_path(name: str) -> Path:
    """Where the profile of that name lies, or that file; SettingsRefused where it is not there."""
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
    "longest_days": LongestDays,
}


def _mistakes(profile: Profile) -> Iterator[str]:
    for table in CANONICAL:
        for number, source in enumerate(profile.sources(table), start=1):
            yield from (f"{table.name}, source {number}: {mistake}" for mistake in _source_mistakes(profile, table, source))
    for name, lookup in profile.lookups.items():
        yield from (f"lookups.{name}.{mistake}" for mistake in _lookup_mistakes(lookup))


def _lookup_mistakes(lookup: Lookup) -> Iterator[str]:
    yield from (f"columns.{column}: give one of min, max, any with its column" for column, how in lookup.columns.items() if len(how) != 1)
    if not lookup.offered:
        yield "columns: give at least one value to look up, or several as numbered"
    if bool(lookup.numbered) != (lookup.up_to > 1):
        yield "up_to: say how many numbered values a key may have, two or more; without numbered there is one"
    if lookup.order_by and not lookup.numbered:
        yield "order_by: only numbered values have an order"


def _source_mistakes(profile: Profile, table: Table, source: Source) -> Iterator[str]:
    names = [column.name for column in table.columns]
    for name in (*source.columns, *(name for part in source.unpivot for name in part.columns)):
        if name not in names:
            yield f"{name} is not a column of {table.name}.{did_you_mean(name, names)}"
    for stem in source.numbered:
        if f"{stem}_1" not in names:
            yield f"numbered.{stem} is not a numbered column of {table.name}"
    for part in source.unpivot:
        if part.needs is not None and part.needs not in part.columns:
            yield f"unpivot.needs: {part.needs} is none of its columns.{did_you_mean(part.needs, part.columns)}"
    for required in table.required:
        if required not in filled_columns(table, source):
            yield f"no column is given for {required}, which every row of {table.name} needs"
    yield from (
        f"date_formats: {text} is not a format that can be read safely; use %Y %m %d %b %H %M %S, and four digits for the year"
        for text in profile.formats(source)
        if not (READABLE_FORMAT.fullmatch(text) and "%Y" in text)
    )
    for name in read_names(source):
        yield from _reference_mistakes(profile, name)


def _reference_mistakes(profile: Profile, name: str) -> Iterator[str]:
    """A name with a dot, whose first part is a look-up, must be something that the look-up offers."""
    stem, _, column = name.partition(".")
    if stem not in profile.lookups:
        return
    lookup = profile.lookups[stem]
    if column.replace("{n}", "1") not in lookup.offered:
        known = [*lookup.columns, *(f"{numbered}_{{n}}" for numbered in lookup.numbered)]
        yield f"the lookup {stem} has no {column}; it has {', '.join(known)}.{did_you_mean(column, known)}"
