"""The doctor: each check finds what it is there for, and changes nothing."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nightly.nights import BEGAN, Desk, desk, write_extract

from auditor.cli.doctor import all_checks
from auditor.ledger import key_beside, open_ledger, read_key
from auditor.nightly import doctor_places as places
from auditor.nightly import doctor_rules as rules
from auditor.nightly.doctor import Check, Health, examine, worst
from auditor.nightly.settings_file import read_settings
from auditor.outcomes import ExitCode
from auditor.releases import Release
from auditor.tokens import Tokens
from tests.ledger.nights import write_run
from tests.ledger.test_lapses import one_course
from tests.test_command_line import Command

LEAST = '[run]\nout = "runs"\n[extract]\npaths = ["extract"]\n'


@pytest.fixture
def night(tmp_path: Path) -> Desk:
    write_extract(tmp_path / "extract")
    return desk(tmp_path)


def checks_of(folder: Path, more: str = "", run: str = "") -> dict[str, Check]:
    path = folder / "nightly.toml"
    path.write_text(LEAST.replace("[extract]", f"{run}[extract]") + more, encoding="utf-8")
    return {check.name: check for check in examine(all_checks(read_settings(path), path))}


def open_scratch(folder: Path) -> None:
    (folder / "tmp").mkdir(mode=0o777)
    (folder / "tmp").chmod(0o1777)


def open_folder(folder: Path) -> None:
    (folder / "runs").mkdir()
    (folder / "runs").chmod(0o755)


def file_in_the_way(folder: Path) -> None:
    (folder / "runs").touch()


def nothing(folder: Path) -> None:
    pass


FOUND: dict[str, tuple[Callable[[Path], None], str, str, str, Health, str]] = {
    "runs open to others": (open_folder, "", "", "runs", Health.MEND, "chmod 700"),
    "a scratch folder that all may use": (open_scratch, "", 'scratch = "tmp"\n', "scratch", Health.WELL, "will be made"),
    "a file in the way": (file_in_the_way, "", "", "runs", Health.MEND, "is no folder"),
    "no extract": (nothing, "", "", "extract", Health.WATCH, "no file is there"),
    "an unknown policy": (nothing, "", 'policy = "other"\n', "policy", Health.MEND, "other"),
    "an unknown reading": (nothing, "", "readings = { taper_grace = 1 }\n", "policy", Health.MEND, "taper_grace_h"),
    "a review that is due": (nothing, "", "", "policy", Health.WATCH, "its review was due 2024-10-01"),
    "an unknown profile": (nothing, 'profile = "tuvva"\n', "", "profile", Health.MEND, "tuva"),
    "no releases": (nothing, "", "", "references", Health.WATCH, "auditor reference add"),
    "no ledger": (nothing, "", "", "ledger", Health.WATCH, "nothing is remembered"),
    "a ledger to be made": (nothing, '[ledger]\nurl = "sqlite:///ledger.db"\n', "", "ledger", Health.WELL, "will be made"),
    "a key that is none": (
        nothing,
        '[ledger]\nurl = "sqlite:///ledger.db"\nkey = { file = "key" }\n',
        *("", "ledger", Health.MEND, "the secret file key cannot be read"),
    ),
    "no mail": (nothing, "", "", "mail", Health.WATCH, "nobody is told"),
    "a mail server that is down": (
        nothing,
        '[ledger]\nurl = "sqlite:///ledger.db"\n[mail]\nserver = "127.0.0.1"\nport = 1\nfrom = "a@b.example"\n'
        '[[mail.groups]]\nname = "g"\nto = ["c@d.example"]\n',
        *("", "mail", Health.WATCH, "cannot be reached"),
    ),
}


def test_the_password_of_an_archive_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = '[[mail.groups]]\nname = "g"\nto = ["c@d.example"]\nattach = ["report"]\nprotection = "zip"\nzip_password = { env = "ZIP" }\n'
    mail = '[ledger]\nurl = "sqlite:///ledger.db"\n[mail]\nserver = "127.0.0.1"\nport = 1\nfrom = "a@b.example"\n' + group
    for password, health in (("", Health.MEND), ("sunshine", Health.MEND), ("vR7-plover-Quartz-19", Health.WELL)):
        monkeypatch.setenv("ZIP", password)
        check = checks_of(tmp_path, mail)["zip password"]
        assert check.health is health, check
        assert not password or password not in check.line


def test_what_others_are_to_read_lies_where_they_can_pass(night: Desk) -> None:
    with TemporaryDirectory() as folder:
        beat = Path(folder) / "beat.json"
        told = night.settings.watch.model_copy(update={"readable": True, "metrics": None, "heartbeat": beat})
        opened = replace(night, settings=night.settings.model_copy(update={"watch": told}))
        [shut] = [check for check in places.check_folders(opened.night()) if check.health is Health.WATCH]
        assert shut.to_do == f"chmod o+x {folder}"
        Path(folder).chmod(0o711)
        assert [check.health for check in places.check_folders(opened.night())] == [Health.WELL] * 2


@pytest.mark.parametrize(("spoil", "more", "run", "name", "health", "says"), FOUND.values(), ids=FOUND)
def test_what_is_found(tmp_path: Path, spoil: Callable[[Path], None], more: str, run: str, name: str, health: Health, says: str) -> None:
    spoil(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    check = checks_of(tmp_path, more, run)[name]
    assert (check.health, says in check.line) == (health, True), check
    assert sorted(tmp_path.rglob("*")) == sorted({*before, tmp_path / "nightly.toml"})


def test_a_damaged_ledger_is_to_be_mended(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
    (tmp_path / "ledger.db.key").write_text("00" * 32, encoding="ascii")
    (tmp_path / "ledger.db.key").chmod(0o600)
    assert checks_of(tmp_path, '[ledger]\nurl = "sqlite:///ledger.db"\n')["ledger"].health is Health.MEND


def test_a_ledger_of_another_folder_of_runs_is_noticed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with open_ledger(url, Tokens(read_key(key_beside(url)))) as ledger:
        ledger.record(write_run(tmp_path / "elsewhere", "2026-11-21-001", one_course()), BEGAN)
    found = checks_of(tmp_path, '[ledger]\nurl = "sqlite:///ledger.db"\n')["ledger"]
    assert (found.health, "2026-11-21-001, is not in the folder of runs" in found.line) == (Health.WATCH, True), found


def test_the_lock_and_the_clock(night: Desk) -> None:
    night.hold()
    assert [check.health for check in (*places.check_lock(night.night()), *places.check_clock(night.night()))] == [Health.WELL] * 2
    night.time.at -= timedelta(days=3)
    with (night.out / ".auditor.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = [*places.check_lock(night.night()), *places.check_clock(night.night())]
    assert found[0].found == "a run is in progress"
    assert "seconds behind the newest run" in found[1].found


def test_room_is_measured_by_the_runs_there_are(night: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    night.hold()
    size = places.size_of(places.run_folders(night.out)[0])
    monkeypatch.setattr(places, "LEAST_BYTES", size)
    for free, health in ((size, Health.MEND), (5 * size, Health.WATCH), (100 * size, Health.WELL)):
        monkeypatch.setattr(places, "free_bytes", lambda folder, free=free: free)
        assert [check.health for check in places.check_disk(night.night())] == [health]


def test_releases_that_have_ended_are_to_be_watched(night: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Release("pairs", "practitioner", "2026Q3 v32.2 r0", "", date(2026, 7, 1), date(2026, 9, 30), "0" * 64, "f.txt", 1, "1", "2")
    for last, health in ((date(2026, 9, 30), Health.WATCH), (date(2026, 12, 31), Health.WELL), (None, Health.WELL)):
        monkeypatch.setattr(rules, "installed_releases", lambda library, last=last: (replace(one, last_day=last),))
        assert [check.health for check in rules.check_releases(night.night())] == [health]


def test_the_exit_code_says_the_worst(command: Command, tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    checks = checks_of(tmp_path)
    said = command("doctor", "--config", tmp_path / "nightly.toml")
    assert (said.code, worst(checks.values())) == (ExitCode.AUDITED, ExitCode.AUDITED)
    assert len(said.out.splitlines()) == len(checks)
    assert {line[0] for line in said.out.splitlines()} <= {"✓", "◆", "✕"}
    open_folder(tmp_path)
    said = command("doctor", "--config", tmp_path / "nightly.toml", "--json")
    assert said.code == ExitCode.NOT_READY
    assert {one["name"]: one["health"] for one in json.loads(said.out)}["runs"] == "mend"


def test_a_check_that_cannot_be_made_stops_no_other() -> None:
    def fail() -> list[Check]:
        raise PermissionError(13, os.strerror(13))

    [one, two] = examine([("one", fail), ("two", lambda: [Check("two", Health.WELL, "fine")])])
    assert (one.health, two.health) == (Health.MEND, Health.WELL)
    assert "Permission denied" in one.found


@pytest.mark.parametrize(("revision", "says"), [("later", "written by a newer version"), ("first", "left half way")])
def test_a_ledger_that_no_night_can_open_is_to_be_mended(tmp_path: Path, command: Command, revision: str, says: str) -> None:
    part = '[ledger]\nurl = "sqlite:///ledger.db"\n'
    url = f"sqlite:///{tmp_path}/ledger.db"
    with open_ledger(url, Tokens(read_key(key_beside(url)))):
        pass
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    ledger.close()
    found = checks_of(tmp_path, part)["ledger"]
    assert (found.health, says in found.line) == (Health.MEND, True), found
    said = command("nightly", "--config", tmp_path / "nightly.toml", "--dry-run")
    assert (said.code, says in said.err) == (ExitCode.LEDGER_REFUSED, True), said
