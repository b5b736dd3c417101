"""Finds the columns of a Parquet file whose cells are written just as the contract writes them, so that they can be taken as they lie."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.intake.asking import Asking
from auditor.intake.columns import FEW, Picked
from auditor.intake.parquet_files import few_columns
from auditor.intake.profiles import Years
from auditor.intake.source_types import as_text
from auditor.intake.sql_text import quote_name
from auditor.intake.times import Conventions
from auditor.intake.typed_select import MEMBER
from auditor.intake.values import INVISIBLE_START, read_column
from auditor.intake.visible_ends import all_end_visibly
from auditor.tables import Column, Table

# No time is read here, so any will do.
CONVENTIONS = Conventions(None, (), Years(first=1, last=9999))

# Columns of text that hold few distinct values, as codes do.
FEW_WORDS = ("claim_line_number", "line_description", "unit", "facility")

# The form of an event's code hangs on its system.
TOGETHER = {"code": ("code_system", "code")}


def find_clean(asking: Asking, plain: Mapping[str, str]) -> frozenset[str]:
    """Canonical columns, of those that ``plain`` maps to a text column of the file, of which reading changes no cell.

    Codes, words, and whatever else holds few distinct values are asked once a distinct value, which the engine takes from the file's
    dictionaries.
    """
    clean, few = set(), few_columns(asking.connection, asking.files)
    for column in asking.table.columns:
        together = {*TOGETHER.get(column.name, ()), column.name}
        if together <= set(plain) and (
            column.kind in FEW or column.name in FEW_WORDS or (column.kind == "text" and plain[column.name] in few)
        ):
            clean |= {column.name} if _is_clean(asking, column, plain) else set()
    if MEMBER in plain and MEMBER not in clean and _is_visible(asking, plain[MEMBER]):
        clean.add(MEMBER)
    return frozenset(clean)


def _asked(table: Table, column: Column, plain: Mapping[str, str]) -> dict[Column, str]:
    return {table.column(name): quote_name(plain[name]) for name in TOGETHER.get(column.name, (column.name,))}


def _is_clean(asking: Asking, column: Column, plain: Mapping[str, str]) -> bool:
    asked = _asked(asking.table, column, plain)
    cells = {one.name: Picked(as_text(_raw(one), "VARCHAR", few=True), "VARCHAR") for one in asked}
    typed = {one: read_column(one, cells, CONVENTIONS) for one in asked}
    distinct = ", ".join(f"{cell} AS {_raw(one)}" for one, cell in asked.items())
    written = ", ".join(f"{cell.sql} AS {quote_name(name)}" for name, cell in cells.items())
    before = "".join(f", {sql} AS {name}" for one in typed.values() for name, sql in one.before)
    (output,) = typed[column].outputs
    return not asking.connection.execute(
        f"SELECT 1 FROM (SELECT *{before} FROM (SELECT *, {written} FROM (SELECT DISTINCT {distinct} FROM {asking.about(column.name)}))) "
        f"WHERE ({output.sql}) IS DISTINCT FROM {_raw(column)} LIMIT 1"
    ).fetchall()


def _raw(column: Column) -> str:
    return quote_name(f"@raw {column.name}")


def _is_visible(asking: Asking, column: str) -> bool:
    """Whether every cell begins and ends with a visible ASCII character, so that there is nothing to trim."""
    starts = " UNION ALL ".join(f"(SELECT 1 FROM {asking.relation} WHERE {quote_name(column)} {sign} LIMIT 1)" for sign in INVISIBLE_START)
    if asking.connection.execute(starts).fetchall():
        return False
    [(threads,)] = asking.connection.execute("SELECT current_setting('threads')").fetchall()
    return all_end_visibly(asking.files, column, threads)
