"""The result rows of one episode as one JSON document: what a sealed pack holds of them, and what a run's list has the hash of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa

from auditor.report.cases import rows_by_episode
from auditor.results import EPISODES, RESULTS

OF_EPISODES = tuple(table.name for table in RESULTS if any(column.name == "episode_id" for column in table.columns))


def every_episode(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Each episode's name and document, in the order of their names."""
    rows = {name: rows_by_episode(tables[name]) for name in OF_EPISODES}
    for episode in sorted(map(str, tables[EPISODES.name]["episode_id"].to_pylist())):
        yield episode, episode_document({name: rows[name].of(episode) for name in OF_EPISODES})


def episode_document(rows: Mapping[str, Any]) -> bytes:
    """The rows by table, as JSON: the same bytes for the same rows. Times are UTC; money is in cents."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({name: list(rows[name]) for name in OF_EPISODES}, option=options)
