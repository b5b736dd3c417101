"""A run is repeated from what it recorded, byte for byte, or it is said what is not as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from auditor.changes import compare_runs
from auditor.outcomes import ExitCode
from auditor.report import publish
from auditor.runs import RunFolder
from auditor.runs.make import audit_run
from auditor.settings import Settings
from tests.specimen import AS_OF
from tests.test_command_line import Command, Said, command

__all__ = ["command"]


@pytest.fixture
def moved(world: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The run and its extract, both copied elsewhere."""
    shutil.copytree(world / "extract", tmp_path / "elsewhere")
    return shutil.copytree(world / "runs" / "2026-11-22-001", tmp_path / "2026-11-22-001"), tmp_path / "elsewhere"


def assert_proved(said: Said, run: Path) -> None:
    assert said.code == ExitCode.AUDITED, said.err
    told = json.loads(said.out)
    assert (told["differ"], told["missing"], told["added"], told["notes"]) == ([], [], [], [])
    assert told["same"] == sum(1 for path in run.rglob("*") if path.is_file()) - 2  # not origin.json and _SUCCESS


@pytest.mark.thorough
def test_the_same_bytes_come_of_the_same_inputs(command: Command, published: Path) -> None:
    assert_proved(command("rerun", published, "--json"), published)


def test_inputs_that_were_moved_and_got_company_give_the_same_bytes(command: Command, moved: tuple[Path, Path]) -> None:
    run, extract = moved
    shutil.copyfile(extract / "events.csv", extract / "events_later.csv")
    assert_proved(command("rerun", run, "--from", extract, "--json"), run)


def test_an_input_that_changed_or_is_gone_is_named(command: Command, moved: tuple[Path, Path]) -> None:
    run, extract = moved
    (extract / "events.csv").write_text((extract / "events.csv").read_text() + "\n")
    (extract / "members.csv").unlink()
    said = command("rerun", run, "--from", extract)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "events.csv: differs from what the run read" in said.err
    assert "members.csv: is gone" in said.err


def test_an_altered_run_is_not_repeated(command: Command, run: Path) -> None:
    (run / "days.csv").write_text("")
    said = command("rerun", run)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "days.csv" in said.err


@pytest.mark.thorough
def test_a_file_of_another_program_is_named(command: Command, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.collect.VERSION", "9.9.9")
    said = command("rerun", published)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "differ: manifest.json" in said.out
    assert "the program was 0.1.0 then, and is 9.9.9 now" in said.out


@pytest.mark.thorough
def test_the_configs_of_its_day_are_used_whatever_became_of_them(command: Command, world: Path, tmp_path: Path) -> None:
    kept = world / "runs" / "2026-11-22-001" / "configs"
    configs = shutil.copytree(kept, tmp_path / "configs")
    policy = next((configs / "policies").glob("*.yaml"))
    arguments = ("run", world / "extract", "--policy", policy, "--profile", configs / "profiles" / "native.yaml", "--as-of", "2026-11-22")
    assert command(*arguments, "--out", tmp_path / "runs").code == ExitCode.AUDITED
    shutil.rmtree(configs)
    said = command("rerun", tmp_path / "runs" / "2026-11-22-001")
    assert said.code == ExitCode.AUDITED, said.out + said.err


def test_a_run_that_tells_what_changed_is_repeated_beside_the_run_before_it(
    command: Command, world: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = RunFolder(run)
    result = audit_run(Settings(paths=(world / "extract",), as_of=AS_OF), lambda stage: None)
    # that an audit comes to the same again is proved above: here it is made once
    monkeypatch.setattr("auditor.runs.rerun.audit_run", lambda settings, say: result)
    changes = compare_runs(earlier.frames, result.frames, earlier.name)
    later = publish(result.frames, result.facts, run.parent / "2026-11-22-002", changes)
    assert command("rerun", later).code == ExitCode.AUDITED
    shutil.rmtree(run)
    said = command("rerun", later)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "put it back" in said.err
