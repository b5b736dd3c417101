"""What the reader of a foreign format leaves for the intake: canonical rows as Parquet, each with its file and its row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.intake.reading import InputFile


@dataclass(frozen=True)
class Converted:
    """Canonical rows of one table in a Parquet file of the run's scratch folder.

    Its columns bear canonical names and hold text as the contract writes it; a canonical column may be missing. Beside them lie
    ``source_file`` (VARCHAR), ``source_row`` (BIGINT: the segment, line or resource, from 1), and, for a row that is to be set aside
    as it stands, ``fault_column`` and ``fault`` (VARCHAR, a word of ``Fault``).
    """

    table: str
    path: Path


@dataclass(frozen=True)
class Conversion:
    """All files of one format, converted: what was read, the canonical rows, and sentences for the report's notices."""

    inputs: tuple[InputFile, ...]
    tables: tuple[Converted, ...]
    notices: tuple[str, ...] = ()
