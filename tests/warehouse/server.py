"""A PostgreSQL of our own for the length of a test session, and the ODBC connection to it; none where Debian's packages are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest

from auditor.warehouse.settings import WarehouseSettings

PROGRAMS = Path("/usr/lib/postgresql")
DRIVERS = Path("/usr/lib")


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its socket, and the driver to reach it by."""

    folder: Path
    driver: Path

    @property
    def connection(self) -> str:
        return f"Driver={self.driver};Server={self.folder};Port=5432;Database=postgres"

    def sql(self, statement: Any, rows: Sequence[Sequence[Any]] | None = None) -> None:
        with psycopg.connect(f"host={self.folder} dbname=postgres user=postgres", autocommit=True) as connection:
            if rows is None:
                connection.execute(statement)
            else:
                with connection.cursor().copy(statement) as copy:
                    for row in rows:
                        copy.write_row(row)

    def settings(self, **told: Any) -> WarehouseSettings:
        return WarehouseSettings(connection=self.connection, user="postgres", **told)


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextmanager
def start_server() -> Iterator[Server]:
    """A server in a new folder, stopped and removed at the end; skips where it cannot be had."""
    programs = sorted(PROGRAMS.glob("*/bin/initdb"))
    drivers = sorted(DRIVERS.glob("*/odbc/psqlodbcw.so"))
    if not programs or not drivers or not shutil.which("runuser"):
        pytest.skip("PostgreSQL or its ODBC driver is not installed (postgresql, unixodbc, odbc-postgresql)")
    # a socket's path may have a hundred letters, and a test's own folder has more
    folder = Path(mkdtemp(prefix="aw-"))
    folder.chmod(0o777)
    tools, data = programs[-1].parent, folder / "data"
    try:
        run = {"check": True, "capture_output": True, "cwd": folder}
        subprocess.run(as_postgres([f"{tools}/initdb", "-D", f"{data}", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]), **run)
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        start = as_postgres([f"{tools}/pg_ctl", "-D", f"{data}", "-o", options, "-l", f"{folder}/log", "-w", "start"])
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        yield Server(folder, drivers[-1])
        subprocess.run(as_postgres([f"{tools}/pg_ctl", "-D", f"{data}", "-m", "immediate", "stop"]), **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
