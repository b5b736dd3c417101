"""Reads ``nightly.toml``: each mistake with its line, what was expected, and the nearest right name; never what was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from auditor.errors import SettingsRefused
from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.nightly.settings import NightlySettings

SECRET = re.compile(r"password|passwd|secret|token|credential|(?:^|_)key$", re.IGNORECASE)
SECTION = re.compile(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}")
PATHS = (
    ("run", "out"),
    ("run", "reference"),
    ("run", "configs"),
    ("run", "scratch"),
    *(("watch", n) for n in ("metrics", "heartbeat", "log")),
)
NAMED_FILES = (".yaml", ".yml")
SQLITE = "sqlite:///"

Place = tuple[int | str, ...]


def read_settings(path: Path) -> NightlySettings:
    """The settings of a file; its relative paths start from its own folder. SettingsRefused says everything that is to be mended."""
    text = _text_of(path)
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsRefused(f"{path.name}: is not TOML: {fault}") from None
    folder = path.resolve().parent
    try:
        settings = NightlySettings(**_from_folder(written, folder))
    except ValidationError as refused:
        raise refuse(_mistakes(path.name, text, refused)) from None
    return settings.model_copy(update={"mail": settings.mail.beside(folder)}) if settings.mail else settings


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise SettingsRefused(
            f"--config: {path.name} cannot be read ({fault.strerror}). Begin with a copy of configs/nightly.example.toml."
        ) from None
    except UnicodeDecodeError:
        raise SettingsRefused(f"--config: {path.name} is not UTF-8. Write it again as UTF-8 text.") from None


def _from_folder(written: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same with paths made whole, wherever a path stands as text."""
    told = {name: dict(part) if isinstance(part, dict) else part for name, part in written.items()}
    for section, name in PATHS:
        part = told.get(section)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            part[name] = folder / part[name]
    extract, run, warehouse = (told.get(name) for name in ("extract", "run", "warehouse"))
    if isinstance(extract, dict):
        if isinstance(extract.get("paths"), list):
            extract["paths"] = [str(folder / one) if isinstance(one, str) else one for one in extract["paths"]]
        extract |= _named_file(extract, "profile", folder)
    if isinstance(run, dict):
        run |= _named_file(run, "policy", folder)
        if isinstance(run.get("beside"), list):
            run["beside"] = [str(folder / one) if str(one).endswith(NAMED_FILES) else one for one in run["beside"]]
    if isinstance(warehouse, dict):
        warehouse |= _named_file(warehouse, "profile", folder)
    return told | _ledger_from(told, folder)


def _ledger_from(told: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The ledger's section, its SQLite file named from the folder of the settings."""
    part = told.get("ledger")
    url = part.get("url") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(url, str) or not url.startswith(SQLITE):
        return {}
    return {"ledger": part | {"url": f"{SQLITE}{folder / url.removeprefix(SQLITE)}"}}


def _named_file(part: Mapping[str, Any], name: str, folder: Path) -> dict[str, str]:
    """A profile or a policy is a name, or a file from this folder."""
    value = part.get(name)
    return {name: str(folder / value)} if isinstance(value, str) and value.endswith(NAMED_FILES) else {}


def _mistakes(file: str, text: str, refused: ValidationError) -> Iterator[Mistake]:
    for fault in refused.errors(include_url=False, include_context=False, include_input=False):
        place: Place = fault["loc"]
        yield Mistake(file, line_of(text, place), _sentence(place, fault["type"], fault["msg"]))


def _sentence(place: Place, kind: str, message: str) -> str:
    name, section = str(place[-1]) if place else "", ".".join(map(str, place[:-1]))
    where = f"[{section}] " if section else ""
    match kind:
        case "extra_forbidden" | "model_type" if SECRET.search(name):
            return (
                f'{where}{name}: a secret never stands in this file. Say where it is kept: password = {{ env = "NAME" }}, file or keyring.'
            )
        case "extra_forbidden":
            return f"{where}{name} is no setting.{did_you_mean(name, settings_at(place[:-1]))}"
        case "missing":
            return f"{where}{name} is missing."
        case _:
            said = message.removeprefix("Value error, ")
            return f"{where}{name}: {said[:1].lower()}{said[1:]}." if name else f"{said}."


def settings_at(place: Place, model: type[BaseModel] = NightlySettings) -> list[str]:
    """The names that may stand in a section."""
    for step in place:
        if (field := model.model_fields.get(str(step))) is not None:
            model = next((one for one in _models(field.annotation)), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one
        elif one is not annotation:
            yield from _models(one)


def line_of(text: str, place: Place) -> int:
    """The line on which a setting stands, or the section that it is missing from; 0 where neither is written."""
    names = [str(step) for step in place if isinstance(step, str)]
    section, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        header = SECTION.match(line)
        if header:
            section = header[1].replace(" ", "").replace('"', "")
            if section in (".".join(names), ".".join(names[:-1])):
                found = number
        key = re.match(r"""\s*["']?([A-Za-z0-9_.-]+)["']?\s*=""", line)
        if key:
            whole = [*filter(None, section.split(".")), *key[1].split(".")]
            if whole == names[: len(whole)]:
                found = number
                if whole == names:
                    return number
    return found
