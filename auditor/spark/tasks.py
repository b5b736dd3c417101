"""What one task does: look through a piece of the extract, send its rows in scope to their parts, or audit a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, pairwise

import pyarrow

from auditor.engine import Connection, named_queries, open_engine
from auditor.intake import Reading, open_typed, refuse_damage
from auditor.intake.extract import Note
from auditor.intake.pieces import Cut, open_piece
from auditor.partitions.members import audit_members
from auditor.pipeline import Terms, prepare
from auditor.spark.sending import REFUSAL, Row, Rows, guarded, send
from auditor.tables import CANONICAL

# Rows of one table for one part travel together, so many at most.
TOGETHER = 50_000

SIGNED = "INSERT INTO seeds SELECT member_id FROM signed_members UNION SELECT member_id FROM listed_members"
SCOPE = """
CREATE OR REPLACE TABLE scope_members AS SELECT member_id FROM scope_parts;
SET VARIABLE lowest_member = (SELECT min(member_id) FROM scope_members);
SET VARIABLE highest_member = (SELECT max(member_id) FROM scope_members);
"""
PARTED = 'SELECT rows.*, part AS "@part" FROM {table}_scope AS rows JOIN scope_parts USING (member_id) ORDER BY part'
PART = "@part"


@dataclass(frozen=True)
class Look:
    """What a piece says of everyone: what was read, members with a listed service or a sign, kin, rows set aside, and rows a table."""

    notes: list[Note]
    seeds: pyarrow.Table
    kin: pyarrow.Table
    set_aside: pyarrow.Table
    rows_in: Mapping[str, int]


@dataclass(frozen=True)
class Job:
    """What every task is told: the rules, how the extract is cut, and for the second pass who is in scope and in which part."""

    terms: Terms
    cut: Cut
    scope: pyarrow.Table | None = None

    def look(self, place: int) -> Rows:
        """Looks through a piece."""
        return guarded(place, lambda: send(place, "look", self._look(place)))

    def _look(self, place: int) -> Look:
        with self._engine() as connection:
            notes = open_piece(connection, self.cut, place)
            with refuse_damage(self.cut.pieces[place].places):
                return self._say(connection, notes)

    def _say(self, connection: Connection, notes: list[Note]) -> Look:
        queries = named_queries("scope")
        connection.execute("CREATE TABLE seeds (member_id VARCHAR)")
        for book in self.terms.books:
            prepare(connection, book, book.policies[-1])
            connection.execute(queries["signs"])
            connection.execute(SIGNED)
        connection.execute(queries["kin"])
        connection.execute(queries["set_aside"])
        return Look(
            notes,
            connection.sql("SELECT DISTINCT member_id FROM seeds").to_arrow_table(),
            connection.sql("FROM kin").to_arrow_table(),
            connection.sql("FROM set_aside").to_arrow_table(),
            {table.name: count_rows(connection, table.name) for table in CANONICAL},
        )

    def part(self, place: int) -> Rows:
        """Sends a piece's rows of members in scope, typed, to their parts."""
        return guarded(place, lambda: self._part(place))

    def _part(self, place: int) -> Rows:
        with self._engine() as connection:
            open_piece(connection, self.cut, place)
            connection.register("scope_parts", self.scope)
            connection.execute(SCOPE)
            with refuse_damage(self.cut.pieces[place].places):
                for table in CANONICAL:
                    batches = connection.sql(PARTED.format(table=table.name)).to_arrow_reader(TOGETHER)
                    for part, rows in by_part(batches):
                        yield part, table.name, place, write_rows(rows)

    def audit(self, rows: Rows) -> Rows:
        """Audits the rows that came for one part; nothing where none came."""
        first = next(rows, None)
        if first is not None:
            yield from guarded(first[0], lambda: self._audit(first, rows))

    def _audit(self, first: Row, rest: Rows) -> Rows:
        refused: list[Row] = []

        def take_rows(connection: Connection) -> Reading:
            return open_typed(connection, self.cut.profile, self.cut.time_zone, unpacked(first, rest, refused))

        partial = audit_members(self.terms, take_rows)
        yield from refused or send(first[0], "part", partial)

    def _engine(self) -> AbstractContextManager[Connection]:
        settings = self.terms.settings
        return open_engine(settings.memory, settings.threads, settings.scratch)


def count_rows(connection: Connection, table: str) -> int:
    """Rows of a canonical table that were read."""
    [(rows,)] = connection.execute(f"SELECT rows_in FROM {table}_count").fetchall()
    return int(rows)


def by_part(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[tuple[int, pyarrow.Table]]:
    """The rows of batches that are ordered by their part, part by part, ``TOGETHER`` at most."""
    for batch in batches:
        parts = batch.column(batch.schema.get_field_index(PART)).to_numpy()
        starts = [0, *((parts[1:] != parts[:-1]).nonzero()[0] + 1), len(parts)] if len(parts) else [0]
        for start, end in pairwise(starts):
            rows = pyarrow.Table.from_batches([batch.slice(start, end - start)])
            yield int(parts[start]), rows.drop_columns([PART])


def write_rows(rows: pyarrow.Table) -> bytes:
    """Rows as bytes."""
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, rows.schema, options=pyarrow.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(rows)
    return sink.getvalue().to_pybytes()


def unpacked(first: Row, rest: Rows, refused: list[Row]) -> Iterator[tuple[str, pyarrow.Table]]:
    """The rows that were packed, table by table; refusals of those who sent them are kept apart."""
    for row in chain((first,), rest):
        yield from _unpack(row, refused)


def _unpack(row: Row, refused: list[Row]) -> Iterator[tuple[str, pyarrow.Table]]:
    _, name, _, content = row
    if name == REFUSAL:
        refused.append(row)
    else:
        yield name, pyarrow.ipc.open_stream(content).read_all()
