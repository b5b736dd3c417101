"""Ledgers to test on: a file, and a real PostgreSQL server of its own in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from auditor.tokens import Tokens

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "pass-of-the-test"
TOKENS = Tokens(b"a key for the tests, 32 bytes at least")
QUIET = "-c listen_addresses='' -c fsync=off -c full_page_writes=off"


@dataclass(frozen=True)
class Place:
    """Where a ledger lies: its address, and its password, if it has one."""

    url: str
    password: str | None = None


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that listens on a socket in ``folder`` alone."""

    folder: Path

    def run(self, program: str, *words: str) -> str:
        """Runs one of the server's programs as the user that owns the data; root may not."""
        found = shutil.which(program) or str(PROGRAMS / program)
        command = [found, *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, env=os.environ | {"PGPASSWORD": PASSWORD}, check=True
        )
        return done.stdout

    def start(self) -> None:
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", f"{QUIET} -k {self.folder}", "start"
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def new_place(self) -> Place:
        """A database of its own."""
        name = f"ledger_{uuid4().hex[:12]}"
        self.run("psql", "-h", str(self.folder), "-U", "auditor", "-d", "postgres", "-q", "-c", f"CREATE DATABASE {name}")
        return Place(f"postgresql://auditor@/{name}?host={self.folder}", PASSWORD)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if not (shutil.which("initdb") or (PROGRAMS / "initdb").is_file()):
        pytest.skip("no PostgreSQL server on this machine: install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="auditor-pg-"))
    if os.geteuid() == 0:
        try:
            shutil.chown(folder, "postgres", "postgres")
        except LookupError:
            pytest.skip("PostgreSQL will not run as root, and there is no user postgres")
    here = Server(folder)
    try:
        (folder / "password").write_text(PASSWORD, encoding="ascii")
        (folder / "password").chmod(0o644)
        secure = ("--auth=scram-sha-256", "--pwfile", str(folder / "password"))
        here.run("initdb", "-D", str(folder / "data"), "-U", "auditor", "--no-sync", *secure)
        here.start()
        yield here
        here.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place for a ledger, on either database."""
    if request.param == "sqlite":
        return Place(f"sqlite:///{tmp_path}/ledger.sqlite")
    server: Server = request.getfixturevalue("server")
    return server.new_place()
