"""What befalls nights: after each, no half of a run is to be seen, nothing is lost, and the next night is right."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nightly.child import Lines, night_in
from nightly.nights import BEGAN, FEW, Desk, age, desk, write_extract

from auditor.errors import LedgerRefused, RunLocked
from auditor.nightly.hold import hold
from auditor.nightly.journal import Event
from auditor.nightly.sweep import sweep
from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.private_files import make_private
from auditor.runs import open_run
from tests.test_command_line import Command

TOP = Path(__file__).parents[2]
MORE = (*FEW, "S-0303")
RUN = "2026-11-22-001"
FEW_STAGES = ("judging", "record")
OTHER_STAGES = (
    "deliver",
    "sweep",
    "finish",
    "arrival",
    "audit",
    "reading the extract",
    "findings",
    "gathering results",
    "publish",
    "prune",
)


@pytest.fixture
def night(tmp_path: Path) -> Desk:
    write_extract(tmp_path / "extract")
    return desk(tmp_path)


def assert_only_whole_runs(out: Path) -> None:
    for path in out.iterdir():
        if not path.name.startswith("."):
            assert open_run(path).manifest["rows_out"]["episodes"] > 0


def assert_swept(out: Path) -> None:
    assert {path.name for path in out.iterdir() if path.name.startswith(".")} == {".auditor.lock", ".scratch"}
    assert list((out / ".scratch").iterdir()) == []


# --- kill -9 -------------------------------------------------------------------------------------------------------------------


def copy_samples(folder: Path) -> None:
    """All members of the samples."""
    folder.mkdir()
    for path in samples_folder().glob("*.csv"):
        shutil.copy(path, folder)


def child(folder: Path, stage: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": f"{TOP}:{TOP / 'tests'}"}
    return subprocess.Popen([sys.executable, str(TOP / "tests" / "nightly" / "child.py"), str(folder), stage], env=environment)


def assert_next_night_is_right(folder: Path) -> None:
    out = folder / "runs"
    assert_only_whole_runs(out)
    account = hold(night_in(folder, lambda stage: None))
    assert account.good, account
    assert_only_whole_runs(out)
    assert_swept(out)
    assert [path.name for path in out.iterdir() if not path.name.startswith(".")] == [RUN]
    assert Lines(folder / "recorded").read() == Lines(folder / "sent").read() == [RUN]
    assert json.loads((folder / "heartbeat.json").read_text(encoding="utf-8"))["ok"] is True


@pytest.mark.parametrize("stage", [*FEW_STAGES, *(pytest.param(one, marks=pytest.mark.thorough) for one in OTHER_STAGES)])
def test_a_night_killed_at_a_stage(tmp_path: Path, stage: str) -> None:
    write_extract(tmp_path / "extract")
    assert child(tmp_path, stage).wait(120) == -signal.SIGKILL
    assert json.loads((tmp_path / "heartbeat.json").read_text(encoding="utf-8"))["state"] == "running"
    assert_next_night_is_right(tmp_path)


@pytest.mark.thorough
def test_a_night_killed_while_it_writes_the_run(tmp_path: Path) -> None:
    copy_samples(tmp_path / "extract")
    for _ in range(5):
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
        process = child(tmp_path, "never")
        while process.poll() is None and not list((tmp_path / "runs").glob(".2026-*/*.csv")):
            time.sleep(0.002)
        process.kill()
        process.wait()
        if list((tmp_path / "runs").glob(".2026-*")):
            break
        (tmp_path / "recorded").unlink(missing_ok=True)
        (tmp_path / "sent").unlink(missing_ok=True)
    else:
        pytest.skip("the run was written too fast to be killed in between")
    assert not (tmp_path / "runs" / RUN).exists()
    assert_next_night_is_right(tmp_path)


# --- the disk ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def assert_full_and_then_right(folder: Path, small_disk: Path, scratch: Path, stage: str) -> None:
    write_extract(folder / "extract")
    night = desk(folder, run={"out": small_disk / "runs", "scratch": scratch})
    account = night.hold()
    assert account.exit_code == ExitCode.DISK_FULL, account
    assert "is full" in account.why
    assert "Free some space" in account.why
    assert [entry.stage for entry in night.log if entry.event is Event.TROUBLE] == [stage]
    assert (night.runs(), night.post.troubles) == ([], [ExitCode.DISK_FULL])
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert night.hold().run == RUN
    assert_only_whole_runs(night.out)


def test_a_disk_that_is_full_while_the_engine_spills(real_audits: None, tmp_path: Path, small_disk: Path) -> None:
    assert_full_and_then_right(tmp_path, small_disk, small_disk / "scratch", "audit")


def test_a_disk_that_is_full_while_the_run_is_written(tmp_path: Path, small_disk: Path) -> None:
    assert_full_and_then_right(tmp_path, small_disk, tmp_path / "scratch", "publish")


def test_nights_that_spill_in_one_place_sweep_nothing_of_each_other(tmp_path: Path) -> None:
    first, second = (desk(tmp_path, run={"out": tmp_path / name, "scratch": tmp_path / "scratch"}).settings for name in ("one", "two"))
    spilled = make_private(second.scratch) / "auditor-spilled"
    (stranger := tmp_path / "scratch" / "auditor-by-hand").touch()
    spilled.touch()
    assert sweep(first) == 0
    assert (sweep(second), spilled.exists(), stranger.exists()) == (1, False, True)


def test_a_limit_of_file_size_is_a_full_disk(tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    config = write_config(tmp_path)
    limited = run_nightly(config, limit=100_000)
    assert limited.returncode == ExitCode.DISK_FULL, limited.stderr
    assert "Traceback" not in limited.stderr
    assert json.loads((tmp_path / "heartbeat.json").read_text(encoding="utf-8"))["outcome"] == "disk_full"
    assert desk(tmp_path).hold().run == RUN


def write_config(folder: Path, quiet: float = 0.1) -> Path:
    (folder / "nightly.toml").write_text(
        f'[run]\nout = "runs"\n[extract]\npaths = ["extract"]\nquiet_seconds = {quiet}\n[watch]\nheartbeat = "heartbeat.json"\n',
        encoding="utf-8",
    )
    return folder / "nightly.toml"


def start_nightly(config: Path, limit: int = 0) -> subprocess.Popen[str]:
    def narrow() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    words = [sys.executable, "-m", "auditor", "nightly", "--config", str(config)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=TOP, preexec_fn=narrow)


def run_nightly(config: Path, limit: int = 0) -> subprocess.CompletedProcess[str]:
    process = start_nightly(config, limit)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


# --- the extract ---------------------------------------------------------------------------------------------------------------


def test_an_extract_that_grows_while_it_is_read_is_read_again(night: Desk, tmp_path: Path) -> None:
    def say(stage: str) -> None:
        if stage == "judging" and len(night.log) < 30:
            write_extract(tmp_path / "extract", MORE)

    account = night.hold(say)
    assert (account.outcome, night.runs()) == ("published", [RUN])
    assert account.manifest["rows_read"]["members"]["rows_in"] == len(MORE)  # type: ignore[index]
    assert "changed while it was read" in night.said()


@pytest.mark.thorough
def test_an_extract_that_always_grows_makes_no_run(night: Desk, tmp_path: Path) -> None:
    def say(stage: str) -> None:
        if stage == "judging":
            with (tmp_path / "extract" / "events.csv").open("a", encoding="utf-8") as file:
                file.write("\n")

    account = night.hold(say)
    assert (account.exit_code, night.runs()) == (ExitCode.NOT_ARRIVED, [])
    assert "changed each time it was read" in account.why
    assert_swept(night.out)


@pytest.mark.thorough
def test_a_file_exchanged_behind_its_times_is_noticed(real_audits: None, night: Desk, tmp_path: Path) -> None:
    path = tmp_path / "extract" / "claim_lines.csv"
    written, node = path.stat(), path.read_bytes()

    def say(stage: str) -> None:
        if stage == "reading the extract":
            path.write_bytes(node.replace(b",1,", b",2,", 1))
            os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))

    first = [entry.step for entry in night.log]
    account = night.hold(say)
    assert first == []
    assert account.outcome == "published"
    assert "changed while it was read" in night.said()


def test_a_file_cut_short_while_it_is_read_is_no_damage(real_audits: None, tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    night = desk(tmp_path, extract={"wait_minutes": 5})
    path = tmp_path / "extract" / "members.csv"
    whole = path.read_bytes()

    def say(stage: str) -> None:
        if stage == "reading the extract" and "thrown away" not in night.said():
            path.write_bytes(b"")

    night.time.asleep = lambda seconds: None if path.read_bytes() else path.write_bytes(whole) and None
    assert night.hold(say).outcome == "published"


def test_a_corrupt_file_among_good_ones_refuses_the_extract(night: Desk, tmp_path: Path) -> None:
    night.hold()
    (tmp_path / "extract" / "events_2.parquet").write_bytes(b"PAR1 not a table PAR1")
    age(tmp_path / "extract" / "events_2.parquet", 1)
    account = night.hold()
    assert (account.exit_code, account.latest, night.runs()) == (ExitCode.EXTRACT_REFUSED, RUN, [RUN])
    assert "events_2.parquet" in account.why
    assert night.post.troubles == [ExitCode.EXTRACT_REFUSED]
    (tmp_path / "extract" / "events_2.parquet").unlink()
    assert night.hold().outcome == "unchanged"


# --- two at once, the clock, the ledger, the mail -----------------------------------------------------------------------------


def test_two_nights_at_once_in_two_processes(tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    config = write_config(tmp_path, quiet=3)
    two = [start_nightly(config) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in two]
    assert sorted(process.returncode for process in two) == [ExitCode.AUDITED, ExitCode.LOCKED], said
    assert "another run" in "".join(err for _, err in said)
    assert_only_whole_runs(tmp_path / "runs")
    assert len([path for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")]) == 1


def test_a_night_that_finds_the_lock_held_writes_nothing(night: Desk, tmp_path: Path) -> None:
    other = desk(tmp_path)
    beats = []

    def say(stage: str) -> None:
        if stage == "judging":
            before = (tmp_path / "watch" / "heartbeat.json").read_text(encoding="utf-8")
            with pytest.raises(RunLocked):
                other.hold()
            beats.append(before == (tmp_path / "watch" / "heartbeat.json").read_text(encoding="utf-8"))

    assert night.hold(say).outcome == "published"
    assert beats == [True]
    assert (other.log, other.ledger.runs) == ([], [])


def test_a_clock_set_back_is_said_and_misorders_nothing(night: Desk, tmp_path: Path) -> None:
    night.hold()
    write_extract(tmp_path / "extract", MORE)
    night.time.at = BEGAN - timedelta(days=400)
    account = night.hold()
    assert account.run == "2026-11-22-002"
    assert account.manifest["as_of"] == "2026-11-22"
    assert account.clock_behind == pytest.approx(400 * 86400, abs=3600)
    assert "the clock is" in night.said()
    night.time.at = BEGAN + timedelta(hours=1)
    write_extract(tmp_path / "extract")
    account = night.hold()
    assert (account.run, account.clock_behind) == ("2026-11-22-003", 0)


def test_a_name_that_the_ledger_knows_is_never_given_again_and_a_ledger_of_two_folders_is_noticed(night: Desk) -> None:
    night.ledger.runs = ["2026-12-24-007"]
    assert night.hold().run == "2026-12-24-008"
    [said] = night.post.said
    assert "2026-12-24-007, is not in the folder of runs" in said
    night.hold()
    assert night.said().count("is not in the folder of runs") == 1


def test_those_who_are_mailed_hear_of_the_nights_troubles(night: Desk, tmp_path: Path) -> None:
    assert (night.hold().outcome, night.post.said) == ("published", ())
    (night.out / ".2026-11-22-002.half").mkdir()
    write_extract(tmp_path / "extract", MORE)
    night.time.at = BEGAN - timedelta(hours=5)

    def say(stage: str) -> None:
        if stage == "judging" and "thrown away" not in night.said():
            age(tmp_path / "extract" / "members.csv", 9)

    assert night.hold(say).outcome == "published"
    clock, cut_short, changed = night.post.said
    assert re.match("the clock is 18,0[0-9]{2} seconds behind the newest run", clock)
    assert "was cut short" in cut_short
    assert "changed while it was read" in changed


def test_what_the_ledger_missed_is_recorded_and_mailed_by_the_next_night(night: Desk) -> None:
    night.ledger.broken = LedgerRefused("the ledger cannot be reached")
    account = night.hold()
    assert (account.exit_code, account.run, night.post.sent) == (ExitCode.LEDGER_REFUSED, RUN, [])
    assert night.post.of_runs == [RUN], "the alarm must not say that no run was made"
    night.ledger.broken = None
    assert night.hold().outcome == "unchanged"
    assert (night.ledger.runs, night.post.sent, night.runs()) == ([RUN], [RUN], [RUN])


def test_a_masked_run_made_by_hand_is_passed_over(night: Desk, command: Command, tmp_path: Path) -> None:
    night.hold()
    said = command("run", tmp_path / "extract", "--out", night.out, "--as-of", "2026-11-22", "--mask")
    assert said.code == ExitCode.AUDITED, said
    account = night.hold()
    assert (account.outcome, account.latest, night.ledger.runs, night.post.sent) == ("unchanged", RUN, [RUN], [RUN])
    write_extract(tmp_path / "extract", MORE)
    account = night.hold()
    assert (account.run, night.ledger.runs) == ("2026-11-22-003", [RUN, "2026-11-22-003"])
    assert "since 2026-11-22-001" in night.said()


def test_a_mail_that_is_owed_is_sent_once_by_the_next_night(night: Desk) -> None:
    night.post.down = True
    account = night.hold()
    assert (account.exit_code, account.outcome, account.undelivered) == (ExitCode.NOT_DELIVERED, "published", 1)
    assert "1 of the messages not delivered" in account.why
    again = night.hold()
    assert (again.exit_code, "1 of the messages not delivered" in again.why) == (ExitCode.NOT_DELIVERED, True)
    night.post.down = False
    account = night.hold()
    assert (account.exit_code, account.outcome, account.undelivered) == (ExitCode.AUDITED, "unchanged", 0)
    assert night.post.sent == [RUN]


def test_a_fault_nobody_foresaw_tells_its_place_and_no_value(night: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise ValueError("SENTINELMEMBER7731")

    monkeypatch.setattr("auditor.nightly.night.audit_run", fail)
    account = night.hold()
    assert account.exit_code == ExitCode.UNFORESEEN
    assert account.why.startswith("ValueError at night.py, line ")
    assert "SENTINEL" not in night.said() + account.why
    assert json.loads((night.settings.watch.heartbeat or Path()).read_text(encoding="utf-8"))["outcome"] == "unforeseen"
