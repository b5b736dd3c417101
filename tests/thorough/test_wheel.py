"""A wheel, installed where there is no checkout, holds all it needs and audits to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.places import assets_folder, configs_folder, samples_folder, templates_folder

pytestmark = pytest.mark.thorough

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "auditor"
SHIPPED = "auditor/_shipped"
RUN = ("--out", "runs", "--as-of", "2026-11-22")


def call(*words: str | Path, cwd: Path, paths: str = "") -> subprocess.CompletedProcess[str]:
    """A program in a folder, with these Python paths and none of this process's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | ({"PYTHONPATH": paths} if paths else {})
    return subprocess.run([str(word) for word in words], cwd=cwd, env=clean, capture_output=True, text=True, timeout=170)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, TOP, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the scripts of a fresh environment that has this wheel, and borrows its dependencies from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    [libraries] = (folder / "lib").glob("python*/site-packages")
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    done = call(*pip, "install", "--no-deps", "--no-index", "--no-compile", "--quiet", wheel, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    # A line of a .pth file is searched last, and .pth files found there are not read: no editable checkout is.
    (libraries / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def files_below(folder: Path, *suffixes: str) -> Iterator[str]:
    yield from (
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and (not suffixes or path.suffix in suffixes)
    )


def test_the_wheel_holds_the_program_and_what_reviewers_edit(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {
        *(f"auditor/{name}" for name in files_below(PACKAGE, ".py", ".sql", ".yaml")),
        *(f"{SHIPPED}/configs/{name}" for name in files_below(configs_folder())),
        *(f"{SHIPPED}/reports/templates/{name}" for name in files_below(templates_folder())),
        *(f"{SHIPPED}/reports/assets/{name}" for name in files_below(assets_folder())),
        *(f"{SHIPPED}/data_samples/{name}" for name in files_below(samples_folder())),
    }
    assert not (missing := sorted(expected - names)), missing


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    strange = [name for name in names if not name.startswith("auditor/") and ".dist-info/" not in name]
    strange += [name for name in names if "__pycache__" in name or name.startswith(f"{SHIPPED}/reports/specimen")]
    assert not strange
    assert [name for name in names if name.endswith("/LICENSE")]


def test_the_environment_runs_the_installed_program(installed: Path, tmp_path: Path) -> None:
    done = call(
        installed / "python",
        "-c",
        "import auditor, auditor.places as p; print(auditor.__file__, p.configs_folder(), sep='\\n')",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert all(Path(line).is_relative_to(installed.parent) for line in done.stdout.splitlines()), done.stdout


def test_an_audit_by_the_wheel_is_the_checkout_s_byte_for_byte(installed: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "checkout", tmp_path / "wheel"
    by_checkout, by_wheel = (sys.executable, "-m", "auditor"), (installed / "auditor",)
    for folder, auditor, paths in ((here, by_checkout, str(TOP)), (there, by_wheel, "")):
        folder.mkdir()
        done = call(*auditor, "run", samples_folder(), *RUN, cwd=folder, paths=paths)
        assert done.returncode == 0, done.stderr
    runs = [folder / "runs" / "2026-11-22-001" for folder in (here, there)]
    names = [[name for name in files_below(run, ".csv", ".json") if name != "origin.json"] for run in runs]
    assert names[0] == names[1]
    assert len(names[0]) >= 8
    assert [name for name in names[0] if (runs[0] / name).read_bytes() != (runs[1] / name).read_bytes()] == []
    assert list(files_below(runs[0])) == list(files_below(runs[1]))


def test_the_installed_command_checks_its_own_policy(installed: Path, tmp_path: Path) -> None:
    done = call(installed / "auditor", "policy", "check", "--as-of", "2026-11-22", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ": nothing to mend" in done.stdout.splitlines()[-1]
