"""How the cells of a row become typed canonical columns, and what can be wrong with each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.intake.codes import MACROS, choose_event_code, read_code, read_system
from auditor.intake.columns import Picked
from auditor.intake.faults import WHEN_UNREADABLE, Check, missing
from auditor.intake.source_types import family
from auditor.intake.sql_text import in_words, quote_name
from auditor.intake.times import UTC, Conventions, date_checks, read_time
from auditor.tables import Column

NUMBER_MACROS = {
    ("number", "text"): "finite_number",
    ("money", "text"): "cents_of_text",
    ("money", "float"): "cents_of_float",
    ("money", "integer"): "cents_of_exact",
    ("money", "decimal"): "cents_of_exact",
}
SYSTEM = quote_name("@system")
# Exact amounts with no more than cents need only be within bounds, which the reader answers from the file's statistics.
CENTS = re.compile(r"DECIMAL\(\d+,\s*[0-2]\)")
# Text that begins otherwise than with a visible ASCII character: the reader answers both from the file's statistics.
INVISIBLE_START = ("< '!'", ">= chr(127)")
MOST_MONEY = "BETWEEN -9999999999999.99 AND 9999999999999.99"
ANY_NUMBER = {"number": "finite", "integer": "whole_number"}


@dataclass(frozen=True)
class Output:
    """One column of a ``_read`` view: its name, its DuckDB type, and the SQL that fills it."""

    name: str
    type: str
    sql: str


@dataclass(frozen=True)
class Typed:
    """One canonical column, typed; ``ways`` are how its time may be written, with their conditions, ``before`` columns worked out first."""

    outputs: tuple[Output, ...]
    checks: tuple[Check, ...] = ()
    ways: Mapping[int, str] = field(default_factory=dict)
    before: tuple[tuple[str, str], ...] = ()


def output_types(column: Column) -> tuple[tuple[str, str], ...]:
    """Names and DuckDB types of the columns that a canonical column becomes in a ``_read`` view."""
    match column.kind:
        case "date":
            return ((column.name, "DATE"),)
        case "time":
            return (
                (f"{column.name}_at", "TIMESTAMP"),
                (f"{column.name}_local", "TIMESTAMP"),
                (f"{column.name}_day", "DATE"),
                (f"{column.name}_last_day", "DATE"),
            )
        case "integer":
            return ((column.name, "BIGINT"),)
        case "number":
            return ((column.name, "DOUBLE"),)
        case "money":
            return ((f"{column.name.removesuffix('_amount')}_cents", "BIGINT"),)
        case _:
            return ((column.name, "VARCHAR"),)


def read_column(column: Column, cells: Mapping[str, Picked], conventions: Conventions) -> Typed:
    """The typed form of one canonical column of a file that has these cells."""
    cell = cells.get(column.name)
    if cell is None:
        return Typed(_outputs(column, *("NULL" for _ in output_types(column))), _missing(column, None))
    typed = _as_it_lies(column) if cell.clean else _typed(column, cell, cells, conventions)
    return Typed(typed.outputs, (*_missing(column, cell), *typed.checks), typed.ways, typed.before)


def _as_it_lies(column: Column) -> Typed:
    name = quote_name(column.name)
    return Typed(_outputs(column, name), before=((SYSTEM, name),) if column.name == "code_system" else ())


def _typed(column: Column, cell: Picked, cells: Mapping[str, Picked], conventions: Conventions) -> Typed:
    name = quote_name(column.name)
    match column.kind:
        case "date":
            return _date(column, cell, conventions)
        case "time":
            parts = read_time(column.name, cell, conventions)
            checks = date_checks(column.name, cell, f"{column.name}_day", conventions.years)
            return Typed(_outputs(column, parts.at, parts.local, parts.day, parts.last_day), checks, parts.ways, parts.before)
        case "code":
            return _code(column, cells)
        case "choice":
            word = f"CASE WHEN {in_words(f'snake_word({name})', column.choices)} THEN snake_word({name}) END"
            return Typed(_outputs(column, f"CASE WHEN {in_words(name, column.choices)} THEN {name} ELSE {word} END"), _unreadable(column))
        case "integer" | "number" | "money":
            return _number(column, cell)
        case _:
            return Typed(_outputs(column, name))


def _date(column: Column, cell: Picked, conventions: Conventions) -> Typed:
    """A date is one whole day; a month or a year alone cannot be read."""
    parts = read_time(column.name, cell, conventions)
    whole = f"CASE WHEN {parts.before[0][0]} IS NOT NULL THEN {parts.day} END" if parts.before else parts.day
    checks = date_checks(column.name, cell, quote_name(column.name), conventions.years)
    utc_only = {way: condition for way, condition in parts.ways.items() if way == UTC}
    return Typed(_outputs(column, whole), checks, utc_only, parts.before)


def _code(column: Column, cells: Mapping[str, Picked]) -> Typed:
    name = quote_name(column.name)
    if column.name == "code_system":
        return Typed(_outputs(column, SYSTEM), before=((SYSTEM, read_system(name)),))
    if column.name == "code" and "code_system" in cells:
        forms = {form: quote_name(f"@code {form}") for form in MACROS}
        before = tuple((forms[form], f"{macro}({name})") for form, macro in MACROS.items())
        return Typed(_outputs(column, choose_event_code(forms, SYSTEM)), before=before)
    return Typed(_outputs(column, read_code(column.name, name)))


def _number(column: Column, cell: Picked) -> Typed:
    name = quote_name(column.name)
    if column.kind == "money" and CENTS.fullmatch(cell.type):
        beyond = f"{quote_name(f'@{column.name}')} NOT {MOST_MONEY}"
        cents = f"CASE WHEN {name} {MOST_MONEY} THEN CAST({name} * 100 AS BIGINT) END"
        return Typed(
            _outputs(column, cents), (Check(column.name, WHEN_UNREADABLE[column.kind], beyond, (f"{cell.sql} NOT {MOST_MONEY}",)),)
        )
    macro = NUMBER_MACROS.get((column.kind, family(cell.type)), ANY_NUMBER.get(column.kind))
    signs = (f"{cell.sql} IS NOT NULL AND {macro}({cell.sql}) IS NULL",) if cell.direct else None
    return Typed(_outputs(column, f"{macro}({name})"), _unreadable(column, signs))


def _outputs(column: Column, *expressions: str) -> tuple[Output, ...]:
    return tuple(Output(name, kind, sql) for (name, kind), sql in zip(output_types(column), expressions, strict=True))


def _missing(column: Column, cell: Picked | None) -> tuple[Check, ...]:
    if not column.required:
        return ()
    empty = f"{quote_name(f'@{column.name}')} IS NULL"
    return (Check(column.name, missing(column.name), empty, _signs_of_empty(cell) if cell else None),)


def _signs_of_empty(cell: Picked) -> tuple[str, ...] | None:
    """Text that begins with a visible ASCII character is something, whatever comes after it."""
    if cell.direct:
        return (f"{cell.sql} IS NULL",)
    return tuple(f"{cell.trimmed} {sign}" for sign in ("IS NULL", *INVISIBLE_START)) if cell.trimmed else None


def _unreadable(column: Column, signs: tuple[str, ...] | None = None) -> tuple[Check, ...]:
    (output, _), *_rest = output_types(column)
    bad = f"{quote_name(f'@{column.name}')} IS NOT NULL AND {quote_name(output)} IS NULL"
    return (Check(column.name, WHEN_UNREADABLE[column.kind], bad, signs),)
