"""Whom to ask about a Parquet file before it is read: its rows, or its words where they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from auditor.intake.found_files import FoundFile
from auditor.intake.landed_words import WORDS
from auditor.tables import Table


@dataclass(frozen=True)
class Asking:
    """A relation of the rows of some files, and one of their words where they were landed."""

    connection: duckdb.DuckDBPyConnection
    table: Table
    relation: str
    words: str | None
    files: Sequence[FoundFile]

    def about(self, column: str) -> str:
        """What to ask about a canonical column, and about words together with it."""
        return self.words if self.words and column in WORDS else self.relation
