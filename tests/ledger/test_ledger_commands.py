"""auditor run --since, history, and review list and set, as a person meets them; and replays of runs on disk."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from auditor import Settings
from auditor.changes import Cause, Change, Mix, compare_runs
from auditor.changes.files import changes_text
from auditor.cli import commands
from auditor.errors import AuditorError
from auditor.ledger import key_beside, open_ledger, read_key
from auditor.ledger.replay import Source, replay_between
from auditor.outcomes import ExitCode
from auditor.places import configs_folder, samples_folder
from auditor.runs import RunFolder, open_run
from auditor.tokens import Tokens
from tests.ledger.nights import NOW, TODAY, frames_of, write_run
from tests.ledger.test_lapses import one_course
from tests.review.filling import Filled

MEMBERS = ("S-0202", "S-0101")
EPISODE = "E1"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of two nights, its key beside it."""
    path = tmp_path / "ledger.sqlite"
    url = f"sqlite:///{path}"
    with open_ledger(url, Tokens(read_key(key_beside(url)))) as opened:
        opened.record(write_run(tmp_path, "2026-11-21-001", one_course()), NOW)
        opened.record(write_run(tmp_path, "2026-11-22-001", one_course(state="F")), NOW)
    return path


def run(*words: object, prefix: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in (*prefix, *words)], env={"COLUMNS": "200"})


def said(result: Result) -> str:
    assert result.exception is None, result.exception
    return " ".join(result.output.split())


def test_the_history_of_an_episode_is_told_night_by_night(ledger: Path) -> None:
    told = said(run("history", EPISODE, "--ledger", ledger))
    assert "2026-11-21-001 + new S2 C-02" in told
    assert "2026-11-22-001 △ updated S2 C-02 I.A data state" in told


def test_the_runs_and_yields_are_told(ledger: Path) -> None:
    told = json.loads(said(run("history", "--ledger", ledger, "--json")))
    assert [night["counts"] for night in told["runs"]] == [
        {"new": 1, "unchanged": 0, "updated": 0, "resolved": 0, "reopened": 0},
        {"new": 0, "unchanged": 0, "updated": 1, "resolved": 0, "reopened": 0},
    ]
    assert "Upheld of reviewed, by facility" in said(run("history", "--ledger", ledger))


def test_a_decision_is_set_and_listed(ledger: Path) -> None:
    words = ("set", EPISODE, "upheld", "--finding", "C-02", "--who", "R. Nurse", "--why", "read it", "--ledger", ledger)
    assert said(run(*words, prefix=("review",))) == "E1 C-02: upheld"
    assert said(run(*words, prefix=("review",))) == "E1 C-02: upheld, as was kept before"
    [kept] = json.loads(said(run("list", "--ledger", ledger, "--json", prefix=("review",))))
    assert kept["disposition"] | {"when": ""} == {
        "run": "2026-11-22-001",
        "episode_id": EPISODE,
        "finding_id": "C-02",
        "paragraph": "I.A",
        "decision": "upheld",
        "who": "R. Nurse",
        "when": "",
        "why": "read it",
        "until": None,
    }
    assert "✓ upheld R. Nurse" in said(run("list", "--ledger", ledger, prefix=("review",)))
    assert "✓ upheld R. Nurse" in said(run("history", EPISODE, "--ledger", ledger))


def test_the_settings_of_the_nights_name_the_ledger(ledger: Path, tmp_path: Path) -> None:
    config = tmp_path / "nightly.toml"
    config.write_text(f'[run]\nout = "runs"\n[extract]\npaths = ["x"]\n[ledger]\nurl = "sqlite:///{ledger.name}"\n', encoding="utf-8")
    words = ("set", EPISODE, "upheld", "--who", "R. Nurse", "--config", config)
    assert said(run(*words, prefix=("review",))) == "E1 : upheld".replace(" :", ":")
    assert "R. Nurse" in said(run("list", "--config", config, prefix=("review",)))
    assert "R. Nurse" in said(run("history", EPISODE, "--config", config))
    both = run("history", "--config", config, "--ledger", ledger)
    assert "--config names the ledger" in both.output
    ledger.rename(tmp_path / "elsewhere.sqlite")
    assert "The first night makes it" in str(run("history", "--config", config).exception)
    config.write_text('[run]\nout = "runs"\n[extract]\npaths = ["x"]\n', encoding="utf-8")
    assert "[ledger] is missing" in str(run("history", "--config", config).exception)
    assert not (tmp_path / ledger.name).exists()


def test_a_decision_on_an_old_run_that_lapsed_is_listed_on_request(ledger: Path) -> None:
    said(
        run(
            "set",
            EPISODE,
            "overturned",
            "--finding",
            "C-02",
            "--run",
            "2026-11-21-001",
            "--who",
            "me",
            "--ledger",
            ledger,
            prefix=("review",),
        )
    )
    assert "overturned" not in said(run("list", "--ledger", ledger, prefix=("review",)))
    assert "lapsed in 2026-11-22-001: says something else" in said(run("list", "--all", "--ledger", ledger, prefix=("review",)))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("history", "E99"), "no recorded run had an episode E99"),
        (("history", "--ledger", "nowhere.sqlite"), "there is no ledger nowhere.sqlite"),
        (("history", "--ledger", "postgresql://me:hunter2@host/name"), "needs --ledger-key|holds a password"),
    ],
)
def test_what_the_ledger_does_not_know_is_refused(ledger: Path, words: tuple[str, ...], message: str) -> None:
    result = run(*words, *(() if "--ledger" in words else ("--ledger", ledger)))
    assert isinstance(result.exception, AuditorError)
    assert result.exception.exit_code is ExitCode.LEDGER_REFUSED
    with pytest.raises(AuditorError, match=message):
        raise result.exception
    assert "hunter2" not in str(result.exception)


