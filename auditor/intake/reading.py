"""What was asked to be read, and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.intake.profiles import Profile

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True)
class Extract:
    """What the user asks to read: folders, files or globs, by a profile's name or path.

    ``time_zone`` overrides the profile's. ``frames`` gives canonical tables by name, under the contract's column names.
    """

    paths: tuple[Path, ...] = ()
    profile: str = "native"
    time_zone: str | None = None
    frames: Mapping[str, pandas.DataFrame | pyarrow.Table] | None = None


@dataclass(frozen=True)
class InputFile:
    """A file that was read: its name (never absolute), the table it feeds or ``lookup``, its rows, and what identifies it.

    ``rows`` are records below the header, blank lines apart; ``blank_rows`` are lines in which no column that is read
    holds anything.
    """

    name: str
    table: str
    rows: int
    sha256: str
    bytes: int
    blank_rows: int = 0


@dataclass(frozen=True)
class IgnoredColumn:
    """A column that was not read, and the name it may be a misspelling of."""

    file: str
    column: str
    nearest: str | None


@dataclass(frozen=True)
class Reading:
    """What was read, what of the folder was not, which columns were passed over, and the profile that decided it.

    ``notices`` are sentences of those who converted foreign files; ``places`` says where each file lies, read or passed over.
    """

    files: tuple[InputFile, ...]
    not_read: tuple[str, ...]
    ignored_columns: tuple[IgnoredColumn, ...]
    profile: Profile
    time_zone: str | None
    notices: tuple[str, ...] = ()
    places: Mapping[str, Path] = field(default_factory=dict)

    @property
    def places_read(self) -> dict[str, Path]:
        """Where the files lie that were read."""
        return {file.name: self.places[file.name] for file in self.files if file.name in self.places}
