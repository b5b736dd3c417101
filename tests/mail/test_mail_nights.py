"""Whole nights by the command line, with a real ledger and a real mail server: what could not be said is said later, once."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from mail_certificates import server_context, server_pair
from mail_server import Conduct, Took, free_port, mail_server

from auditor.mail import ALARMS
from auditor.outcomes import ExitCode
from auditor.runs.names import RUN_NAME
from auditor.runs.verify import verify_run
from tests.mail.conftest import ENVIRONMENT
from tests.test_command_line import Command, command, write_few

__all__ = ["command"]
TOP = Path(__file__).parents[2]

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


STAGES = ("sweep", "finish", "arrival", "audit", "compare", "publish", "record", "deliver", "prune")


def hold_until(config: Path, stage: str, after: float) -> None:
    """A night in a process of its own, killed so many seconds after it has said that it begins a stage."""
    words = [sys.executable, "-m", "auditor", "nightly", "--config", str(config)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=TOP) as process:
        assert process.stderr is not None
        said = next((line for line in process.stderr if json.loads(line).get("stage") == stage), "")
        time.sleep(after)
        process.kill()
        assert said, f"the night never came to {stage}"


def whole_runs(out: Path) -> set[str]:
    """The names of the runs that are to be seen, each of which must be whole."""
    names = {path.name for path in out.iterdir() if RUN_NAME.fullmatch(path.name)}
    assert all(verify_run(out / name).whole for name in names)
    return names


@pytest.mark.thorough
def test_nights_killed_at_every_stage_lose_no_run_and_say_nothing_twice(
    command: Command, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    config, out, took, seen = tmp_path / "nightly.toml", tmp_path / "runs", Took(), set[str]()
    with mail_server(took, Conduct(), server_context(server_pair(keys))) as port:
        config.write_text(TOML.format(port=port, keys=keys), encoding="utf-8")
        for number, stage in enumerate((*STAGES, "record", "deliver", "deliver")):
            write_few(tmp_path / "extract", ("S-0101", "S-0202") if number % 2 else ("S-0101",))
            hold_until(config, stage, after=0.02 * (number % 4))
            assert seen <= (seen := whole_runs(out))
        write_few(tmp_path / "extract", ("S-0101", "S-0107"))
        last = command("nightly", "--config", config)
        assert last.code in (ExitCode.AUDITED, ExitCode.NOT_DELIVERED), last.err
        assert command("nightly", "--config", config).out.startswith("unchanged")
    assert command("verify", out, "--config", config).code == ExitCode.AUDITED
    assert {path.name for path in out.iterdir() if path.name.startswith(".2")} == set()
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        recorded = {run for (run,) in ledger.execute("SELECT run FROM runs")}
        states = dict(ledger.execute("SELECT run, state FROM deliveries WHERE recipients = 'desk'").fetchall())
    assert recorded == whole_runs(out) >= seen
    assert set(states) == recorded
    assert set(states.values()) <= {"sent", "uncertain"}
    ids = Counter(re.findall(rb"Message-ID: (\S+)", content)[0] for _, content in took.messages)
    assert set(ids.values()) == {1}
    assert len(ids) >= list(states.values()).count("sent") > 2