def test_the_password_comes_from_a_private_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("hunter2\n", encoding="ascii")
    path.chmod(0o644)
    result = run("history", "--ledger", "postgresql://me@host/name", "--ledger-password-file", path)
    assert "can be read by others" in str(result.exception)


# --- runs on disk --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two members of the samples."""
    folder = tmp_path_factory.mktemp("extract")
    for name in ("claim_lines", "members", "events", "authorizations"):
        with (samples_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = [row for row in reader if row["member_id"] in MEMBERS]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, reader.fieldnames or ())
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def runs(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, RunFolder]:
    """A run, and one with another limit since."""
    out = tmp_path_factory.mktemp("runs")
    words = ("run", extract, "--out", out, "--as-of", "2026-11-22")
    first = run(*words)
    assert first.exception is None, first.exception
    second = run(*words, "--set", "day_limit=10", "--since", out / "2026-11-22-001")
    assert "Changes 1 updated, 6 unchanged since 2026-11-22-001" in " ".join(second.output.split())
    return open_run(out / "2026-11-22-001"), open_run(out / "2026-11-22-002")


def test_a_run_since_another_leaves_its_changes(runs: tuple[RunFolder, RunFolder]) -> None:
    earlier, later = runs
    written = (later.path / "changes.csv").read_text(encoding="utf-8")
    assert written == changes_text(compare_runs(earlier.frames, later.frames, earlier.name))
    [finding] = [row for row in csv.DictReader(written.splitlines()) if row["of"] == "finding"]
    assert (finding["change"], finding["finding_id"], finding["at_risk"], finding["earlier_at_risk"]) == (
        "updated",
        "C-04",
        "17280.00",
        "8640.00",
    )
    assert not (earlier.path / "changes.csv").exists()
    assert (later.path / "changes.csv").stat().st_mode & 0o777 == 0o600


def test_since_a_folder_that_is_no_run_is_refused(extract: Path, tmp_path: Path) -> None:
    result = run("run", extract, "--out", tmp_path, "--since", tmp_path)
    assert "no complete run lies here" in str(result.exception)


@pytest.mark.parametrize(
    ("factors", "is_later"),
    [
        ({Cause.READING}, True),
        pytest.param({Cause.POLICY}, False, marks=pytest.mark.thorough),
        pytest.param(set(), False, marks=pytest.mark.thorough),
        pytest.param({Cause.POLICY, Cause.READING}, True, marks=pytest.mark.thorough),
    ],
)
def test_replays_take_of_either_run_what_they_are_told(
    extract: Path, tmp_path: Path, runs: tuple[RunFolder, RunFolder], factors: set[Cause], is_later: bool
) -> None:
    earlier, later = runs
    signed = tmp_path / "configs"
    shutil.copytree(configs_folder(), signed)
    policy = signed / "policies" / "pacificsource-ino.2020-11-01.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("day_limit: {value: 14,", "day_limit: {value: 10,"), encoding="utf-8")
    old = Settings(paths=(extract,), as_of=date(2026, 11, 22))
    new = Settings(paths=(extract,), as_of=date(2026, 11, 22), configs=signed)
    replay = replay_between(Source.of_run(earlier, old), Source.of_run(later, new))
    frames = replay(Mix(frozenset(factors)))
    assert frames is not None
    assert {one.change for one in compare_runs((later if is_later else earlier).frames, frames).findings} == {Change.UNCHANGED}


def test_inputs_that_are_gone_or_others_now_are_not_replayed(extract: Path, tmp_path: Path, runs: tuple[RunFolder, RunFolder]) -> None:
    moved = tmp_path / "extract"
    shutil.copytree(extract, moved)
    settings = Settings(paths=(moved,), as_of=TODAY)
    replay = replay_between(Source.of_run(runs[0], settings), Source.of_run(runs[1], settings))
    with (moved / "events.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert replay(Mix()) is None
    shutil.rmtree(moved)
    assert replay(Mix()) is None


def test_a_published_run_is_recorded_as_it_is(runs: tuple[RunFolder, RunFolder], tmp_path: Path) -> None:
    folder = runs[0]
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", Tokens(b"k" * 32)) as ledger:
        changes = ledger.record(folder, NOW)
        last = ledger.last_run()
        assert last is not None
        assert changes.count(Change.NEW) == len(changes.findings) > 0
        assert last.counted_cents == folder.manifest["totals_cents"]["counted_cents"]
        assert (
            changes.episodes
            == compare_runs(frames_of({"episodes": [], "lines": [], "therapy_days": [], "findings": []}), folder.frames).episodes
        )


def test_decisions_of_a_worklist_are_kept_in_the_ledger(runs: tuple[RunFolder, RunFolder], tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/ledger.sqlite", tmp_path / "ledger.sqlite"
    with open_ledger(url, Tokens(read_key(key_beside(url)))) as ledger:
        ledger.record(runs[0], NOW)
    Filled(runs[0].path / "worklist.xlsx", tmp_path / "worklist.xlsx").uphold("Clean", 2).save()
    words = ("review", "import", tmp_path / "worklist.xlsx", "--runs", runs[0].path.parent, "--into-ledger", "--ledger", path)
    assert "1 new, 0 kept before" in said(run(*words))
    assert "0 new, 1 kept before" in said(run(*words))
    assert "R. Nurse" in said(run("review", "list", "--ledger", path))
