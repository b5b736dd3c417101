"""Opens the ledger's database, SQLite or PostgreSQL, and says in plain words why it cannot be had."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from auditor.errors import LedgerRefused

SQLITE, POSTGRES = "sqlite", "postgresql"
FILE_MODE, FOLDER_MODE = 0o600, 0o700
PATIENCE_SECONDS = 30.0
# The number of the lock by which nights on PostgreSQL wait for each other: any will do, as long as it stays.
NIGHT_LOCK = int.from_bytes(b"ledger")

LOCKED = "is locked by another program. Wait for it to end, and try again."
BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
SQLITE_WORDS = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Make room, and try again; nothing was half recorded.",
    sqlite3.SQLITE_READONLY: "may not be written. Ask for the right to write the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Name a file in a folder that you may write.",
    sqlite3.SQLITE_NOTADB: "is no SQLite database. Name the ledger's own file.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Put back a copy of it, and record the runs made since.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk fails. Mend it, and try again; nothing was half recorded.",
}
POSTGRES_WORDS = {
    "55P03": LOCKED,
    "28P01": "refuses the user or the password. Mend the address, or the secret.",
    "28000": "refuses the user. Mend the address, or ask for the right to connect.",
    "3D000": "is not there. Ask for the database to be made; its tables are made by this program.",
    "42501": "may not be read or written by this user. Ask for the right to make, read and write tables.",
    "53100": "cannot grow: its disk is full. Make room, and try again; nothing was half recorded.",
}
OUT_OF_REACH = "cannot be reached. Start the database, or mend the address; nothing was half recorded."
FAILED = "failed while in use. Try again; nothing was half recorded."


def read_url(url: str) -> URL:
    """The address in parts; LedgerRefused for one that is no ledger's, or that holds a password."""
    try:
        parts = make_url(url)
        backend = parts.get_backend_name()
    except (ArgumentError, SQLAlchemyError):
        parts, backend = None, ""
    if parts is None or backend not in (SQLITE, POSTGRES) or (backend == SQLITE and parts.database in (None, "", ":memory:")):
        raise LedgerRefused("the ledger's address is sqlite:///PATH or postgresql://USER@HOST/NAME.")
    if parts.password is not None or "password" in parts.query:
        raise LedgerRefused("the ledger's address holds a password. Keep it in the environment, a file or the keyring.")
    return parts.set(drivername="postgresql+psycopg") if backend == POSTGRES else parts


@contextmanager
def open_engine(url: URL, password: str | None = None, patience: float = PATIENCE_SECONDS) -> Iterator[Engine]:
    """The database, with nothing held between transactions. ``patience`` is how many seconds a lock is waited for."""
    engine = _sqlite(url, patience) if url.get_backend_name() == SQLITE else _postgres(url, password, patience)
    try:
        yield engine
    finally:
        engine.dispose()


def _sqlite(url: URL, patience: float) -> Engine:
    path = Path(str(url.database))
    _make_file(path)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": patience})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(path: Path) -> None:
    """An empty file that is for its owner alone, before SQLite makes one that is not; what SQLite puts beside it has its mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        path.chmod(FILE_MODE)
    except OSError as fault:
        raise LedgerRefused(
            f"the ledger {path.name} cannot be written ({fault.strerror}). Name a file in a folder that you may write."
        ) from fault


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, not before the first write
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Whoever may write takes the lock at once, so that nobody writes on what another has changed meanwhile."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("only_reads") else "BEGIN IMMEDIATE")


def _postgres(url: URL, password: str | None, patience: float) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise LedgerRefused("a ledger on PostgreSQL needs the package psycopg: install auditor[postgres].") from None
    options = f"-c lock_timeout={int(patience * 1000)} -c timezone=UTC"
    return create_engine(
        url.set(password=password),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": max(int(patience), 2)},
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the ledger as it was at one moment."""
    options = {"only_reads": True} if engine.dialect.name == SQLITE else {"isolation_level": "REPEATABLE READ"}
    with refuse_faults(engine), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer of a night interleaves: all of it, or nothing."""
    with refuse_faults(engine), engine.begin() as connection:
        if engine.dialect.name == POSTGRES:
            connection.execute(select(func.pg_advisory_xact_lock(NIGHT_LOCK)))
        yield connection


@contextmanager
def refuse_faults(engine: Engine) -> Iterator[None]:
    """LedgerRefused for whatever the database will not do; what the database said of itself is not repeated, for it may say too much."""
    try:
        yield
    except DBAPIError as fault:
        raise LedgerRefused(f"{named(engine.url)} {_words(fault.orig)}") from fault.orig


def named(url: URL) -> str:
    """The ledger in a message: its file's name, or its database's and host's."""
    if url.get_backend_name() == SQLITE:
        return f"the ledger {Path(str(url.database)).name}"
    return f"the ledger {url.database} on {url.host or 'this machine'}"


def _words(fault: BaseException | None) -> str:
    if isinstance(fault, sqlite3.Error):
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        return LOCKED if code in BUSY_CODES else SQLITE_WORDS.get(code, FAILED)
    state = getattr(fault, "sqlstate", None)
    return POSTGRES_WORDS.get(state, FAILED) if state else OUT_OF_REACH
