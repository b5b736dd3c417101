"""Joins on the disk what batches found: claim lines numbered through the run, every table sorted as ``results.py`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.engine import Connection, open_engine
from auditor.intake.sql_text import literal_path, quote_name, quote_text
from auditor.numbering import NUMBER, NUMBERED
from auditor.parts import Found
from auditor.results import COLLECTED, ResultTable
from auditor.settings import Settings
from auditor.shelf import BATCH_ROWS, write_batches

if TYPE_CHECKING:
    import pyarrow

LINES = "named_lines"
EPISODE, EPISODES = "episode_id", "episodes"
# Rows of a file that are read together: a stretch of episodes reads only what it may hold.
GROUP_ROWS = 20_000

# A member's lines stand in one batch, and their keys are those of the run: numbers are the same however members were parted.
NUMBERS = """
CREATE TABLE numbers AS
SELECT line_key AS old, row_number() OVER (ORDER BY member_id, line_key) AS number FROM read_parquet({files})
"""
FIRSTS = """
SELECT min(episode_id) FROM (SELECT episode_id, ntile({stretches}) OVER (ORDER BY episode_id) AS stretch FROM read_parquet({files}))
GROUP BY stretch ORDER BY ALL
"""


def keep_found(found: Found, folder: Path) -> Found:
    """Writes the tables of a batch below ``folder``, and returns what is left of it in memory."""
    import pyarrow.parquet

    folder.mkdir(parents=True)
    for name, table in {**found.tables, LINES: found.lines}.items():
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet", compression="lz4", row_group_size=GROUP_ROWS)
    return replace(found, tables={}, lines=found.lines.slice(0, 0))


def join_tables(found: Path, folder: Path, settings: Settings) -> None:
    """Writes the tables of all batches below ``found`` as those of one run, ``<name>.parquet`` in ``folder``."""
    from auditor.report.schemas import arrow_schema

    folder.mkdir(parents=True)
    with open_engine(settings.memory, settings.threads, settings.scratch) as connection:
        connection.execute(NUMBERS.format(files=_files(found, LINES)))
        stretches = _stretches(connection, found)
        for table in COLLECTED:
            own = stretches if table.order[0] == EPISODE else ["true"]
            batches = chain.from_iterable(_sorted_rows(connection, table, found, stretch) for stretch in own)
            write_batches(arrow_schema(table), batches, folder / f"{table.name}.parquet")


def _stretches(connection: Connection, found: Path) -> list[str]:
    """Conditions that part the episodes by their names, in order, into as many stretches as there are batches; rows of none come first."""
    firsts = FIRSTS.format(stretches=sum(1 for _ in found.iterdir()), files=_files(found, EPISODES))
    ends = [quote_text(first) for (first,) in connection.execute(firsts).fetchall()[1:]]
    lows, highs = ["true", *(f"{EPISODE} >= {end}" for end in ends)], [*(f"{EPISODE} < {end}" for end in ends), "true"]
    within = [f"{low} AND {high}" for low, high in zip(lows, highs, strict=True)]
    return [f"{EPISODE} IS NULL OR {within[0]}", *within[1:]]


def _sorted_rows(connection: Connection, table: ResultTable, found: Path, stretch: str) -> Iterator[pyarrow.RecordBatch]:
    """The rows of a stretch of a table; a part of it is sorted at a time."""
    numbered = table in NUMBERED
    names = [column.name for column in table.columns]
    columns = ", ".join("number AS line_key" if numbered and name == NUMBER else quote_name(name) for name in names)
    join = f"LEFT JOIN numbers ON old = {NUMBER}" if numbered else ""
    rows = f"SELECT {columns} FROM (FROM read_parquet({_files(found, table.name)}) WHERE {stretch}) {join}"
    yield from connection.sql(f"FROM ({rows}) ORDER BY {_order(table)}").to_arrow_reader(BATCH_ROWS)


def _order(table: ResultTable) -> str:
    """The table's order, then its other columns, so that rows which that order leaves equal still stand the same way."""
    kinds = {column.name: column.kind for column in table.columns}
    keys = (
        f"array_to_string({quote_name(name)}, chr(10))" if kinds[name] == "list" else quote_name(name)
        for name in dict.fromkeys((*table.order, *kinds))
    )
    return ", ".join(f"{key} NULLS FIRST" for key in keys)


def _files(found: Path, name: str) -> str:
    return quote_text(f"{literal_path(found)}/*/{name}.parquet")
