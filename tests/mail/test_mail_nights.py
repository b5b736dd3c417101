"""Whole nights by the command line, with a real ledger and a real mail server: what could not be said is said later, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mail_certificates import server_context, server_pair
from mail_server import Conduct, Took, free_port, mail_server

from auditor.mail import ALARMS
from auditor.outcomes import ExitCode
from tests.mail.conftest import ENVIRONMENT
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
url = "sqlite:///ledger.db"
[mail]
server = "localhost"
port = {port}
ca_file = "{keys}/authority.pem"
user = "auditor"
password = {{ env = "MAIL_PASSWORD" }}
from = "auditor@plan.example"
tries = 1
[[mail.groups]]
name = "desk"
to = ["desk@plan.example"]
[[mail.groups]]
name = "silent"
to = ["silent@plan.example"]
queues = ["silent"]
"""


def subjects(took: Took) -> list[str]:
    """Whom each message went to, and the words of its subject that do not depend on the day."""
    found = []
    for address, content in took.messages:
        subject = next(line for line in content.decode("ascii", "replace").splitlines() if line.startswith("Subject: "))
        found.append(f"{address.partition('@')[0]}: {'no run' if 'no run on' in subject else 'a run'}")
    return sorted(found)


def test_what_a_night_without_a_server_could_not_say_the_next_one_says(
    command: Command, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    config, beat = tmp_path / "nightly.toml", tmp_path / "heartbeat.json"
    config.write_text(TOML.format(port=free_port(), keys=keys), encoding="utf-8")
    nothing = command("nightly", "--config", config)
    assert (nothing.code, "no file is there" in nothing.err) == (ExitCode.NOT_ARRIVED, True)
    assert json.loads(beat.read_text(encoding="utf-8"))["undelivered"] == 2
    write_few(tmp_path / "extract", ("S-0101",))
    took = Took()
    with mail_server(took, Conduct(), server_context(server_pair(keys))) as port:
        config.write_text(TOML.format(port=port, keys=keys), encoding="utf-8")
        published = command("nightly", "--config", config)
        assert (published.code, published.out.startswith("published")) == (ExitCode.AUDITED, True), published.err
        assert subjects(took) == ["desk: a run", "desk: no run", "silent: no run"], "a group without an episode hears of failures alone"
        assert command("nightly", "--config", config).out.startswith("unchanged")
        assert command("mail", "--config", config).out == "nothing to send\n"
    assert len(took.messages) == 3
    assert json.loads(beat.read_text(encoding="utf-8"))["undelivered"] == 0
    assert {one["state"] for one in json.loads((tmp_path / "runs" / ALARMS).read_text(encoding="utf-8"))} == {"sent"}
