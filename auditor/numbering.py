"""Joins result tables of parts: claim lines are numbered through the whole run, and every table stands in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.parts import Found, Tables
from auditor.results import COLLECTED, ResultTable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

NUMBER = "line_key"
NUMBERED = tuple(table for table in COLLECTED if any(column.name == NUMBER for column in table.columns))


def join_rows(table: ResultTable, parts: Sequence[pyarrow.Table]) -> pyarrow.Table:
    """The rows of all parts in the table's order."""
    import pyarrow

    from auditor.report.schemas import sort_rows

    filled = [part for part in parts if len(part)] or [parts[0]]
    return filled[0] if len(filled) == 1 else sort_rows(table, pyarrow.concat_tables(filled))


def as_frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """Result tables as frames, which share their columns."""
    from auditor.shelf import as_frame

    return {name: as_frame(table) for name, table in tables.items()}


def named_lines(tables: Tables) -> np.ndarray:
    """The numbers of all claim lines that any table speaks of, each once; findings also speak of lines that are in no other table."""
    return np.unique(np.concatenate([tables[table.name][NUMBER].drop_null().to_numpy() for table in NUMBERED]))


def join_numbered(parts: Sequence[Found]) -> dict[str, pd.DataFrame]:
    """The tables of all parts, lines numbered from 1: member by member, and within one in the order that their part gave them.

    A member's lines stand in one part, so the numbers are the same however members are parted.
    """
    import pyarrow

    placed = [part.lines.append_column("part", pyarrow.array(np.full(len(part.lines), place))) for place, part in enumerate(parts)]
    whole = pyarrow.concat_tables(placed).sort_by([("member_id", "ascending"), (NUMBER, "ascending")])
    places, old, new = whole["part"].to_numpy(), whole[NUMBER].to_numpy(), np.arange(1, len(whole) + 1)
    numbered = [_renumber(part.tables, old[places == place], new[places == place]) for place, part in enumerate(parts)]
    return as_frames({table.name: join_rows(table, [tables[table.name] for tables in numbered]) for table in COLLECTED})


def _renumber(tables: Tables, old: np.ndarray, new: np.ndarray) -> Tables:
    """The tables with other numbers; they are sorted anew only where the numbers no longer rise together."""
    from auditor.report.schemas import sort_rows

    order = np.argsort(old)
    old, new = old[order], new[order]
    changed = {table.name: _with_numbers(tables[table.name], old, new) for table in NUMBERED}
    if not np.all(new[1:] > new[:-1]):
        changed = {table.name: sort_rows(table, changed[table.name]) for table in NUMBERED}
    return {**tables, **changed}


def _with_numbers(rows: pyarrow.Table, old: np.ndarray, new: np.ndarray) -> pyarrow.Table:
    import pyarrow

    given: pyarrow.ChunkedArray[Any] = rows[NUMBER]
    known = given.is_valid().to_numpy()
    values = np.zeros(len(rows), dtype=np.int64)
    values[known] = new[np.searchsorted(old, given.drop_null().to_numpy())]
    place = rows.schema.get_field_index(NUMBER)
    return rows.set_column(place, rows.schema.field(place), pyarrow.array(values, mask=~known))
