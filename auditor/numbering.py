"""Joins result tables of parts: claim lines are numbered through the whole run, and every table stands in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.parts import Found, Frames
from auditor.results import COLLECTED, ResultTable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

NUMBER = "line_key"
NUMBERED = tuple(table for table in COLLECTED if any(column.name == NUMBER for column in table.columns))


def join_rows(table: ResultTable, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all frames in the table's order."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)] or [frames[0]]
    return filled[0] if len(filled) == 1 else sort_rows(table, pd.concat(filled, ignore_index=True))


def sort_rows(table: ResultTable, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in the table's order, empty cells first, as the engine sorts them."""
    import pyarrow
    import pyarrow.compute

    given = pyarrow.Table.from_pandas(frame[list(table.order)], preserve_index=False)
    keys = pyarrow.table([one for column in given.columns for one in (column.is_valid(), column)], _places(2 * given.num_columns))
    order = pyarrow.compute.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    return frame.take(order.to_numpy()).reset_index(drop=True)


def _places(count: int) -> list[str]:
    return [str(place) for place in range(count)]


def named_lines(tables: Frames) -> np.ndarray:
    """The numbers of all claim lines that any table speaks of, each once; findings also speak of lines that are in no other table."""
    return np.unique(np.concatenate([_numbers(tables[table.name]).drop_null().to_numpy() for table in NUMBERED]))


def join_numbered(parts: Sequence[Found]) -> dict[str, pd.DataFrame]:
    """The tables of all parts, lines numbered from 1: member by member, and within one in the order that their part gave them.

    A member's lines stand in one part, so the numbers are the same however members are parted.
    """
    import pyarrow

    placed = [part.lines.append_column("part", pyarrow.array(np.full(len(part.lines), place))) for place, part in enumerate(parts)]
    whole = pyarrow.concat_tables(placed).sort_by([("member_id", "ascending"), (NUMBER, "ascending")])
    places, old, new = whole["part"].to_numpy(), whole[NUMBER].to_numpy(), np.arange(1, len(whole) + 1)
    numbered = [_renumber(part.tables, old[places == place], new[places == place]) for place, part in enumerate(parts)]
    return {table.name: join_rows(table, [tables[table.name] for tables in numbered]) for table in COLLECTED}


def _renumber(tables: Frames, old: np.ndarray, new: np.ndarray) -> Frames:
    """The tables with other numbers; they are sorted anew only where the numbers no longer rise together."""
    order = np.argsort(old)
    old, new = old[order], new[order]
    rising = bool(np.all(new[1:] > new[:-1]))
    changed = {table.name: _with_numbers(tables[table.name], old, new) for table in NUMBERED}
    return {**tables, **(changed if rising else {table.name: sort_rows(table, changed[table.name]) for table in NUMBERED})}


def _with_numbers(frame: pd.DataFrame, old: np.ndarray, new: np.ndarray) -> pd.DataFrame:
    import pandas as pd
    import pyarrow

    given = _numbers(frame)
    known, named = given.is_valid().to_numpy(zero_copy_only=False), given.drop_null().to_numpy()
    values = np.zeros(len(frame), dtype=np.int64)
    values[known] = new[np.searchsorted(old, named)]
    numbers = pd.Series(pd.arrays.ArrowExtensionArray(pyarrow.array(values, mask=~known)), index=frame.index)
    return frame.assign(**{NUMBER: numbers})


def _numbers(frame: pd.DataFrame) -> pyarrow.Array[Any]:
    import pyarrow

    return pyarrow.Table.from_pandas(frame[[NUMBER]], preserve_index=False)[NUMBER].combine_chunks()
