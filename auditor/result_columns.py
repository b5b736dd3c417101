"""What a result table is made of: columns with their types and meanings, and whom each column of text could give away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ResultKind = Literal["text", "list", "date", "time", "integer", "number", "cents", "flag", "outcome"]

# What a column of text holds, which decides what masking makes of it. Words are the program's own or its configuration's, and stay;
# codes stay where they look like one (see ``auditor.masking``); all else gets a token. Citations are a file and a row.
Holds = Literal["word", "code", "member", "claim", "episode", "document", "facility", "file", "citation", "free text"]


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result. ``cents`` are whole cents in frames and Parquet and dollars in CSV; ``outcome`` is 0, 1, 2 or 3.

    ``holds`` is given for every column of text or lists, so that masking can forget none.
    """

    name: str
    kind: ResultKind
    meaning: str
    holds: Holds | None = None


@dataclass(frozen=True)
class ResultTable:
    """One result table: what a row is, its columns, and the columns that order it totally."""

    name: str
    row: str
    columns: tuple[ResultColumn, ...]
    order: tuple[str, ...]


def columns(*rows: tuple[str, ResultKind, str] | tuple[str, ResultKind, str, Holds]) -> tuple[ResultColumn, ...]:
    """Columns from rows of name, kind, meaning, and for text what it holds."""
    return tuple(ResultColumn(*row) for row in rows)
