"""What a monitor reads: metrics by the parser of Prometheus, the heartbeat, and log lines of declared fields alone."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from nightly.conftest import umask
from nightly.nights import BEGAN, Desk, desk, write_extract
from prometheus_client.parser import text_string_to_metric_families

from auditor.nightly.heartbeat import last_success
from auditor.nightly.journal import Entry, Event
from auditor.outcomes import Determination, ExitCode
from tests.test_command_line import Command
from tests.test_privacy import values_of_the_samples

TOP = Path(__file__).parents[2]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def night(tmp_path: Path) -> Desk:
    write_extract(tmp_path / "extract")
    return desk(tmp_path)


def metrics_of(night: Desk) -> Samples:
    text = (night.settings.watch.metrics or Path()).read_text(encoding="utf-8")
    families = list(text_string_to_metric_families(text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    return {
        (sample.name.removeprefix("auditor_"), tuple(sorted((k, v) for k, v in sample.labels.items() if k != "night"))): sample.value
        for family in families
        for sample in family.samples
    }


def beat_of(night: Desk) -> dict[str, object]:
    told: dict[str, object] = json.loads((night.settings.watch.heartbeat or Path()).read_text(encoding="utf-8"))
    return told


def test_metrics_tell_the_night_and_its_run(night: Desk) -> None:
    account = night.hold()
    told, manifest = metrics_of(night), account.manifest
    assert told["night_exit_code", ()] == 0
    assert told["night_last_success_timestamp_seconds", ()] == account.ended.timestamp()
    assert told["night_mails_undelivered", ()] == 0
    assert told["run_info", (("run", "2026-11-22-001"), ("version", str(manifest["program_version"])))] == 1
    assert told["run_rows_read", (("table", "claim_lines"),)] == manifest["rows_read"]["claim_lines"]["rows_in"]  # type: ignore[index]
    assert told["run_dollars_at_risk", (("bound", "high"),)] * 100 == pytest.approx(manifest["totals_cents"]["at_risk_high_cents"])  # type: ignore[index]
    assert {labels[0][1] for name, labels in told if name == "run_episodes"} == set(Determination)
    assert sum(value for (name, _), value in told.items() if name == "run_episodes") == manifest["rows_out"]["episodes"]  # type: ignore[index]
    assert told["run_findings", (("change", "new"),)] == 3
    stages = {labels[0][1] for name, labels in told if name == "night_stage_seconds"}
    assert stages == {"sweep", "finish", "arrival", "audit", "compare", "publish", "record", "deliver", "prune"}
    assert told["night_stage_seconds", (("stage", "arrival"),)] == 60


def test_a_night_without_a_run_keeps_the_last_success_and_the_last_run(night: Desk, tmp_path: Path) -> None:
    first = night.hold()
    (tmp_path / "extract" / "members.csv").write_bytes(b"")
    night.time.at = BEGAN + timedelta(days=1)
    assert night.hold().exit_code == ExitCode.EXTRACT_REFUSED
    told, beat = metrics_of(night), beat_of(night)
    assert told["night_exit_code", ()] == 11
    assert told["night_last_success_timestamp_seconds", ()] == first.ended.timestamp()
    assert told["night_end_timestamp_seconds", ()] > told["night_last_success_timestamp_seconds", ()]
    assert told["run_rows_read", (("table", "members"),)] == 2
    assert (beat["ok"], beat["outcome"], beat["latest_run"], beat["run"]) == (False, "extract_refused", "2026-11-22-001", None)
    assert beat["last_success"] == "2026-11-22T02:01:00Z"


def test_the_heartbeat_says_that_a_night_runs(night: Desk) -> None:
    beats = []
    night.hold(lambda stage: beats.append(beat_of(night)["state"]) if stage == "judging" else None)
    assert (beats, beat_of(night)["state"]) == (["running"], "ended")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"last_success": 3}', '{"last_success": "soon"}', '{"last_success": "2026-01-01T00:00:00"}']
)
def test_a_heartbeat_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "beat").write_text(text, encoding="utf-8")
    assert last_success(tmp_path / "beat") is None


def test_a_monitor_that_cannot_be_told_ends_no_night(tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    (tmp_path / "file").touch()
    night = desk(tmp_path, watch={"metrics": tmp_path / "file" / "auditor.prom"})
    assert night.hold().outcome == "published"
    assert "[watch] metrics: auditor.prom cannot be written" in night.said()


def test_log_lines_are_json_with_stage_and_durations(night: Desk) -> None:
    night.hold()
    lines = [json.loads(line) for line in night.said().splitlines()]
    declared = [field.name for field in fields(Entry)]
    assert all(list(line) == [name for name in declared if name in line] for line in lines)
    assert all(line["night"] == "test-20261122T020000Z" for line in lines)
    assert {line["event"] for line in lines} == {Event.BEGAN, Event.STAGE, Event.STEP, Event.DONE, Event.ENDED}
    assert [line["stage"] for line in lines if line["event"] == "stage ended"] == [
        *("sweep", "finish", "arrival", "audit", "compare", "publish", "record", "deliver", "prune")
    ]
    assert all(line["seconds"] >= 0 for line in lines if line["event"] == "stage ended")
    assert lines[-1] | {"at": ""} == {
        "at": "",
        "night": "test-20261122T020000Z",
        "event": "night ended",
        "run": "2026-11-22-001",
        "seconds": 60.0,
        "outcome": "published",
        "exit_code": 0,
    }


def test_a_log_line_has_no_other_field() -> None:
    with pytest.raises(TypeError):
        Entry(BEGAN, "n", Event.NOTICE, member_id="S-0101")  # type: ignore[call-arg]


# --- rights, and member data ---------------------------------------------------------------------------------------------------


def write_settings(folder: Path, readable: bool = False) -> Path:
    path = folder / "nightly.toml"
    path.write_text(
        f"""
