"""Rows of one file on their way to Parquet: columns are written every so many rows, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.intake.x12.claim import CLAIM_COLUMNS, CLAIM_LISTS, LINE_COLUMNS, Claim
from auditor.intake.x12.remittance import REMIT_COLUMNS, SERVICE_COLUMNS, Remit

ROWS = 20_000
PERSON_COLUMNS = ("source_row", "member_id", "birth_date", "sex", "mother_member_id")
NUMBERS = ("claim_key", "source_row", "remit_row", "set_row", "responsibility_cents", "services")
FLAGS = ("adjusted", "others")


def _type(name: str) -> pa.DataType:
    if name in CLAIM_LISTS:
        return pa.list_(pa.string())
    return pa.int64() if name in NUMBERS else pa.bool_() if name in FLAGS else pa.string()


def schema(columns: Sequence[str]) -> pa.Schema:
    """The schema of these columns, in order."""
    return pa.schema([pa.field(name, _type(name)) for name in columns])


LINES = schema((*LINE_COLUMNS, *CLAIM_COLUMNS, *CLAIM_LISTS))


class Writer:
    """Rows of one Parquet file."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._schema = schema(columns)
        self._writer = pq.ParquetWriter(path, self._schema, compression="lz4")
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: tuple[Any, ...]) -> None:
        """Adds a row, in the order of the columns."""
        self._rows.append(row)
        if len(self._rows) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what is held."""
        if self._rows:
            self._writer.write_table(to_table(self._rows, self._schema))
            self._rows = []

    def close(self) -> None:
        """Writes what is held and ends the file."""
        self.flush()
        self._writer.close()


class LineWriter:
    """Lines with their claims: a claim's cells are held once and spread over its lines when they are written."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, LINES, compression="lz4")
        self._claims: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._of: list[int] = []

    def add(self, claim: tuple[Any, ...], lines: Sequence[tuple[Any, ...]]) -> None:
        """Adds a claim and its lines."""
        self._of += [len(self._claims)] * len(lines)
        self._claims.append(claim)
        self._lines += lines
        if len(self._lines) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what is held."""
        if self._lines:
            claims = to_table(self._claims, schema((*CLAIM_COLUMNS, *CLAIM_LISTS))).take(pa.array(self._of))
            lines = to_table(self._lines, schema(LINE_COLUMNS))
            self._writer.write_table(pa.Table.from_arrays([*lines.columns, *claims.columns], schema=LINES))
        self._claims, self._lines, self._of = [], [], []

    def close(self) -> None:
        """Writes what is held and ends the file."""
        self.flush()
        self._writer.close()


class FileStore:
    """The rows of one file: lines with their claims, people, remittances and their services."""

    def __init__(self, folder: Path, number: int) -> None:
        self._lines = LineWriter(folder / f"lines-{number}.parquet")
        self._people = Writer(folder / f"people-{number}.parquet", PERSON_COLUMNS)
        self._remits = Writer(folder / f"remits-{number}.parquet", REMIT_COLUMNS)
        self._services = Writer(folder / f"services-{number}.parquet", SERVICE_COLUMNS)
        self.claims = self.lines = self.remits = self.services = self.notes = self.left_out = 0

    def add_claim(self, claim: Claim, cut_off: bool) -> None:
        """Adds a claim; one without lines becomes a row that the intake sets aside."""
        fault = claim.fault() if cut_off else None
        rows = [line.cells(fault) for line in claim.lines] or [claim.without_lines(fault)]
        self._lines.add(claim.row_cells(), rows)
        self.claims += 1
        self.lines += len(rows)
        self.notes += bool(claim.notes) and len(claim.lines) != 1
        self.left_out += claim.left_out

    def add_person(self, row: tuple[int, str, str, str, str]) -> None:
        """Adds a person, as a subscriber or patient loop gives one."""
        self._people.add(row)

    def add_remit(self, remit: Remit) -> None:
        """Adds what a remittance says of one claim, and of each of its services."""
        self._remits.add(remit.row_cells())
        for service in remit.services:
            self._services.add(service.cells(remit.row))
        self.remits += 1
        self.services += len(remit.services) or 1

    def close(self) -> None:
        """Ends the files."""
        for writer in (self._lines, self._people, self._remits, self._services):
            writer.close()


def to_table(rows: Sequence[tuple[Any, ...]], kind: pa.Schema) -> pa.Table:
    """Rows as an Arrow table."""
    columns: Iterator[tuple[Any, ...]] = zip(*rows, strict=True)
    return pa.Table.from_arrays([pa.array(cells, field.type) for cells, field in zip(columns, kind, strict=True)], schema=kind)
