"""Families of DuckDB types, and how a typed cell is turned to text where text is wanted."""

from __future__ import annotations

from typing import Literal

Family = Literal["text", "integer", "decimal", "float", "date", "clock", "instant", "nested"]

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
CLOCKS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
INSTANTS = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "TIMESTAMP_NS WITH TIME ZONE"}
NESTED = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "GEOMETRY", "VARIANT")


def family(type_name: str) -> Family:
    """The family of a DuckDB type; booleans, times of day and the like are read as their text."""
    base = type_name.partition("(")[0]
    if type_name.endswith("]") or base in NESTED:
        return "nested"
    exact: dict[str, Family] = {"DATE": "date", "DECIMAL": "decimal", "FLOAT": "float", "DOUBLE": "float"}
    if base in exact:
        return exact[base]
    if base in INTEGERS:
        return "integer"
    if type_name in INSTANTS:
        return "instant"
    return "clock" if base in CLOCKS else "text"


def as_text(sql: str, type_name: str, few: bool = False) -> str:
    """The cell as VARCHAR: whole numbers without a fraction, NaN as NULL. ``few`` says that a column holds few distinct values."""
    kind = family(type_name)
    if type_name == "VARCHAR":
        return f"written_word({sql})" if few else f"written({sql})"
    if kind in ("float", "decimal"):
        whole = f"CAST(TRY_CAST({sql} AS HUGEINT) AS VARCHAR)"
        text = f"CASE WHEN TRY_CAST({sql} AS HUGEINT) = {sql} THEN {whole} ELSE CAST({sql} AS VARCHAR) END"
        return f"CASE WHEN NOT isnan({sql}) THEN {text} END" if kind == "float" else text
    return f"CAST({sql} AS VARCHAR)" if kind != "text" else f"written(CAST({sql} AS VARCHAR))"
