"""How things travel between tasks: as bytes, in chunks that a row of a table can hold; and failures without any value of a member."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow

import auditor.errors
from auditor.disk import is_full
from auditor.errors import AuditorError

CHUNK = 1 << 20
# The columns of everything that travels: whose, what, the number of the chunk, and the bytes.
COLUMNS = "place bigint, name string, chunk bigint, content binary"
KINDS: dict[str, pyarrow.DataType] = {
    "place": pyarrow.int64(),
    "name": pyarrow.string(),
    "chunk": pyarrow.int64(),
    "content": pyarrow.binary(),
}
SCHEMA = pyarrow.schema(KINDS)
REFUSAL = "refusal"
LENGTH = 8

Row = tuple[int, str, int, bytes]
Rows = Iterator[Row]


class TaskFailed(RuntimeError):
    """A task that could not be done, said without the words of what failed: those may hold a member's value."""


@dataclass(frozen=True)
class Refusal:
    """A mistake that a user can mend: doing the task again would not help."""

    kind: str
    says: str

    def raise_again(self) -> None:
        """Raises it where the user hears it."""
        raise getattr(auditor.errors, self.kind)(self.says)


def send(place: int, name: str, thing: Any) -> Rows:
    """A thing as rows."""
    content = pack(pickle.dumps(thing, protocol=5))
    for number, start in enumerate(range(0, len(content), CHUNK)):
        yield place, name, number, content[start : start + CHUNK]


def pack(content: bytes) -> bytes:
    """Bytes compressed, after their length."""
    return len(content).to_bytes(LENGTH) + pyarrow.compress(content, codec="zstd", asbytes=True)


def unpack(packed: bytes) -> bytes:
    """The bytes that were packed."""
    size = int.from_bytes(packed[:LENGTH])
    return pyarrow.decompress(packed[LENGTH:], decompressed_size=size, codec="zstd", asbytes=True)


def receive(rows: Iterable[Row]) -> dict[int, Any]:
    """The things that were sent, by their places. Raises the refusal of the first place that has one."""
    chunks: dict[tuple[int, str], dict[int, bytes]] = defaultdict(dict)
    for place, name, number, content in rows:
        chunks[place, name][number] = bytes(content)
    things: dict[int, Any] = {}
    for (place, _), own in sorted(chunks.items()):
        thing = pickle.loads(unpack(b"".join(own[number] for number in sorted(own))))
        if isinstance(thing, Refusal):
            thing.raise_again()
        things[place] = thing
    return things


def guarded(place: int, work: Callable[[], Rows]) -> Rows:
    """The rows of a task. A refusal is sent as a row; any other failure is left to Spark, which tries the task again."""
    try:
        yield from work()
    except AuditorError as refusal:
        yield from send(place, REFUSAL, Refusal(_public(type(refusal)), str(refusal)))
    except Exception as fault:
        why = "its disk is full" if is_full(fault) else f"{type(fault).__name__}; --memory says how much memory one task may use"
        raise TaskFailed(f"a task of the audit failed: {why}") from None


def _public(kind: type) -> str:
    return next(one.__name__ for one in kind.__mro__ if hasattr(auditor.errors, one.__name__))


def as_batches(rows: Rows) -> Iterator[pyarrow.RecordBatch]:
    """One batch a row: rows are large, and none waits for another."""
    for row in rows:
        cells = [pyarrow.array([cell], kind) for cell, kind in zip(row, KINDS.values(), strict=True)]
        yield pyarrow.RecordBatch.from_arrays(cells, schema=SCHEMA)


def from_batches(batches: Iterable[pyarrow.RecordBatch]) -> Rows:
    """The rows of batches."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
