"""Lands the words of a Parquet file of events: what its rows say apart from whom, when and how much, each combination once."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from auditor.intake.columns import Picks
from auditor.intake.sql_text import quote_name
from auditor.intake.typed_select import FILE, ROW
from auditor.tables import EVENTS, Table

WORDS = ("concept", "code_system", "code", "status", "unit")
SAID = ("source_file", *WORDS)


def land_words(connection: duckdb.DuckDBPyConnection, table: Table, relation: str, own: Mapping[str, str]) -> str | None:
    """A relation of the file's columns that feed words, each combination once, to be asked in their place; None but for events.

    ``own`` names the columns by the canonical column that each feeds.
    """
    if table is not EVENTS or not own:
        return None
    [(number,)] = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 'intake words')").fetchall()
    landed = quote_name(f"intake words {number}")
    columns = ", ".join(dict.fromkeys(map(quote_name, own.values())))
    connection.execute(f"CREATE TABLE {landed} AS SELECT DISTINCT {FILE}, {columns} FROM {relation}")
    return f"(SELECT *, 0 AS {ROW} FROM {landed})"


def word_columns(picks: Picks, plain: Mapping[str, str]) -> dict[str, str]:
    """The file's column behind each word; none where a word is made otherwise than of one column, or a row is not read as one row."""
    read = [name for name in WORDS if name in picks.cells]
    simple = picks.variants == 1 and not picks.where and set(read) <= set(plain)
    return {name: plain[name] for name in read} if simple else {}


def only_words(picks: Picks) -> Picks:
    """The same picks of nothing but words."""
    return Picks({name: cell for name, cell in picks.cells.items() if name in WORDS})
