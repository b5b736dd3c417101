"""``auditor mail`` as an operator meets it, with the real settings file, the real ledger and a real server."""

from __future__ import annotations

import email
import email.policy
import re
import stat
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mail_certificates import Reader, reader_pair, server_context, server_pair
from mail_server import PASSWORD, TAKE_AND_HANG, Conduct, Took, mail_server

from auditor.ledger import open_ledger
from auditor.outcomes import ExitCode
from auditor.runs import run_folders
from auditor.tokens import Tokens
from tests.mail.conftest import ENVIRONMENT, WHEN, serving
from tests.test_command_line import Command, command

__all__ = ["command", "serving"]

RUN = "2026-11-22-001"
KEY = "0123456789abcdef" * 4
TOML = """
[run]
out = "{runs}"
[extract]
paths = ["extract"]
[ledger]
url = "sqlite:///ledger.db"
key = {{ env = "LEDGER_KEY" }}
[mail]
server = "localhost"
port = {port}
ca_file = "{keys}/authority.pem"
user = "auditor"
password = {{ env = "MAIL_PASSWORD" }}
from = "auditor@plan.example"
link = "https://audits.plan.example/{{run}}/report.html"
tries = 1
timeout_seconds = 20
[[mail.groups]]
name = "nurses"
to = ["nurse@plan.example"]
queues = ["nurse", "records"]
[[mail.groups]]
name = "sealed"
to = ["desk@plan.example"]
attach = ["report"]
protection = "smime"
[mail.certificates]
"desk@plan.example" = "reader.pem"
"""


@dataclass
class Place:
    """A folder with settings and a ledger that knows the runs."""

    folder: Path
    runs: Path
    keys: Path
    took: Took = field(default_factory=Took)

    def configure(self, port: int) -> Path:
        path = self.folder / "nightly.toml"
        path.write_text(TOML.format(runs=self.runs, keys=self.keys, port=port), encoding="utf-8")
        return path


@pytest.fixture
def place(runs: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in (ENVIRONMENT | {"LEDGER_KEY": KEY}).items():
        monkeypatch.setenv(name, value)
    reader_pair(tmp_path, "reader", Reader())
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", Tokens(bytes.fromhex(KEY))) as ledger:
        for run in run_folders(runs):
            ledger.record(run, WHEN)
    return Place(tmp_path, runs, keys)


def test_it_sends_what_is_owed_once_and_again_when_asked(command: Command, place: Place) -> None:
    with mail_server(place.took, Conduct(), server_context(server_pair(place.keys))) as port:
        config = place.configure(port)
        first, second = (command("mail", RUN, "--config", config) for _ in range(2))
        again = command("mail", RUN, "--config", config, "--again", "nurses")
    assert (first.code, first.out, first.err) == (0, "2 sent\n", "")
    assert (second.code, second.out) == (0, "nothing to send\n")
    assert (again.code, again.out) == (0, "1 sent\n")
    assert place.took.count == {"nurse@plan.example": 2, "desk@plan.example": 1}
    messages = {to: email.message_from_bytes(content, policy=email.policy.default) for to, content in place.took.messages}
    assert re.fullmatch(r"auditor: run 2026-11-22-001: \d+ episodes new(, \d+ \w+)*", messages["nurse@plan.example"]["Subject"])
    assert messages["desk@plan.example"]["Subject"] == "auditor: run 2026-11-22-001"


def test_a_server_that_is_down_is_exit_13_and_the_next_call_sends(command: Command, place: Place) -> None:
    down = command("mail", RUN, "--config", place.configure(1))
    assert (down.code, down.out) == (ExitCode.NOT_DELIVERED, "2 owed\n")
    assert "cannot be reached" in down.err
    with mail_server(place.took, Conduct(), server_context(server_pair(place.keys))) as port:
        assert command("mail", "--config", place.configure(port)).out == "2 sent\n", "without a run, whatever is owed"


def test_a_preview_writes_private_files_and_sends_nothing(command: Command, place: Place) -> None:
    folder = place.folder / "look"
    said = command("mail", RUN, "--config", place.configure(1), "--preview", folder)
    assert said.code == 0
    names = {f"{RUN}.{group}.{kind}" for group in ("nurses", "sealed") for kind in ("eml", "html")}
    assert {path.name for path in folder.iterdir()} == names
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert b"application/pkcs7-mime" in (folder / f"{RUN}.sealed.eml").read_bytes()
    assert "https://audits.plan.example/2026-11-22-001/report.html" in (folder / f"{RUN}.sealed.html").read_text(encoding="utf-8")
    assert command("mail", RUN, "--config", place.configure(1)).out == "2 owed\n", "a preview owes nothing and sends nothing"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2026-11-29-001",), "no complete run lies here"),
        ((RUN, "--again", "nurse"), "Did you mean nurses?"),
    ],
)
def test_what_is_not_there_is_refused(command: Command, place: Place, words: tuple[str, ...], told: str) -> None:
    said = command("mail", *words, "--config", place.configure(1))
    assert said.code == ExitCode.SETTINGS_REFUSED
    assert told in said.err


def test_settings_without_mail_are_refused(command: Command, place: Place) -> None:
    config = place.configure(1)
    config.write_text(config.read_text().split("[mail]")[0])
    said = command("mail", RUN, "--config", config)
    assert (said.code, "[mail] is missing" in said.err) == (ExitCode.SETTINGS_REFUSED, True)


@pytest.mark.parametrize(
    "line", ['password = "Secret-in-the-file-9"', 'zip_pasword = "Secret-in-the-file-9"', 'from = "Secret-in-the-file-9"']
)
def test_a_mistake_in_the_settings_is_said_without_what_was_written(command: Command, place: Place, line: str) -> None:
    config = place.configure(1)
    name = line.split(" ")[0]
    kept = [one for one in config.read_text().splitlines() if not one.startswith(f"{name} =")]
    config.write_text("\n".join(kept).replace("[mail]", f"[mail]\n{line}"))
    said = command("mail", RUN, "--config", config)
    assert said.code == ExitCode.SETTINGS_REFUSED
    assert "nightly.toml, line" in said.err
    assert "Secret-in-the-file" not in said.err + said.out


def test_no_secret_is_in_the_list_of_processes_while_it_sends(place: Place) -> None:
    with mail_server(place.took, Conduct(data=lambda *_: TAKE_AND_HANG), server_context(server_pair(place.keys))) as port:
        words = [sys.executable, "-m", "auditor.cli", "mail", RUN, "--config", str(place.configure(port))]
        words[1:3] = ["-c", "from auditor.cli import main; main()"]
        sender = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until = time.monotonic() + 30
        while not place.took.messages and time.monotonic() < until:
            time.sleep(0.05)
        listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        sender.kill()
        out, err = sender.communicate()
    assert "auditor.cli" in listed
    assert place.took.messages
    assert [secret for secret in (PASSWORD, KEY) if secret in listed + out.decode() + err.decode()] == []
