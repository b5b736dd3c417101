"""Reads ``warehouse.toml``: what is wrong with it is said by section and name, never what was written."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from auditor.errors import SettingsRefused
from auditor.mistakes import did_you_mean
from auditor.warehouse.settings import WarehouseSettings

SECTION = "warehouse"
NAMED_FILES = (".yaml", ".yml")


def read_warehouse(path: Path) -> WarehouseSettings:
    """The settings of a file; a profile's file is named from the folder it lies in. SettingsRefused says everything to be mended."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise SettingsRefused(f"--warehouse: {path.name} cannot be read ({fault.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsRefused(f"--warehouse: {path.name} is not TOML in UTF-8; docs/warehouse.md has an example.") from None
    part = written.get(SECTION)
    if not isinstance(part, dict) or set(written) != {SECTION}:
        raise SettingsRefused(f"{path.name}: expected one section, [{SECTION}]; docs/warehouse.md has an example.")
    if str(part.get("profile", "")).endswith(NAMED_FILES):
        part["profile"] = str(path.parent / part["profile"])
    try:
        return WarehouseSettings(**part)
    except ValidationError as refused:
        faults = refused.errors(include_url=False, include_context=False, include_input=False)
        raise SettingsRefused("\n".join(_said(path.name, fault["loc"], fault["type"], fault["msg"]) for fault in faults)) from None


def _said(file: str, place: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ".".join(map(str, (SECTION, *place)))
    if kind == "extra_forbidden":
        return f"{file}: {where} is no setting.{did_you_mean(place[-1], WarehouseSettings.model_fields)}"
    return f"{file}: {where}: {message.removeprefix('Value error, ')}"
