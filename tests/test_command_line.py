"""The command line as a person meets it: exit codes, messages that can be acted on, and never a traceback."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from auditor import cli
from auditor.cli import commands, main
from auditor.outcomes import EXIT_CODES, ExitCode
from auditor.places import configs_folder, samples_folder

FEW = ("S-0101", "S-0107", "S-0303", "S-0501")
AS_OF = ("--as-of", "2026-11-22")
COMMANDS = (
    *((), ("run",), ("check",), ("explain",), ("schema",), ("policy",), ("policy", "show"), ("policy", "check")),
    *(("nightly",), ("doctor",)),
    *(("profile",), ("profile", "list"), ("profile", "new")),
    *(("review",), ("review", "import")),
)
RUN_FILES = {"_SUCCESS", "manifest.json", "report.html", "worklist.xlsx", "episodes.csv", "findings.csv", "episodes", "tables"}


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


def ask(*words: str | Path) -> Said:
    """What ``auditor WORDS...`` says, for what several tests share."""
    said = CliRunner().invoke(commands, [*map(str, words)], catch_exceptions=False)
    return Said(said.exit_code, said.stdout, said.stderr)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs ``auditor WORDS...`` in this process, as the installed script does."""

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["auditor", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return run


def write_few(folder: Path, members: tuple[str, ...] = FEW) -> Path:
    """The samples of a few members, as an extract of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in samples_folder().glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with (folder / path.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(row for row in rows if row["member_id"] in members)
    return folder


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_few(tmp_path_factory.mktemp("few") / "extract")


def manifest_of(said: Said) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(said.out)
    return parsed


def runs_in(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.is_dir())


def test_a_first_profile_that_cannot_be_written_is_refused(command: Command, tmp_path: Path) -> None:
    said = command("profile", "new", samples_folder() / "claim_lines.csv", "--out", tmp_path / "nowhere" / "x.yaml")
    assert said.code == ExitCode.USAGE
    assert "--out: x.yaml cannot be written (No such file or directory)" in said.err


def test_a_folder_is_no_header_and_is_named(command: Command) -> None:
    assert ".: expected a file with a header" in command("profile", "new", ".").err


# --- a run ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Twice:
    """A folder of two runs of the same extract: what was said of the first, and of the second as JSON."""

    out: Path
    first: Said
    second: Said


@pytest.fixture(scope="module")
def twice(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Twice:
    out = tmp_path_factory.mktemp("twice") / "runs"
    return Twice(out, *(ask("run", few, "--out", out, *words, *AS_OF) for words in ((), ("--json",))))


def test_a_run_says_what_it_found_and_where_the_report_lies(twice: Twice) -> None:
    said = twice.first
    assert (said.code, said.err) == (ExitCode.AUDITED, "")
    assert said.out.startswith("As of           2026-11-22")
    assert "criteria met 2" in said.out
    assert f"Report: {twice.out / '2026-11-22-001' / 'report.html'}" in said.out
    assert {path.name for path in (twice.out / "2026-11-22-001").iterdir()} >= RUN_FILES
    assert not any(member in said.out for member in FEW)


def test_two_runs_get_two_folders_with_the_same_files(twice: Twice) -> None:
    assert runs_in(twice.out) == ["2026-11-22-001", "2026-11-22-002"]
    one, two = (twice.out / name for name in runs_in(twice.out))
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()] == []


def test_a_run_as_json(twice: Twice) -> None:
    said = twice.second
    manifest = manifest_of(said)
    assert (said.code, said.err) == (ExitCode.AUDITED, "")
    assert manifest["run"] == str(twice.out / "2026-11-22-002")
    assert manifest["determinations"] == {"criteria_met": 2, "insufficient_documentation": 1, "medical_review": 1}
    written = json.loads((twice.out / "2026-11-22-002" / "manifest.json").read_text(encoding="utf-8"))
    assert written == {name: value for name, value in manifest.items() if name != "run"}


def test_another_reading_changes_a_verdict_and_is_told(command: Command, few: Path, tmp_path: Path) -> None:
    manifest = manifest_of(command("run", few, "--out", tmp_path, "--json", "--set", "age_limit_days=15", *AS_OF))
    assert manifest["determinations"] == {"criteria_met": 3, "insufficient_documentation": 1}
    [revision] = manifest["policy_revisions"]
    assert revision["readings"]["age_limit_days"]["value"] == 15


def test_a_file_a_folder_and_a_glob_read_the_same(command: Command, few: Path, tmp_path: Path, twice: Twice) -> None:
    ways = (sorted(few.glob("*.csv")), [few / "*.csv"])
    told = [manifest_of(twice.second), *(manifest_of(command("run", *way, "--out", tmp_path, "--json", *AS_OF)) for way in ways)]
    assert told[0]["rows_read"] == told[1]["rows_read"] == told[2]["rows_read"]
    assert told[0]["determinations"] == told[1]["determinations"] == told[2]["determinations"]


def test_without_a_listed_line_a_report_is_published_all_the_same(command: Command, tmp_path: Path) -> None:
    tuva = {
        "claim_id": "C1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "M1",
        "person_id": "M1",
        "claim_start_date": "2026-01-05",
        "claim_end_date": "2026-01-05",
        "claim_line_start_date": "2026-01-05",
        "claim_line_end_date": "2026-01-05",
        "hcpcs_code": "A0001",
        "paid_amount": "10.00",
    }
    (tmp_path / "medical_claim.csv").write_text(",".join(tuva) + "\n" + ",".join(tuva.values()) + "\n", encoding="utf-8")
    said = command("run", tmp_path / "medical_claim.csv", "--profile", "tuva", "--out", tmp_path / "runs", *AS_OF)
    assert said.code == ExitCode.NOTHING_TO_AUDIT, said.err
    assert "There is nothing to audit" in said.out
    assert "no line of the listed services" in said.err
    assert "set aside" not in said.err
    (tmp_path / "medical_claim.csv").write_text(
        ",".join(tuva) + "\n" + ",".join((tuva | {"claim_id": ""}).values()) + "\n", encoding="utf-8"
    )
    said = command("run", tmp_path / "medical_claim.csv", "--profile", "tuva", "--out", tmp_path / "runs", *AS_OF)
    assert said.code == ExitCode.NOTHING_TO_AUDIT, said.err
    assert "It set aside 1 row that could not be trusted" in said.err
    run = tmp_path / "runs" / "2026-11-22-001"
    assert {path.name for path in run.iterdir()} >= RUN_FILES
    assert "nothing to audit" in (run / "report.html").read_text(encoding="utf-8").lower()


def test_one_run_at_a_time(command: Command, few: Path, tmp_path: Path) -> None:
    with (tmp_path / ".auditor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = command("run", few, "--out", tmp_path, *AS_OF)
    assert (said.code, said.out) == (ExitCode.LOCKED, "")
    assert said.err == f"auditor: another run is at work in the folder of runs {tmp_path.name}. Wait for it to end.\n"
    assert runs_in(tmp_path) == []
    assert command("run", few, "--out", tmp_path, *AS_OF).code == ExitCode.AUDITED


# --- mistakes ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mistake:
    """A mistake of a user: the words of the command (``{folder}`` is the extract's copy), its exit code, and what is said of it."""

    words: str
    code: ExitCode
    says: tuple[str, ...]
    file: str = ""
    content: bytes = b""


HEADER = b"claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code\n"
NAMELESS = HEADER.replace(b"member_id", b"who")
ROW = b"C1,1,M1,2026-01-05,A0001\n"
MISSPELT = b"about: x\nclaim_line: []\n"
IN_UTC = b"member_id,start,concept\nS-0101,2026-01-10T10:00Z,ino\n"
RUN = "run {folder} --out {out}"
MISTAKES = {
    "no extract named": Mistake("run", ExitCode.USAGE, ("Missing argument", "auditor run --help")),
    "no such command": Mistake("audit {folder}", ExitCode.USAGE, ("No such command", "auditor --help")),
    "no such option": Mistake(f"{RUN} --profle x", ExitCode.USAGE, ("--profle",)),
    "no such folder": Mistake("run {folder}/nowhere --out {out}", ExitCode.EXTRACT_REFUSED, ("nowhere", "check the path")),
    "glob that matches nothing": Mistake("run {folder}/*.nothing --out {out}", ExitCode.EXTRACT_REFUSED, ("*.nothing",)),
    "unknown profile": Mistake(f"{RUN} --profile tuvva", ExitCode.SETTINGS_REFUSED, ("no profile is named tuvva", "tuva")),
    "profile that is not YAML": Mistake(
        f"{RUN} --profile {{folder}}/mine.yaml", ExitCode.SETTINGS_REFUSED, ("mine.yaml", "line"), "mine.yaml", b"about: [\n"
    ),
    "profile with a misspelt word": Mistake(
        f"{RUN} --profile {{folder}}/mine.yaml", ExitCode.SETTINGS_REFUSED, ("mine.yaml", "claim_line"), "mine.yaml", MISSPELT
    ),
    "unknown reading": Mistake(f"{RUN} --set taper_grace=0", ExitCode.SETTINGS_REFUSED, ("taper_grace", "taper_grace_h")),
    "reading of another type": Mistake(f"{RUN} --set age_limit_days=soon", ExitCode.SETTINGS_REFUSED, ("age_limit_days", "number")),
    "reading outside its choices": Mistake(f"{RUN} --set day_method=weeks", ExitCode.SETTINGS_REFUSED, ("day_method", "calendar")),
    "reading without a value": Mistake(f"{RUN} --set age_limit_days", ExitCode.SETTINGS_REFUSED, ("READING=VALUE", "policy show")),
    "unknown policy": Mistake(f"{RUN} --policy other", ExitCode.SETTINGS_REFUSED, ("policies/other", "pacificsource-ino")),
    "policy that is not YAML": Mistake(
        f"{RUN} --policy {{folder}}/mine.yaml", ExitCode.SETTINGS_REFUSED, ("mine.yaml", "line"), "mine.yaml", b"policy: [\n"
    ),
    "unknown time zone": Mistake(f"{RUN} --time-zone Mars", ExitCode.SETTINGS_REFUSED, ("Mars", "America/Boise")),
    "memory that is no amount": Mistake(f"{RUN} --memory lots", ExitCode.SETTINGS_REFUSED, ("memory", "1GB")),
    "no threads": Mistake(f"{RUN} --threads 0", ExitCode.USAGE, ("--threads",)),
    "a day that is none": Mistake(f"{RUN} --as-of 2026-02-30", ExitCode.USAGE, ("--as-of",)),
    "broken parquet": Mistake(RUN, ExitCode.EXTRACT_REFUSED, ("events_2.parquet",), "events_2.parquet", b"PAR1 not a table PAR1"),
    "broken workbook": Mistake(RUN, ExitCode.EXTRACT_REFUSED, ("events_2.xlsx",), "events_2.xlsx", b"not a workbook"),
    "missing column": Mistake(
        RUN, ExitCode.EXTRACT_REFUSED, ("claim_lines.csv", "member_id"), "claim_lines.csv", NAMELESS + ROW
    ),
    "empty file": Mistake(RUN, ExitCode.EXTRACT_REFUSED, ("claim_lines.csv",), "claim_lines.csv", b""),
    "not text": Mistake(RUN, ExitCode.EXTRACT_REFUSED, ("claim_lines.csv",), "claim_lines.csv", HEADER + b"C\xe9,1,M1,2026-01-05,A0001\n"),
    "times in UTC": Mistake(
        RUN, ExitCode.EXTRACT_REFUSED, ("events.csv", "--time-zone"), "events.csv", IN_UTC
    ),
    "output below a file": Mistake("run {folder} --out {folder}/members.csv/runs", ExitCode.USAGE, ("--out", "Choose another")),
    "output that is a file": Mistake("run {folder} --out {folder}/members.csv", ExitCode.USAGE, ("--out",)),
    "no run to explain": Mistake("explain E0123456789ab --run {folder}", ExitCode.SETTINGS_REFUSED, ("no finished run", "auditor run")),
    "no such table": Mistake("schema episode", ExitCode.USAGE, ("no such table", "episodes")),
    "no policy to show": Mistake("policy show --policy other", ExitCode.SETTINGS_REFUSED, ("policies/other", "pacificsource-ino")),
    "no policy to check": Mistake("policy check --policy {folder}/none.yaml", ExitCode.SETTINGS_REFUSED, ("none.yaml",)),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_ends_in_a_message_and_its_exit_code(command: Command, few: Path, tmp_path: Path, mistake: Mistake) -> None:
    folder, out = write_few(tmp_path / "extract", FEW[:1]), tmp_path / "runs"
    if mistake.file:
        (folder / mistake.file).write_bytes(mistake.content)
    said = command(*(word.format(folder=folder, out=out) for word in mistake.words.split()))
    assert said.code == mistake.code, said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    assert all(part in said.err for part in mistake.says), said.err
    assert not out.exists() or runs_in(out) == []


def test_a_mistake_prints_no_traceback_to_the_terminal(tmp_path: Path) -> None:
    done = run_module("run", str(tmp_path / "nowhere"), "--out", str(tmp_path / "runs"))
    assert done.returncode == ExitCode.EXTRACT_REFUSED
    assert done.stderr.splitlines() == ["auditor: nowhere: there is no such file or folder; check the path given to the command"]


def run_module(*words: str, code: str = "from auditor.cli import main; main()") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)


@contextmanager
def closed(path: Path) -> Iterator[None]:
    """A path without any right; skips for those who are denied nothing."""
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        if os.access(path, os.R_OK):
            pytest.skip("whoever runs this test may read everything")
        yield
    finally:
        path.chmod(mode)


@pytest.mark.parametrize("name", ["", "claim_lines.csv"], ids=["folder", "file"])
def test_what_cannot_be_read_is_refused(command: Command, tmp_path: Path, name: str) -> None:
    folder = write_few(tmp_path / "extract", FEW[:1])
    with closed(folder / name):
        said = command("run", folder, "--out", tmp_path / "runs")
    assert said.code == ExitCode.EXTRACT_REFUSED
    assert "Traceback" not in said.err


def test_where_nothing_can_be_written_the_run_is_refused(command: Command, few: Path, tmp_path: Path) -> None:
    with closed(tmp_path):
        said = command("run", few, "--out", tmp_path / "runs")
    assert said.code == ExitCode.USAGE
    assert "--out" in said.err


# --- explain, schema, policy ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def published(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs that holds one."""
    out = tmp_path_factory.mktemp("published")
    assert run_module("run", str(few), "--out", str(out), *AS_OF).returncode == ExitCode.AUDITED
    return out


def episode_of(out: Path, determination: str) -> str:
    with (out / "2026-11-22-001" / "episodes.csv").open(newline="", encoding="utf-8") as file:
        return next(row["episode_id"] for row in csv.DictReader(file) if row["determination"] == determination)


def test_explain_shows_each_paragraph_with_its_rows(command: Command, published: Path) -> None:
    said = command("explain", episode_of(published, "insufficient_documentation"), "--run", published)
    assert (said.code, said.err) == (ExitCode.AUDITED, "")
    assert all(part in said.out for part in ("insufficient documentation", "I.B.2.crisis", "events.csv", "Findings", "B-06"))


def test_explain_takes_one_run_or_the_latest_and_prints_json(command: Command, published: Path) -> None:
    episode = episode_of(published, "criteria_met")
    one, latest = (command("explain", episode, "--json", "--run", folder) for folder in (published / "2026-11-22-001", published))
    assert one == latest
    assert manifest_of(one)["episode"]["episode_id"] == episode
    assert manifest_of(one)["episode"]["determination"] == "criteria_met"


def test_explain_of_an_unknown_episode_says_where_to_look(command: Command, published: Path) -> None:
    said = command("explain", "E000000000000", "--run", published)
    assert said.code == ExitCode.USAGE
    assert "episodes.csv" in said.err


def test_schema_shows_every_table_and_one(command: Command) -> None:
    every, one = command("schema", "--json"), command("schema", "events", "--json")
    assert every.code == one.code == ExitCode.AUDITED
    tables = json.loads(every.out)
    assert [table["name"] for table in tables][:4] == ["claim_lines", "members", "events", "authorizations"]
    assert json.loads(one.out) == [table for table in tables if table["name"] == "events"]
    assert "events: one row is one clinical statement" in command("schema", "events").out


def test_policy_show_prints_every_paragraph_and_reading(command: Command) -> None:
    plain, drawn = command("policy", "show", "--text"), command("policy", "show")
    assert plain.code == drawn.code == ExitCode.AUDITED
    for part in ("I.A.3.b", "II.3", "X.1", "taper_grace_h"):
        assert part in plain.out
    assert "I.A.3.b" in drawn.out


def test_policy_show_takes_another_reading(command: Command) -> None:
    changed = command("policy", "show", "--text", "--set", "age_limit_days=15").out
    assert changed != command("policy", "show", "--text").out
    assert "15 days" in changed


@pytest.mark.parametrize("line", ["policy show", "policy check", "policy test", "check data", "what-if data --set day_limit=3"])
def test_a_command_for_one_guideline_refuses_two(command: Command, line: str) -> None:
    refused = command(*line.split(), "--policy", "pacificsource-ino", "--policy", "example-ecmo")
    assert refused.code == ExitCode.SETTINGS_REFUSED
    assert "takes one guideline. Name one --policy, and run it again for each other." in refused.err


def test_policy_check_says_what_is_to_mend(command: Command, tmp_path: Path) -> None:
    [path] = (configs_folder() / "policies").glob("*.yaml")
    said = command("policy", "check", *AS_OF)
    assert (said.code, said.err) == (ExitCode.AUDITED, "")
    assert "paragraphs, " in said.out.splitlines()[-1]
    assert re.search(r": nothing to mend; \d+ defects of the guideline, told above$", said.out.splitlines()[-1])
    misspelt = tmp_path / path.name
    misspelt.write_text(
        path.read_text(encoding="utf-8").replace("when: oxygen_100_failed is present", "when: oxygen_100_faild is present"),
        encoding="utf-8",
    )
    refused = command("policy", "check", "--policy", misspelt)
    assert refused.code == ExitCode.SETTINGS_REFUSED
    assert all(part in refused.err for part in (path.name, "line", "oxygen_100_faild", "oxygen_100_failed"))


def test_policy_check_as_json(command: Command) -> None:
    said = command("policy", "check", "--json", *AS_OF)
    told = json.loads(said.out)
    assert told["policy"] == "pacificsource-ino"
    assert told["revisions"] == ["2020-11-01"]
    assert any("review" in note for note in told["notes"])


# --- help ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "auditor")
def test_help_is_a_sentence_and_an_example(command: Command, words: tuple[str, ...]) -> None:
    said = command(*words, "--help")
    assert (said.code, said.err) == (ExitCode.AUDITED, "")
    assert f"auditor {' '.join(words)}".strip() in said.out
    assert "Example:" in said.out, "a command's help holds an example"


def test_help_tells_every_exit_code(command: Command) -> None:
    said = " ".join(command("--help").out.split())
    assert all(f"{code.value} {meaning.split(';')[0]}" in said for code, meaning in EXIT_CODES.items())


def test_the_version_is_that_of_the_package(command: Command) -> None:
    assert cli.VERSION in command("--version").out


@pytest.mark.parametrize("words", [*COMMANDS, ("--version",)], ids=lambda words: " ".join(words) or "auditor")
def test_help_brings_in_no_engine(words: tuple[str, ...]) -> None:
    asked = words if "--version" in words else (*words, "--help")
    code = (
        "import sys\nfrom auditor.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('duckdb', 'pandas', 'pyarrow', 'numpy', 'jinja2', 'pydantic') if name in sys.modules], file=sys.stderr)"
    )
    assert run_module(*asked, code=code).stderr.splitlines() == ["[]"]
