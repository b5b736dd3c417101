"""Turns the engine's failure to read a file in place into a refusal that names the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb

from auditor.errors import ExtractRefused


@contextmanager
def refuse_damage(names: Iterable[str]) -> Iterator[None]:
    """Wraps statements over the ``_read`` views: Parquet is unpacked only then, and damage inside it shows only then.

    ``names`` are the files as users know them; a failure that speaks of none of them is none of theirs and passes through.
    """
    try:
        yield
    except duckdb.Error as failure:
        damaged = [name for name in sorted(names, key=len, reverse=True) if name.rpartition("/")[2] in str(failure)]
        if not damaged:
            raise
        raise ExtractRefused(f"{damaged[0]}: cannot be read to its end; it is damaged, so write or copy it again") from None
