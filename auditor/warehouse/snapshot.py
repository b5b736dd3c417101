"""A snapshot: the answers of a warehouse as sorted Parquet files, there whole or not at all, for their owner alone.

The same rows give the same bytes in whatever order a database hands them out, so that a night without news is known as one, and a
run that cites file and row can be repeated.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq

from auditor.engine import Connection, open_engine
from auditor.errors import ExtractRefused
from auditor.private_files import FILE_MODE, make_private, sync
from auditor.secrets import FetchSecret
from auditor.settings import Settings
from auditor.warehouse.fetch import ROW_GROUP, Fetched, fetch
from auditor.warehouse.settings import WarehouseSettings

MOST_DIGITS = 38
RAW = "raw"
# A hidden folder of a snapshot that is being made, as tempfile names it.
UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}")


@dataclass(frozen=True)
class Snapshot:
    """A folder of Parquet files, one a query, and the rows of each by the query's name."""

    folder: Path
    rows: dict[str, int]


@dataclass(frozen=True)
class Fetching:
    """What a fetch needs besides the settings: how secrets are fetched, whose memory and scratch to use, and whom to tell."""

    fetch_secret: FetchSecret
    engine: Settings
    say: Callable[[str], None]


def take_snapshot(settings: WarehouseSettings, destination: Path, fetching: Fetching) -> Snapshot:
    """Fetches every query into ``destination``, a folder that must not exist; the caller holds the lock of the runs it is for.

    ExtractRefused where the database refuses or is lost half-way; then nothing is left.
    """
    if destination.exists():
        raise FileExistsError(f"{destination.name} is already there; a snapshot is never overwritten")
    password = fetching.fetch_secret(settings.password) if settings.password else None
    _sweep(make_private(destination.parent))
    unfinished = Path(mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        rows = {}
        for table in settings.statements:
            fetching.say(f"fetching {table.replace('_', ' ')}")
            fetched = fetch(settings, password, table, unfinished / RAW)
            rows[table] = _settle(fetched, unfinished / f"{table}.parquet", fetching.engine)
            fetched.path.unlink()
        sync(unfinished)
        unfinished.rename(destination)
        sync(destination.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Snapshot(destination, rows)


def _sweep(folder: Path) -> None:
    """Removes what a killed fetch left, and nothing else that lies there."""
    for left in folder.iterdir():
        if UNFINISHED.fullmatch(left.name) and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


def _settle(fetched: Fetched, path: Path, engine: Settings) -> int:
    """The rows sorted and in their own types, written as one file; as many as were fetched."""
    with open_engine(engine.memory, engine.threads, engine.scratch) as connection:
        columns = ", ".join(_columns(connection, fetched))
        query = f"SELECT {columns} FROM read_parquet($path) ORDER BY ALL"
        reader = connection.sql(query, params={"path": str(fetched.path)}).to_arrow_reader(ROW_GROUP)
        rows = 0
        with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
            for batch in reader:
                rows += batch.num_rows
                writer.write_batch(batch)
    path.chmod(FILE_MODE)
    sync(path)
    if rows != fetched.rows:
        raise ExtractRefused(f"warehouse, {path.stem}: {fetched.rows:,} rows were fetched and {rows:,} written; fetch it again")
    return rows


def _columns(connection: Connection, fetched: Fetched) -> Iterator[str]:
    for name in pq.read_schema(fetched.path).names:
        quoted = '"' + name.replace('"', '""') + '"'
        kind = None
        if name in fetched.decimals:
            kind = _decimal(connection, fetched.path, quoted)
        if name in fetched.singles:
            kind = _single(connection, fetched.path, quoted)
        yield f"CAST({quoted} AS {kind}) AS {quoted}" if kind else quoted


def _decimal(connection: Connection, path: Path, column: str) -> str | None:
    """The narrowest decimal that holds every value exactly; None where there is none: the text is then the intake's to judge."""
    [(plain, scale, digits)] = connection.execute(
        f"""
        SELECT bool_and(regexp_full_match({column}, '-?[0-9]*[.]?[0-9]*') AND regexp_matches({column}, '[0-9]')),
            max(length(rtrim(split_part({column}, '.', 2), '0'))), max(length(ltrim(split_part({column}, '.', 1), '-0')))
        FROM read_parquet($path) WHERE {column} IS NOT NULL""",
        {"path": str(path)},
    ).fetchall()
    width = (scale or 0) + (digits or 0)
    return f"DECIMAL({max(width, 1)}, {scale})" if plain and width <= MOST_DIGITS else None


def _single(connection: Connection, path: Path, column: str) -> str | None:
    """FLOAT, where every value is one: as DOUBLE 0.21 would read 0.20999999344. A driver may call a column of doubles single."""
    [(single,)] = connection.execute(
        f"SELECT bool_and(CAST(CAST({column} AS FLOAT) AS DOUBLE) = {column}) FROM read_parquet($path) WHERE {column} IS NOT NULL",
        {"path": str(path)},
    ).fetchall()
    return "FLOAT" if single else None