[run]
out = "made/runs"
threads = 2
[extract]
paths = ["extract"]
quiet_seconds = 0.1
[retention]
keep_runs = 2
[watch]
log = "made/log/nightly.jsonl"
metrics = "made/watch/auditor.prom"
heartbeat = "made/watch/heartbeat.json"
readable = {str(readable).lower()}
[ledger]
url = "sqlite:///made/ledger/ledger.db"
""",
        encoding="utf-8",
    )
    return path


def nightly(config: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "auditor", "nightly", "--config", str(config)]
    return subprocess.run(words, capture_output=True, text=True, cwd=TOP, timeout=180)


def modes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


@pytest.mark.parametrize("mask", [0o000, pytest.param(0o077, marks=pytest.mark.thorough)], ids=["umask 000", "umask 077"])
def test_everything_a_night_writes_is_private(command: Command, tmp_path: Path, mask: int) -> None:
    write_extract(tmp_path / "extract")
    with umask(mask):
        assert command("nightly", "--config", write_settings(tmp_path)).code == ExitCode.AUDITED
    found = modes(tmp_path / "made")
    assert len(found) > 50
    assert {name: oct(mode) for name, mode in found.items() if mode != (0o700 if (tmp_path / "made" / name).is_dir() else 0o600)} == {}


def test_what_the_exporter_reads_can_be_opened_to_it(command: Command, tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    with umask(0o077):
        assert command("nightly", "--config", write_settings(tmp_path, readable=True)).code == ExitCode.AUDITED
    opened = {name for name, mode in modes(tmp_path / "made").items() if mode & 0o077}
    assert opened == {"watch", "watch/auditor.prom", "watch/heartbeat.json"}


def processes() -> Iterator[str]:
    """The command line of every process of the machine."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


@pytest.mark.parametrize("members", ["some", pytest.param("all", marks=pytest.mark.thorough)])
def test_no_identifier_of_the_samples_is_told(command: Command, tmp_path: Path, members: str) -> None:
    every = sorted(value for value in values_of_the_samples() if re.fullmatch(r"S-\d{4}", value))
    write_extract(tmp_path / "extract", tuple(every if members == "all" else every[::8]))
    config, seen, over = write_settings(tmp_path), set[str](), threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            seen.update(line for line in processes() if "-m auditor " in line or "multiprocessing" in line)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        first = nightly(config)
        if members == "all":
            (tmp_path / "extract" / "events.csv").write_bytes(b"member_id,start,concept\n")
        second = command("nightly", "--config", config)
        (tmp_path / "extract" / "members.csv").write_bytes(b"member_id,birth_date\nS-0101,\0\n")
        third = command("nightly", "--config", config)
    finally:
        over.set()
        watcher.join()
    assert [first.returncode, second.code, third.code] == [0, 0, ExitCode.EXTRACT_REFUSED]
    made = tmp_path / "made"
    assert any(f"nightly --config {config}" in line for line in seen)
    texts = {
        "printed": first.stdout + first.stderr + second.out + second.err + third.out + third.err,
        "names": "\n".join(modes(made)),
        "processes": "\n".join(seen).replace(str(TOP), ""),
        **{path.name: path.read_text(encoding="utf-8") for path in (*(made / "watch").iterdir(), *(made / "log").iterdir())},
    }
    values = values_of_the_samples()
    words = {where: set(re.split(r"[\s\"'/,;:()\[\]{}=]+", text)) for where, text in texts.items()}
    assert {where: sorted(found & values) for where, found in words.items()} == {where: [] for where in words}
    raw = (made / "ledger" / "ledger.db").read_bytes()
    members = {value for value in values if re.fullmatch(r"S-\d{4}", value)}
    assert len(members) > 50
    assert [member for member in sorted(members) if member.encode() in raw] == []


# --- looking only --------------------------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, tuple[float, bytes]]:
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_changes_nothing_and_says_what_a_night_would_do(command: Command, tmp_path: Path) -> None:
    write_extract(tmp_path / "extract")
    config = write_settings(tmp_path)
    before = contents(tmp_path)
    said = command("nightly", "--config", config, "--dry-run")
    assert (said.code, said.err, contents(tmp_path), (tmp_path / "made").exists()) == (0, "", before, False)
    assert "publish 20" in said.out
    assert command("nightly", "--config", config).code == ExitCode.AUDITED
    (tmp_path / "made" / "runs" / ".2026-01-01-001.half").mkdir()
    after = contents(tmp_path)
    said = command("nightly", "--config", config, "--dry-run")
    assert contents(tmp_path) == after
    assert (tmp_path / "made" / "runs" / ".2026-01-01-001.half").is_dir()
    assert said.out.splitlines()[0] == "sweep     1 left by a run that was cut short"
    assert said.out.splitlines()[-1].startswith("unchanged")
    os.utime(tmp_path / "extract" / "events.csv")
