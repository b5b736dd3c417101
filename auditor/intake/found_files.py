"""A file of the extract: where it lies, and the name that users read for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Span:
    """Some of a file's rows: from the first of them, counted from 0, to before the last."""

    first: int
    end: int


@dataclass(frozen=True)
class FoundFile:
    """A file on disk, and the name that users read for it; with a ``span``, only those rows of it are meant.

    A file that is part of a table kept elsewhere has ``before`` it so many rows of that table, whose ``digest`` stands for its bytes.
    """

    path: Path
    name: str
    explicit: bool = False
    span: Span | None = None
    before: int = 0
    digest: str = ""

    def has_suffix(self, suffixes: tuple[str, ...]) -> bool:
        """Whether the file's name ends in one of the suffixes, without regard to case."""
        return self.path.name.lower().endswith(suffixes)
