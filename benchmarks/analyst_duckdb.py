"""Runs ``analyst.sql``, what an analyst would write in an afternoon for DuckDB: one file, as the database would read it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

SCRIPT = Path(__file__).with_name("analyst.sql")


def answer(folder: Path) -> pd.DataFrame:
    """One row an episode of the extract in this folder: what it is, what it comes to, and its dollars."""
    with duckdb.connect() as connection:
        connection.execute("SET file_search_path = ?", [str(folder)])
        connection.execute(SCRIPT.read_text(encoding="utf-8"))
        return connection.table("answers").df()
