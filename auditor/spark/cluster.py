"""What the audit asks of Spark: a task for each piece, a shuffle by part, and results committed once however often a task was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.spark.sending import COLUMNS, Rows, TaskFailed, as_batches, from_batches, receive

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

    from auditor.spark.tasks import Job

# Rows that travel are large: few of them at a time in the memory of a task.
FEW = {"spark.sql.execution.arrow.maxRecordsPerBatch": "8", "spark.sql.parquet.columnarReaderBatchSize": "32"}


# Parts at least, where a session over Spark Connect does not tell how much it can do at once.
PARTS = 32


@dataclass(frozen=True)
class Cluster:
    """A Spark session, and a folder (a path or an address) that the driver and every executor read and write.

    ``tables`` are read by Spark beside the files of an extract: their names in its catalog, by the file that the profile looks for.
    """

    session: SparkSession
    scratch: str
    tables: Mapping[str, str] = field(default_factory=dict)

    @property
    def at_once(self) -> int:
        """How many tasks run at once, as far as the session tells."""
        context = getattr(self.session, "sparkContext", None)
        return max(1, int(context.defaultParallelism)) if context else PARTS

    def map(self, name: str, pieces: int, work: Callable[[int], Rows]) -> dict[int, Any]:
        """What the task of each piece sends, by its place."""
        return self._commit(name, self._each(pieces, work))

    def shuffle(self, name: str, pieces: int, parts: int, job: Job) -> dict[int, Any]:
        """What the audit of each part sends, by the part's name: rows of all pieces go to the one task of their part."""
        sent = self._each(pieces, job.part).repartition(parts, "place")
        return self._commit(name, sent.mapInArrow(lambda batches: as_batches(job.audit(from_batches(batches))), COLUMNS))

    def name_parts(self, numbered: pyarrow.Table, parts: int) -> pyarrow.Table:
        """Members with the name of their part in place of its number: names that Spark's own hash sends to tasks of their own."""
        import pyarrow

        names = pyarrow.array(self._names(parts), pyarrow.int64())
        part = names.take(numbered["number"].combine_chunks())
        return pyarrow.Table.from_arrays([numbered["member_id"].combine_chunks(), part], names=["member_id", "part"])

    def _names(self, parts: int) -> list[int]:
        from pyspark.sql import functions

        found: dict[int, int] = {}
        first, many = 0, 16 * parts + 64
        while len(found) < parts:
            names = self.session.range(first, first + many).select("id", functions.pmod(functions.hash("id"), functions.lit(parts)))
            for name, task in names.collect():
                found.setdefault(int(task), int(name))
            first += many
        return [found[task] for task in range(parts)]

    def _each(self, pieces: int, work: Callable[[int], Rows]) -> DataFrame:
        """A task for each piece; more pieces than places in one batch never meet, for each is a partition of its own."""

        def do(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            for batch in batches:
                for place in batch.column(0).to_numpy():
                    yield from as_batches(work(int(place)))

        return self.session.range(0, pieces, 1, pieces).mapInArrow(do, COLUMNS)

    def _commit(self, name: str, frame: DataFrame) -> dict[int, Any]:
        """Writes by Spark's own protocol, which takes one attempt of each task, and reads back."""
        from pyspark.errors import PySparkException

        place = f"{self.scratch.rstrip('/')}/{name}"
        try:
            with self.set_for_now(FEW):
                frame.write.mode("overwrite").parquet(place)
                return receive((row[0], row[1], row[2], row[3]) for row in self.session.read.parquet(place).toLocalIterator())
        except PySparkException as fault:
            raise TaskFailed(f"Spark gave up on the audit ({type(fault).__name__}): {_last_words(str(fault))}") from None

    @contextmanager
    def set_for_now(self, values: Mapping[str, str]) -> Iterator[None]:
        """Sets values of the session, and afterwards what they were."""
        before = {name: self.session.conf.get(name, None) for name in values}
        for name, value in values.items():
            self.session.conf.set(name, value)
        try:
            yield
        finally:
            for name, earlier in before.items():
                self.session.conf.set(name, earlier) if earlier is not None else self.session.conf.unset(name)


def _last_words(fault: str) -> str:
    """What our own tasks said of their failure, which holds no value; of anything else, nothing is repeated."""
    marks = [line.partition("TaskFailed: ")[2] for line in fault.splitlines() if "TaskFailed: " in line]
    return marks[-1] if marks else "the log of the driver says more"
