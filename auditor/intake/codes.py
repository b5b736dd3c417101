"""How each code column is written: the forms of codes, and the many names of a code system, read from code_systems.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from auditor.errors import SettingsRefused
from auditor.intake.sql_text import choose, in_words
from auditor.places import configs_folder
from auditor.tables import DIAGNOSES, PROCEDURES
from auditor.yaml_lines import read_text_yaml

MACROS = {"undotted": "undotted_code", "drug": "drug_code", "plain": "plain_code"}

SYSTEM_COLUMNS = ("code_system", "diagnosis_code_type", "procedure_code_type")
FORMS: dict[str, str] = {
    "revenue_center_code": "revenue_code",
    "ndc_code": "drug_code",
    "frequency_code": "frequency_code",
    "concept": "snake_word",
    **{f"diagnosis_code_{n}": "undotted_code" for n in range(1, DIAGNOSES + 1)},
    **{f"procedure_code_{n}": "undotted_code" for n in range(1, PROCEDURES + 1)},
}


class CodeSystem(BaseModel):
    """How a system's codes are written, and the names extracts give it. What a ``lasting`` code says may be true for a lifetime."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    written: Literal["undotted", "drug", "plain"]
    names: tuple[str, ...] = ()
    lasting: bool = False


@cache
def code_systems() -> Mapping[str, CodeSystem]:
    """The code systems of ``configs/code_systems.yaml`` by the name the program uses."""
    path = configs_folder() / "code_systems.yaml"
    try:
        return TypeAdapter(dict[str, CodeSystem]).validate_python(read_text_yaml(path))
    except ValidationError as mistakes:
        where = ".".join(str(part) for part in mistakes.errors()[0]["loc"])
        raise SettingsRefused(f"{path.name}: {where}: expected `written` and `names`") from None


def lasting_systems() -> list[str]:
    """The code systems of what may be true for a lifetime."""
    return [name for name, system in code_systems().items() if system.lasting]


def read_system(sql: str) -> str:
    """SQL for the program's name of a code system; a name nobody listed stays, in lower case."""
    known = code_systems()
    aliases = {_bare(alias): name for name, system in known.items() for alias in (name, *system.names)}
    other = choose(f"bare_name({sql})", aliases, f"snake_word({sql})")
    # most rows name no system, or name it as the program does: neither climbs the ladder of aliases
    return f"CASE WHEN {sql} IS NULL THEN NULL WHEN {in_words(sql, known)} THEN {sql} ELSE {other} END"


def read_code(column: str, sql: str) -> str:
    """SQL for a code column other than the code of an event, whose form hangs on its system."""
    if column in SYSTEM_COLUMNS:
        return read_system(sql)
    return f"{FORMS.get(column, 'plain_code')}({sql})"


def choose_event_code(forms: Mapping[str, str], system: str) -> str:
    """SQL for an event's code in the form that its system writes codes in; ``forms`` are columns by the names of ``MACROS``."""
    branches = " ".join(
        f"WHEN {in_words(system, [name for name, it in code_systems().items() if it.written == form])} THEN {column}"
        for form, column in forms.items()
        if form != "plain"
    )
    return f"CASE {branches} ELSE {forms['plain']} END"


def _bare(name: str) -> str:
    """The same as the macro ``bare_name``."""
    return re.sub(r"[\s._-]", "", name.lower())
