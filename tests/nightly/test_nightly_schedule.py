"""The files an operator installs are valid, shut in, and call the command line that there is."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli import commands
from auditor.outcomes import ExitCode
from auditor.places import configs_folder

SCHEDULE = configs_folder() / "schedule"
DOCS = configs_folder().parent / "docs" / "nightly.md"
# systemd's own measure, from 0 (shut in) to 10 (open); the machine's usual services have 9 and more.
MOST_EXPOSED = 20

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units with a program that is there on every machine."""
    for path in SCHEDULE.glob("auditor-nightly.*"):
        text = path.read_text(encoding="utf-8").replace("/usr/local/bin/auditor", sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return sorted(map(str, tmp_path.iterdir()))


@needs_systemd
def test_systemd_takes_the_units(units: list[str]) -> None:
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_the_service_is_shut_in(units: list[str]) -> None:
    words = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", units[0]]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-500:]


def calls() -> dict[str, str]:
    """The command line in each file, from the program's name to the end of its line."""
    found = {
        path.name: re.findall(r"auditor((?: (?!-)\w+| --[\w-]+| [\w./{}]+)+)", path.read_text(encoding="utf-8"))
        for path in SCHEDULE.iterdir()
    }
    return {f"{name} {number}": call for name, several in found.items() for number, call in enumerate(several) if "--config" in call}


@pytest.mark.parametrize("call", calls().values(), ids=calls())
def test_what_a_schedule_calls_is_a_command_with_these_options(call: str) -> None:
    name, *words = call.split()
    options = {option for parameter in commands.commands[name].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_schedule_calls_the_night() -> None:
    assert {name.split()[0] for name, call in calls().items() if call.split()[0] == "nightly"} == {
        *("auditor-nightly.service", "crontab", "airflow_dag.py")
    }


def test_the_dag_is_one_task_of_the_command_line() -> None:
    tree = ast.parse((SCHEDULE / "airflow_dag.py").read_text(encoding="utf-8"))
    called = {ast.unparse(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    dag = {
        keyword.arg: ast.literal_eval(keyword.value)
        for keyword in called["DAG"].keywords
        if keyword.arg in ("catchup", "max_active_runs", "schedule")
    }
    assert dag == {"catchup": False, "max_active_runs": 1, "schedule": "0 2 * * *"}
    [skipped] = [ast.unparse(keyword.value) for keyword in called["BashOperator"].keywords if keyword.arg == "skip_on_exit_code"]
    [code] = [
        node.value.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == skipped.strip("[]")
    ]  # type: ignore[attr-defined]
    assert code == ExitCode.NOTHING_TO_AUDIT
    assert not any("auditor" in ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def test_the_page_for_operators_tells_every_code_a_night_can_end_with() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)}
    assert told == set(ExitCode) - {ExitCode.NOT_READY, ExitCode.NOT_THE_SAME, ExitCode.NOT_PROVED}
