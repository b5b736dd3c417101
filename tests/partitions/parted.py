"""Parts an extract by its members, and says when two runs come to the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import pandas as pd
import pyarrow

from auditor import AuditResult, Settings, kin_groups
from auditor.report.schemas import conform
from auditor.results import RESULTS
from auditor.tables import CANONICAL
from tests.properties.implementations import as_frames
from tests.properties.test_two_implementations import draw, together

AS_OF = date(2026, 11, 22)
SETTINGS = Settings(threads=1, as_of=AS_OF)
Tables = dict[str, pyarrow.Table]


def random_extract(count: int, number: int) -> Tables:
    """So many random extracts in one, as Arrow tables whose rows say where they were."""
    return {name: _with_sources(name, frame) for name, frame in as_frames(together(draw(count, number))).items()}


def _with_sources(name: str, frame: pd.DataFrame) -> pyarrow.Table:
    text = pyarrow.schema([(column, pyarrow.string()) for column in frame.columns])
    table = pyarrow.Table.from_pandas(frame, schema=text, preserve_index=False)
    rows = pyarrow.array(range(2, len(frame) + 2), pyarrow.int64())
    return table.append_column("source_file", pyarrow.array([f"{name}.csv"] * len(frame), pyarrow.string())).append_column(
        "source_row", rows
    )


def part_by_kin(tables: Mapping[str, pyarrow.Table], parts: int, number: int) -> list[Tables]:
    """The rows in so many parts at random, families whole, and the rows of each part shuffled."""
    groups = dict(zip(*kin_groups(tables["members"]).to_pydict().values(), strict=True))
    lot = Random(number)
    places: dict[Any, int] = {}
    split: list[Tables] = [{} for _ in range(parts)]
    for table in CANONICAL:
        rows = tables[table.name]
        owners = [groups.get(member, member) for member in rows["member_id"].to_pylist()]
        drawn = [places.setdefault(owner, lot.randrange(parts)) for owner in owners]
        for place in range(parts):
            own = [row for row, at in enumerate(drawn) if at == place]
            lot.shuffle(own)
            split[place][table.name] = rows.take(pyarrow.array(own, pyarrow.int64()))
    return split


def differing(one: AuditResult, other: AuditResult) -> list[str]:
    """The result tables that are not the same to the last cell."""
    return [table.name for table in RESULTS if not conform(table, one.frames[table.name]).equals(conform(table, other.frames[table.name]))]
