"""The result tables of vignettes that were audited together, and the rows that are of one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

Row = dict[str, Any]


class Batch(Mapping[str, pd.DataFrame]):
    """Result tables by name. Rows are sorted by whom they are of once for all vignettes, since each asks for its own of every table."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = dict(frames)
        self._rows: dict[tuple[str, str], Mapping[Any, list[Row]]] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def rows(self, name: str, column: str, value: object) -> list[Row]:
        """The rows of a table that have this value in the column."""
        if (name, column) not in self._rows:
            self._rows[name, column] = sort_rows(self._frames[name], column)
        return self._rows[name, column].get(value, [])


def sort_rows(frame: pd.DataFrame, column: str) -> Mapping[Any, list[Row]]:
    """The rows of a frame, each as a mapping, by their value of the column."""
    names = [str(name) for name in frame.columns]
    columns = (values.to_numpy(object) for _, values in frame.items())
    rows: dict[Any, list[Row]] = defaultdict(list)
    for cells in zip(*columns, strict=True):
        row = dict(zip(names, cells, strict=True))
        rows[row[column]].append(row)
    return rows
