"""Whole nights by the command line over a real PostgreSQL: down, or half migrated, it costs no run and is recorded once."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from auditor.outcomes import ExitCode
from tests.ledger.conftest import PASSWORD, Server
from tests.test_command_line import Command, command, write_few

__all__ = ["command"]

TOML = """
[run]
out = "runs"
[extract]
paths = ["extract"]
quiet_seconds = 0
[watch]
heartbeat = "heartbeat.json"
[ledger]
url = "{url}"
key = {{ file = "ledger.key" }}
password = {{ file = "ledger.password" }}
"""


def write_private(path: Path, content: str) -> None:
    path.write_text(content, encoding="ascii")
    path.chmod(0o600)


def test_a_database_that_is_down_or_half_migrated_costs_no_run(server: Server, command: Command, tmp_path: Path) -> None:
    place, config = server.new_place(), tmp_path / "nightly.toml"
    config.write_text(TOML.format(url=place.url), encoding="utf-8")
    write_private(tmp_path / "ledger.key", "ab" * 32)
    write_private(tmp_path / "ledger.password", PASSWORD)
    write_few(tmp_path / "extract", ("S-0101",))
    server.stop()
    try:
        down = command("nightly", "--config", config)
    finally:
        server.start()
    assert (down.code, "cannot be reached" in down.err, PASSWORD in down.err) == (ExitCode.LEDGER_REFUSED, True, False)
    assert json.loads((tmp_path / "heartbeat.json").read_text(encoding="utf-8"))["outcome"] == "ledger_refused"
    published = command("nightly", "--config", config)
    assert published.code == ExitCode.AUDITED, published.err
    with psycopg.connect(place.url, password=PASSWORD, autocommit=True) as database:
        [(revision,)] = database.execute("SELECT version_num FROM alembic_version").fetchall()
        database.execute("UPDATE alembic_version SET version_num = 'first'")
        halfway = command("nightly", "--config", config)
        assert (halfway.code, "left half way" in halfway.err) == (ExitCode.LEDGER_REFUSED, True), halfway.err
        database.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    again = command("nightly", "--config", config)
    assert (again.code, again.out.startswith("unchanged")) == (ExitCode.AUDITED, True), again.err
    assert command("verify", tmp_path / "runs", "--config", config).code == ExitCode.AUDITED
    assert published.out == f"published: {json.loads(command('history', '--config', config, '--json').out)['runs'][0]['record']['run']}\n"
