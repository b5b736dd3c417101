"""Finds the columns of a Parquet file whose cells are written just as the contract writes them, so that they can be taken as they lie."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from auditor.intake.columns import FEW, Picked
from auditor.intake.profiles import Years
from auditor.intake.source_types import as_text
from auditor.intake.sql_text import quote_name
from auditor.intake.times import Conventions
from auditor.intake.typed_select import MEMBER
from auditor.intake.values import read_column
from auditor.tables import Column, Table

# No time is read here, so any will do.
CONVENTIONS = Conventions(None, (), Years(first=1, last=9999))

# Columns of text that hold few distinct values, as codes do.
FEW_WORDS = ("claim_line_number", "line_description", "unit", "facility")

# The form of an event's code hangs on its system.
TOGETHER = {"code": ("code_system", "code")}


def find_clean(connection: duckdb.DuckDBPyConnection, relation: str, table: Table, plain: Mapping[str, str]) -> frozenset[str]:
    """Canonical columns, of those that ``plain`` maps to a text column of the relation, of which reading changes no cell.

    Codes and words are asked once a distinct value, which the engine takes from the file's dictionaries.
    """
    clean = set()
    for column in table.columns:
        together = {*TOGETHER.get(column.name, ()), column.name}
        if together <= set(plain) and (column.kind in FEW or column.name in FEW_WORDS):
            clean |= {column.name} if _is_clean(connection, relation, column, _asked(table, column, plain)) else set()
    if MEMBER in plain and _is_visible(connection, relation, plain[MEMBER]):
        clean.add(MEMBER)
    return frozenset(clean)


def _asked(table: Table, column: Column, plain: Mapping[str, str]) -> dict[Column, str]:
    return {table.column(name): quote_name(plain[name]) for name in TOGETHER.get(column.name, (column.name,))}


def _is_clean(connection: duckdb.DuckDBPyConnection, relation: str, column: Column, asked: Mapping[Column, str]) -> bool:
    cells = {one.name: Picked(as_text(_raw(one), "VARCHAR", few=True), "VARCHAR") for one in asked}
    typed = {one: read_column(one, cells, CONVENTIONS) for one in asked}
    distinct = ", ".join(f"{cell} AS {_raw(one)}" for one, cell in asked.items())
    written = ", ".join(f"{cell.sql} AS {quote_name(name)}" for name, cell in cells.items())
    before = "".join(f", {sql} AS {name}" for one in typed.values() for name, sql in one.before)
    (output,) = typed[column].outputs
    return not connection.execute(
        f"SELECT 1 FROM (SELECT *{before} FROM (SELECT *, {written} FROM (SELECT DISTINCT {distinct} FROM {relation}))) "
        f"WHERE ({output.sql}) IS DISTINCT FROM {_raw(column)} LIMIT 1"
    ).fetchall()


def _raw(column: Column) -> str:
    return quote_name(f"@raw {column.name}")


# One question each: the reader answers the first two from the file's statistics.
INVISIBLE = ("{id} < '!'", "{id} >= chr(127)", "{id}[-1] NOT BETWEEN '!' AND '~'")


def _is_visible(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> bool:
    """Whether every cell begins and ends with a visible ASCII character, so that there is nothing to trim."""
    conditions = [condition.format(id=quote_name(column)) for condition in INVISIBLE]
    return not any(connection.execute(f"SELECT 1 FROM {relation} WHERE {condition} LIMIT 1").fetchall() for condition in conditions)
