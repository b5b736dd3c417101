"""Turns the engine's failure to read a file in place into a refusal that names the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import duckdb

from auditor.errors import ExtractRefused
from auditor.intake.discovery import PARQUET_SUFFIXES
from auditor.intake.sql_text import literal_path, quote_text

WHOLE = "SELECT bit_xor(hash(rows)) FROM read_parquet({path}) AS rows"


@contextmanager
def refuse_damage(places: Mapping[str, Path]) -> Iterator[None]:
    """Wraps statements over the ``_read`` views: Parquet is unpacked only then, and damage inside it shows only then.

    ``places`` are the files that were read, by the names that users know. A failure that names none of them is of the first of them
    that cannot be read by itself; where there is none, it is none of theirs and passes through.
    """
    try:
        yield
    except duckdb.Error as failure:
        named = (name for name in sorted(places, key=len, reverse=True) if name.rpartition("/")[2] in str(failure))
        damaged = next(chain(named, (name for name in sorted(places) if not _is_whole(places[name]))), None)
        if damaged is None:
            raise
        raise ExtractRefused(f"{damaged}: cannot be read to its end; it is damaged, so write or copy it again") from None


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file can be unpacked to its end; other files were read before."""
    if path.suffix.lower() not in PARQUET_SUFFIXES or not path.is_file():
        return True
    try:
        with duckdb.connect() as connection:
            connection.execute(WHOLE.format(path=quote_text(literal_path(path)))).fetchall()
    except duckdb.Error:
        return False
    return True
