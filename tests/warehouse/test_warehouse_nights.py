"""Nights over a warehouse that is really there: the same rows are unchanged, others make a run, and what is down leaves nothing."""

from __future__ import annotations

from pathlib import Path

from auditor.outcomes import ExitCode
from tests.test_command_line import Command, command
from tests.warehouse.server import Server
from tests.warehouse.test_warehouse_postgres import load_samples

__all__ = ["command"]

TOML = """
[run]
out = "runs"
[ledger]
url = "sqlite:///ledger.db"
[warehouse]
connection = "{connection}"
user = "postgres"
[warehouse.parameters]
paid = 2000-01-01
[warehouse.queries]
"""


def write_config(server: Server, queries: dict[str, str], folder: Path) -> Path:
    """Settings of nights that ask these queries, of claim lines only those paid since a day."""
    asked = queries | {"claim_lines": f"{queries['claim_lines']} WHERE COALESCE(paid_date, CURRENT_DATE) >= CAST(:paid AS date)"}
    lines = [f'{name} = "{query}"' for name, query in asked.items()]
    config = folder / "nightly.toml"
    config.write_text(TOML.format(connection=server.connection) + "\n".join(lines), encoding="utf-8")
    return config


def extracts(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "runs" / "extracts").iterdir())


def test_a_night_asks_the_warehouse_and_knows_the_same_rows_again(server: Server, command: Command, tmp_path: Path) -> None:
    config = write_config(server, load_samples(server, ("S-0101",)), tmp_path)
    first = command("nightly", "--config", config)
    assert first.code == ExitCode.AUDITED, first.err
    run = first.out.removeprefix("published: ").strip()
    assert extracts(tmp_path) == [run]
    server.sql("CREATE TABLE turned AS SELECT * FROM events ORDER BY random(); DROP TABLE events; ALTER TABLE turned RENAME TO events")
    again = command("nightly", "--config", config)
    assert (again.code, again.out.startswith(f"unchanged: {run}"), extracts(tmp_path)) == (ExitCode.AUDITED, True, [run]), again.err
    assert command("verify", tmp_path / "runs", "--config", config).code == ExitCode.AUDITED
    server.sql("ALTER TABLE events RENAME TO gone")
    refused = command("nightly", "--config", config)
    server.sql("ALTER TABLE gone RENAME TO events")
    assert (refused.code, "SQLSTATE 42P01" in refused.err, extracts(tmp_path)) == (ExitCode.EXTRACT_REFUSED, True, [run])
    server.sql("DELETE FROM events WHERE concept = 'gestational_age'")
    assert command("nightly", "--config", config).out.startswith("published: ")
    assert len(extracts(tmp_path)) == 2
