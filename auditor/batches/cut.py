"""Writes what is in the scope of a guideline to Parquet files by batch, families whole, and opens one batch in an engine of its own."""

from __future__ import annotations

from pathlib import Path

from auditor.engine import Connection, named_queries
from auditor.intake.sql_text import literal_path, quote_text
from auditor.partitions.groups import number_members

# What the stages read of the extract: rows of members, which go with their batch, and what every batch reads whole.
OF_MEMBERS = ("claim_lines", "members", "chart_rows", "authorizations", "set_aside")
WHOLE = ("chart_words", "intake_counts")

# Rows of nobody in scope, which were set aside, go with the first batch.
COPY = """
COPY (SELECT rows.*, coalesce(scope_parts.number, 0) AS audit_batch FROM {table} AS rows LEFT JOIN scope_parts USING (member_id))
TO {folder} (FORMAT parquet, PARTITION_BY (audit_batch))
"""
NO_ROWS = "COPY (FROM {table} LIMIT 0) TO {file} (FORMAT parquet)"
# The first batch tells what was read of everyone.
COUNTS = "UPDATE intake_counts SET rows_in = 0, in_scope = 0"


def cut_scope(connection: Connection, folder: Path, batches: int) -> None:
    """Writes the tables in scope below ``folder``, so that ``open_batch`` finds each batch."""
    folder.mkdir(parents=True)
    number_members(connection, batches)
    for table in OF_MEMBERS:
        connection.execute(COPY.format(table=table, folder=quoted(folder / table)))
        connection.execute(NO_ROWS.format(table=table, file=quoted(folder / f"{table}.parquet")))
    for table in WHOLE:
        connection.execute(f"COPY {table} TO {quoted(folder / f'{table}.parquet')} (FORMAT parquet)")


def open_batch(connection: Connection, folder: Path, number: int) -> None:
    """Makes the tables in scope of one batch."""
    for table in (*OF_MEMBERS, *WHOLE):
        files = [folder / f"{table}.parquet", *sorted((folder / table / f"audit_batch={number}").glob("*.parquet"))]
        named = ", ".join(quote_text(literal_path(file)) for file in files)
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM read_parquet([{named}], hive_partitioning = false)")
    if number:
        connection.execute(COUNTS)
    connection.execute(named_queries("scope")["events"])


def quoted(path: Path) -> str:
    """A path as SQL text."""
    return quote_text(str(path))
