"""Whether every id of a Parquet file ends in a visible sign: the one question that no statistics answer, asked of the bytes themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from auditor.intake.found_files import FoundFile

# Ids taken at a time: enough to be quick, few enough to lie in the processor's cache.
TOGETHER = 65_536
FIRST, LAST = ord("!"), ord("~")


def all_end_visibly(files: Sequence[FoundFile], column: str, threads: int) -> bool:
    """Whether each filled cell of a column of text ends in a visible ASCII character; False also where that cannot be told.

    Of a file read in spans, only row groups of its span are asked.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        return all(pool.map(lambda place: _group_ends_visibly(place[0], place[1], column), _groups(files)))
    except (OSError, pyarrow.ArrowException):
        return False  # the engine says what is wrong with the file
    finally:
        pool.shutdown(cancel_futures=True)
        pyarrow.default_memory_pool().release_unused()  # the engine has use for it


def _groups(files: Sequence[FoundFile]) -> Iterator[tuple[Path, int]]:
    for file in files:
        metadata = pyarrow.parquet.read_metadata(file.path)
        first = 0
        for group in range(metadata.num_row_groups):
            end = first + metadata.row_group(group).num_rows
            if file.span is None or (first < file.span.end and end > file.span.first):
                yield file.path, group
            first = end


def _group_ends_visibly(path: Path, group: int, column: str) -> bool:
    with pyarrow.parquet.ParquetFile(path) as file:
        batches = file.iter_batches(TOGETHER, row_groups=[group], columns=[column], use_threads=False)
        return all(batch.num_columns == 1 and _ends_visibly(batch.column(0)) for batch in batches)


def _ends_visibly(cells: pyarrow.Array[Any]) -> bool:
    if isinstance(cells, pyarrow.DictionaryArray):
        cells = cells.dictionary
    if cells.type not in (pyarrow.string(), pyarrow.binary()):
        return False
    _, places, text = cells.buffers()
    if places is None or text is None or not text.size:
        return True
    ends = np.frombuffer(memoryview(places), np.int32)[cells.offset + 1 : cells.offset + len(cells) + 1]
    last = np.frombuffer(memoryview(text), np.uint8)[ends - 1]  # of an empty cell, the sign before it, which is asked about anyway
    return bool(((last >= FIRST) & (last <= LAST)).all())
