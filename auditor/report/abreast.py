"""Result tables read side by side: each episode with its rows of every table, in the order of the episodes' names.

A stretch of episodes is held at a time. Most tables are in that order; others are brought into it, in pieces on disk where they are long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby, pairwise
from operator import itemgetter
from tempfile import TemporaryFile
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from auditor.results import EPISODES, RESULTS, result
from auditor.shelf import Shelf

Row = dict[str, Any]
Rows = tuple[Row, ...]

NAME = "episode_id"
STRETCH = 128
PIECE_ROWS = 32_768
MOST_PIECES = 200
LOOSE: Any = pc.field(NAME).is_null() | (pc.field(NAME) == "")
OF_EPISODES = tuple(table.name for table in RESULTS if any(column.name == NAME for column in table.columns))

# One episode: its rows of each table by the table's name, those of ``episodes`` being the one of itself.
Abreast = Mapping[str, Rows]


def read_abreast(tables: Shelf, names: Sequence[str] = OF_EPISODES) -> Iterator[Abreast]:
    """Every episode with its rows of these tables, in each table's order; rows of no episode are left out.

    ValueError where a table is not in its order.
    """
    readers = {name: _Reader(name, by_episode(tables, name)) for name in names if name != EPISODES.name}
    for batch in by_episode(tables, EPISODES.name):
        for start in range(0, batch.num_rows, STRETCH):
            episodes = batch.slice(start, STRETCH).to_pylist()
            found = {name: reader.up_to(episodes[-1][NAME]) for name, reader in readers.items()}
            for row in episodes:
                yield {EPISODES.name: (row,), **{name: rows.get(row[NAME], ()) for name, rows in found.items()}}
    for reader in readers.values():
        reader.finish()


def read_loose(tables: Shelf, name: str) -> Iterator[pa.RecordBatch]:
    """The rows of a table that belong to no episode."""
    for batch in tables.batches(name):
        rows = batch.filter(LOOSE)
        if rows.num_rows:
            yield rows
        elif result(name).order[0] == NAME and batch.num_rows:
            return


def count_loose(tables: Shelf, name: str) -> int:
    """How many rows of a table belong to no episode."""
    return sum(batch.filter(LOOSE).num_rows for batch in tables.batches(name, [NAME]))


class _Reader:
    """One table in the order of its episodes, and how far it has been read."""

    def __init__(self, name: str, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = in_order(name, batches)
        self._ahead: pa.RecordBatch | None = next(self._batches, None)

    def up_to(self, last: str) -> dict[str | None, Rows]:
        """The next rows, by episode, through those of the episode ``last``."""
        taken: list[Row] = []
        while self._ahead is not None:
            here = rows_through(self._ahead, last)
            taken += self._ahead.slice(0, here).to_pylist()
            if here < self._ahead.num_rows:
                self._ahead = self._ahead.slice(here)
                break
            self._ahead = next(self._batches, None)
        return {name: tuple(rows) for name, rows in groupby(taken, itemgetter(NAME))}

    def finish(self) -> None:
        """Passes over what is left, which is of no episode that there is."""
        for _ in self._batches:
            pass


def in_order(name: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches as they are. ValueError where a row is of an episode before that of the row before it."""
    before: Any = pa.array([""])
    for batch in batches:
        names = pa.concat_arrays([before, batch.column(batch.schema.get_field_index(NAME)).fill_null("")])
        if pc.any(pc.less(names[1:], names[:-1])).as_py():
            raise ValueError(f"{name}: rows are not in the order of their episodes")
        before = names[-1:]
        yield batch


def rows_through(batch: pa.RecordBatch, last: str) -> int:
    """How many rows come before the first one of an episode after ``last``; no name comes before every name."""
    names = batch.column(batch.schema.get_field_index(NAME))
    return bisect_right(range(batch.num_rows), last, key=lambda place: names[place].as_py() or "")


def by_episode(tables: Shelf, name: str) -> Iterator[pa.RecordBatch]:
    """The rows of a table in the order of their episodes; those of one episode in the table's order.

    A table in another order comes without the rows of no episode, and is parted first by stretches of names, a piece on disk each.
    """
    if result(name).order[0] == NAME:
        yield from tables.batches(name)
        return
    pieces = min(-(-tables.count(name) // PIECE_ROWS), MOST_PIECES)
    if pieces <= 1:
        yield from _sorted(pa.Table.from_batches(tables.batches(name), tables.schema(name)))
        return
    names = sorted(str(each) for batch in tables.batches(EPISODES.name, [NAME]) for each in batch.column(0).to_pylist())
    lasts = [names[len(names) * piece // pieces] for piece in range(1, pieces)] if names else []
    with ExitStack() as open_files:
        files = [open_files.enter_context(TemporaryFile()) for _ in range(len(lasts) + 1)]
        writers = [pa.ipc.new_stream(file, tables.schema(name)) for file in files]
        for batch in tables.batches(name):
            for rows in _sorted(pa.Table.from_batches([batch])):
                ends = [0, *(rows_through(rows, last) for last in lasts), rows.num_rows]
                for writer, (begin, end) in zip(writers, pairwise(ends), strict=True):
                    writer.write_batch(rows.slice(begin, end - begin))
        for writer, file in zip(writers, files, strict=True):
            writer.close()
            file.seek(0)
            yield from _sorted(pa.ipc.open_stream(file).read_all())


def _sorted(rows: pa.Table) -> list[pa.RecordBatch]:
    """Rows of episodes by their names; a sort of Arrow leaves rows of one name as they stand."""
    named = rows.filter(~LOOSE)
    return named.take(pc.sort_indices(named, sort_keys=[(NAME, "ascending")])).combine_chunks().to_batches()
