"""A population of any size for benchmarks: some ventilated patients among many members, made and written a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from pyarrow import csv

from auditor.samples.bulk_events import EventMaker
from auditor.samples.bulk_lines import MEMBER_PREFIX, MEMBER_WIDTH, LineMaker
from auditor.samples.curated import SEED
from auditor.samples.patients import CHILD, DAY, Design, design, draw_patients
from auditor.samples.pools import Numbers, dates, numbered, pick, pool
from auditor.samples.writing import open_parquet

Format = Literal["parquet", "csv"]
TABLES = ("claim_lines", "members", "events", "authorizations")


class TableWriter(Protocol):
    """Something that a table is written to, piece by piece."""

    def write_table(self, table: pa.Table) -> None:
        """Writes a piece."""

    def close(self) -> None:
        """Ends the file."""


@dataclass(frozen=True)
class Population:
    """Members, their claim lines and their charts; the same seed makes the same rows. Nothing is made before it is asked for."""

    design: Design
    patients: Numbers

    def batches(self, table: str) -> Iterator[pa.Table]:
        """The rows of a canonical table, a row group at a time."""
        match table:
            case "claim_lines":
                yield from LineMaker(self.design, self.patients).batches()
            case "events":
                yield from EventMaker(self.design, self.patients).batches()
            case "members":
                yield self._members()
            case _:
                yield self._authorizations()

    def table(self, name: str) -> pa.Table:
        """A canonical table at once."""
        return pa.concat_tables(self.batches(name))

    def _members(self) -> pa.Table:
        rng = self.design.rng(3)
        born = -rng.integers(0, int(self.design.makeup["oldest_days"]), self.design.members)
        birth = dates(born, np.datetime64(self.design.first, "D")).cast(pa.string()).to_numpy(zero_copy_only=False)
        birth[self.patients["member"]] = [self._born(patient) for patient in self.patients]
        sexes = pick(pool(["F", "M"]), rng.integers(0, 2, self.design.members))
        ids = numbered(MEMBER_PREFIX, np.arange(self.design.members), MEMBER_WIDTH)
        return pa.table({"member_id": ids, "birth_date": pa.array(birth, pa.string()), "sex": sexes})

    def _born(self, patient: np.void) -> str:
        """A newborn's birth to the minute, by the clock where it is treated; an older child's by its day."""
        wall = self.design.first + timedelta(minutes=int(patient["start"] - patient["age"]))
        return wall.date().isoformat() if patient["kind"] == CHILD else wall.isoformat(timespec="minutes")

    def _authorizations(self) -> pa.Table:
        """Approvals of some of the long courses, from their first day."""
        words = self.design.makeup["approvals"]
        long = self.patients[self.patients["minutes"] > int(words["longer_than_days"]) * DAY][:: int(words["every"])]
        first = np.datetime64(self.design.first, "D")
        starts = long["start"] // DAY
        ids = numbered(MEMBER_PREFIX, long["member"], MEMBER_WIDTH)
        return pa.table({"member_id": ids, "from": dates(starts, first), "to": dates(starts + int(words["days"]) - 1, first)})


def make_population(
    members: int, seed: int = SEED, lines: int | None = None, events: int | None = None, listed: float | None = None
) -> Population:
    """A population of so many members, with the usual lines and events each, and the usual share of lines listed, unless given."""
    plan = design(members, seed, lines, events, listed)
    return Population(plan, draw_patients(plan))


def members_for(lines: int) -> int:
    """How many members usually have so many lines."""
    return max(lines // design(1, SEED, None, None).lines, 1)


def write_population(population: Population, folder: Path, form: Format = "parquet") -> dict[str, int]:
    """Writes every table of a population as it is made; the numbers of rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(population, name, folder / f"{name}.{form}", form) for name in TABLES}


def _write(population: Population, name: str, path: Path, form: Format) -> int:
    rows, writer = 0, None
    for piece in population.batches(name):
        writer = writer or _open(path, piece.schema, form)
        writer.write_table(piece)
        rows += piece.num_rows
    if writer:
        writer.close()
    return rows


def _open(path: Path, schema: pa.Schema, form: Format) -> TableWriter:
    plain = csv.WriteOptions(quoting_style="needed")
    writer: TableWriter = open_parquet(path, schema) if form == "parquet" else csv.CSVWriter(path, schema, write_options=plain)
    return writer
