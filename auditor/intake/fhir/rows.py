"""Rows on their way from a resource to Parquet: which table, which cells, and where the row comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pyarrow.parquet

from auditor.tables import CLAIM_LINES, EVENTS, MEMBERS

ROWS_HELD = 20_000

Cells = dict[str, str | None]

# ``nth`` is the place of a resource among several at one line or entry, but for the first.
# Keys lead to other resources and are resolved when all files are read.
SPOOLS: Mapping[str, tuple[str, ...]] = {
    "claim_lines": (
        *(column.name for column in CLAIM_LINES.columns),
        "member_key", "claim_key", "answers_key", "original_key", "coverage_key", "billing_key", "facility_key", "rendering_key",
        "resource", "self_key", "updated", "nth",
    ),
    "members": (*(column.name for column in MEMBERS.columns), "person_key", "self_key", "updated", "nth"),
    "events": (
        *(column.name for column in EVENTS.columns),
        "member_key", "encounter_key", "facility_key", "code_key", "self_key", "updated", "nth", "role", "course", "dose",
    ),
    "people": ("key", "member_id"),
    "providers": ("key", "npi", "tin", "name"),
    "things": ("key", "code_system", "code", "concept", "text", "course", "dose"),
    "encounters": ("key", "start", "end", "facility_key", "facility"),
    "coverages": ("key", "line_of_business", "plan"),
    "claims": ("key", "claim_id", "adjudicated"),
    "reports": ("key", "document_id"),
    "relatives": ("key", "member_key", "mother_key"),
    "links": ("member_id", "key"),
}  # fmt: skip
PLACE = ("source_file", "source_row", "fault_column", "fault")


class Row(NamedTuple):
    """One row of a spool."""

    spool: str
    cells: Cells


class Place(NamedTuple):
    """Where a resource is: the file's name, and its line or entry."""

    file: str
    row: int


class Spool:
    """Parquet files in a folder, one a spool, written some rows at a time; ``counts`` says how many rows each has."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._held: dict[str, list[tuple[Place, Cells]]] = {}
        self._writers: dict[str, pyarrow.parquet.ParquetWriter] = {}
        self.counts: Counter[str] = Counter()

    def add(self, place: Place, row: Row) -> None:
        held = self._held.setdefault(row.spool, [])
        held.append((place, row.cells))
        if len(held) >= ROWS_HELD:
            self._write(row.spool)

    def close(self) -> None:
        """Writes what is held, and ends the files."""
        for spool in sorted(self._held):
            self._write(spool)
        for writer in self._writers.values():
            writer.close()

    def _write(self, spool: str) -> None:
        rows = self._held[spool]
        if not rows:
            return
        self.counts[spool] += len(rows)
        schema = spool_schema(spool)
        used = set().union(*(row for _, row in rows))
        nothing = [None] * len(rows)
        columns: dict[str, list[Any]] = {
            name: [row.get(name) for _, row in rows] if name in used else nothing for name in (*SPOOLS[spool], *PLACE)
        }
        columns["source_file"] = [place.file for place, _ in rows]
        columns["source_row"] = [place.row for place, _ in rows]
        if spool not in self._writers:
            self._writers[spool] = pyarrow.parquet.ParquetWriter(self._folder / f"{spool}.{self._stem}.parquet", schema)
        self._writers[spool].write_table(pyarrow.table(columns, schema=schema))
        rows.clear()


def spool_schema(spool: str) -> pyarrow.Schema:
    """All text, but for the row's number."""
    kinds = {"source_row": pyarrow.int64()}
    return pyarrow.schema([pyarrow.field(name, kinds.get(name, pyarrow.string())) for name in (*SPOOLS[spool], *PLACE)])
