"""The embedded database: opening it within a memory limit, and running the SQL files of a stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from auditor.errors import SettingsRefused

Connection = duckdb.DuckDBPyConnection

# Statements that were run before in this process, by their text; a connection leaves no trace in them.
_PARSED: dict[str, list[duckdb.Statement]] = {}

# Megabytes in each unit that the engine tells its limit in.
_UNITS = {"bytes": 1 / 2**20, "KiB": 1 / 2**10, "MiB": 1.0, "GiB": 2.0**10, "TiB": 2.0**20}
SHARE, OWN_SHARE = re.compile(r"(\d+(?:\.\d+)?)%"), 80.0
INTERRUPTED = "Query interrupted"  # the words of DuckDB's client
_NAMED_QUERY = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@contextmanager
def open_engine(memory: str = "1GB", threads: int | None = None, scratch: Path | None = None) -> Iterator[Connection]:
    """A private database that spills to a folder of its own, which is removed at the end.

    ``memory`` is DuckDB's limit, such as ``1GB`` or ``25%`` of the machine; ``scratch`` is where that folder is made, else among the
    system's temporary files.
    Time zone is UTC and every result is ordered by its own query. KeyboardInterrupt where someone ends a query,
    SettingsRefused where the memory does not do.
    """
    with faults_as_said_here(memory), TemporaryDirectory(prefix="auditor-", dir=scratch) as folder:
        connection = duckdb.connect(str(Path(folder) / "audit.duckdb"))
        try:
            connection.execute("SET TimeZone = 'UTC'")
            limit_memory(connection, memory)
            connection.execute("SET temp_directory = $folder", {"folder": folder})
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("PRAGMA disable_checkpoint_on_shutdown")  # nobody reads the file again
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET autoinstall_known_extensions = false")
            if threads:
                connection.execute("SET threads = $threads", {"threads": threads})
            yield connection
        finally:
            connection.close()


@contextmanager
def faults_as_said_here(memory: str) -> Iterator[None]:
    """Too little memory is the user's to mend, and Ctrl-C in a query is no fault; the engine has a fault of its own for either."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise SettingsRefused(f"--memory: {memory} is too little for this extract; give more, such as 1GB") from fault
    except RuntimeError as fault:
        if str(fault) == INTERRUPTED:
            raise KeyboardInterrupt from None
        raise


def scratch_folder(connection: Connection) -> Path:
    """Where a run may put files of its own: private, and removed with the database."""
    [(folder,)] = connection.execute("SELECT current_setting('temp_directory')").fetchall()
    return Path(folder)


def limit_memory(connection: Connection, memory: str) -> None:
    """Sets the engine's limit; SettingsRefused for what is no amount of memory."""
    try:
        connection.execute("SET memory_limit = $memory", {"memory": _amount(connection, memory)})
    except duckdb.Error as fault:
        raise SettingsRefused("--memory: expected an amount such as 1GB or 700MB, or a share of the machine such as 25%") from fault


def _amount(connection: Connection, memory: str) -> str:
    """An amount in the engine's words. It knows what the machine, or a container on it, has: untold, it takes ``OWN_SHARE`` of that."""
    share = SHARE.fullmatch(memory)
    if not share or float(share[1]) > 100:
        return memory
    connection.execute("RESET memory_limit")
    return f"{megabytes_of(connection) * float(share[1]) / OWN_SHARE:.3f}MiB"


def megabytes_of(connection: Connection) -> float:
    """The engine's limit, in megabytes of 2^20 bytes."""
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    amount, unit = str(limit).split()
    return float(amount) * _UNITS[unit]


def insert_rows(connection: Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """One statement for all rows, since a statement a row takes ten times as long. Values travel as parameters, a list a column."""
    if whole := list(rows):
        columns = [list(values) for values in zip(*whole, strict=True)]
        connection.execute(f"INSERT INTO {table} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)


@cache
def read_sql(name: str, part: str = "stages") -> str:
    """The text of ``auditor/<part>/<name>.sql``."""
    return (files("auditor") / part / f"{name}.sql").read_text(encoding="utf-8")


def run_sql(connection: Connection, name: str, part: str = "stages") -> None:
    """Runs ``auditor/<part>/<name>.sql``, statement by statement."""
    run_fixed(connection, read_sql(name, part))


def run_fixed(connection: Connection, text: str) -> None:
    """Runs statements that every audit words alike. They are parsed once in a process, which of few rows is a fifth of the work."""
    if text not in _PARSED:
        _PARSED[text] = connection.extract_statements(text)
    for statement in _PARSED[text]:
        connection.execute(statement)


@cache
def named_queries(name: str, part: str = "stages") -> dict[str, str]:
    """The queries of a SQL file that holds several, each under a line ``-- name: …``, by that name."""
    parts = _NAMED_QUERY.split(read_sql(name, part))
    return dict(zip(parts[1::2], (text.strip().rstrip(";") for text in parts[2::2]), strict=True))
