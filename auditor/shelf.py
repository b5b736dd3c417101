"""The result tables of a run, in memory or in files: each to be had whole, batch by batch, or as a frame.

A run of a whole country has more rows than memory holds; whoever only passes over them asks for batches.
"""

from __future__ import annotations

import shutil
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.results import RESULTS

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 4096
GROUP_ROWS = 100_000  # held at once by whoever writes them
NAMES = frozenset(table.name for table in RESULTS)


class Shelf(Mapping[str, pa.Table]):
    """Every result table by its name, sorted as ``results.py`` says; ``shelf[name]`` is the whole table."""

    @abstractmethod
    def schema(self, name: str) -> pa.Schema:
        """The columns of a table."""

    @abstractmethod
    def count(self, name: str) -> int:
        """The rows of a table."""

    @abstractmethod
    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a table in order, some thousands at a time; of these columns alone, where any are named."""

    @abstractmethod
    def write(self, name: str, path: Path) -> None:
        """Writes a table as the Parquet file of a run."""

    def frames(self) -> Mapping[str, pd.DataFrame]:
        """The tables as frames, each made when it is asked for."""
        return Frames(self)


@dataclass(frozen=True, eq=False)
class TableShelf(Shelf):
    """Tables in memory."""

    tables: Mapping[str, pa.Table]

    def __getitem__(self, name: str) -> pa.Table:
        """The table."""
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.tables)

    def __len__(self) -> int:
        """How many tables."""
        return len(self.tables)

    def schema(self, name: str) -> pa.Schema:
        """The columns of a table."""
        return self.tables[name].schema

    def count(self, name: str) -> int:
        """The rows of a table."""
        return self.tables[name].num_rows

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a table in order."""
        rows = self.tables[name]
        yield from (rows.select(list(columns)) if columns else rows).to_batches(BATCH_ROWS)

    def write(self, name: str, path: Path) -> None:
        """Writes a table as the Parquet file of a run."""
        write_parquet(self.tables[name], path)


@dataclass(frozen=True, eq=False)
class FileShelf(Shelf):
    """Tables in files: ``<name>.parquet`` of one folder, each as ``write_parquet`` writes it. Nothing of them is kept in memory."""

    folder: Path

    def __getitem__(self, name: str) -> pa.Table:
        """The table, read."""
        return pq.read_table(self._path(name))

    def __iter__(self) -> Iterator[str]:
        """The names of the tables that are there."""
        return (table.name for table in RESULTS if self._path(table.name).is_file())

    def __len__(self) -> int:
        """How many tables."""
        return sum(1 for _ in self)

    def schema(self, name: str) -> pa.Schema:
        """The columns of a table."""
        return pq.read_schema(self._path(name))

    def count(self, name: str) -> int:
        """The rows of a table."""
        return int(pq.read_metadata(self._path(name)).num_rows)

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a table in order."""
        with pq.ParquetFile(self._path(name)) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=list(columns) if columns else None, use_threads=False):
                yield batch.select(list(columns)) if columns else batch

    def write(self, name: str, path: Path) -> None:
        """Writes a table as the Parquet file of a run, which it is already."""
        shutil.copyfile(self._path(name), path)

    def _path(self, name: str) -> Path:
        """Where the table lies. KeyError for what is no result table, so that a name never leads out of the folder."""
        if name not in NAMES:
            raise KeyError(name)
        return self.folder / f"{name}.parquet"


@dataclass(frozen=True, eq=False)
class Frames(Mapping[str, "pd.DataFrame"]):
    """The tables of a shelf as frames of Arrow types. None is kept: each is made anew whenever it is asked for."""

    shelf: Shelf

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table as a frame."""
        return as_frame(self.shelf[name])

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.shelf)

    def __len__(self) -> int:
        """How many tables."""
        return len(self.shelf)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A table as a frame, which shares its columns."""
    import pandas as pd

    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def count_rows(frames: Mapping[str, pd.DataFrame], name: str) -> int:
    """The rows of a frame; of one on a shelf without reading it."""
    return frames.shelf.count(name) if isinstance(frames, Frames) else len(frames[name])


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes one result table: the same bytes for the same rows, in whatever pieces they are held."""
    write_batches(table.schema, table.to_batches(), path)


def write_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """The same of rows that come a batch at a time, of which one group is held at once."""
    empty = True
    with _writer(schema, path) as writer:
        for group in in_groups(batches, GROUP_ROWS):
            writer.write_table(group.cast(schema).combine_chunks(), row_group_size=GROUP_ROWS)
            empty = False
        if empty:
            writer.write_table(schema.empty_table())


def in_groups(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """The rows of the batches as tables of ``rows`` rows each, but for the last."""
    held: list[pa.RecordBatch] = []
    space = rows
    for batch in batches:
        while batch.num_rows >= space:
            yield pa.Table.from_batches([*held, batch.slice(0, space)])
            batch, held, space = batch.slice(space), [], rows
        if batch.num_rows:
            held.append(batch)
            space -= batch.num_rows
    if held:
        yield pa.Table.from_batches(held)


def _writer(schema: pa.Schema, path: Path) -> pq.ParquetWriter:
    """A file of a run; every option that could change its bytes is fixed here."""
    return pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )
