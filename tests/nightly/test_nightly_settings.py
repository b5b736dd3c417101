"""Settings: the example holds, and every mistake is answered with its line and what would be right, never with what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.errors import SettingsRefused
from auditor.nightly.settings_file import read_settings
from auditor.places import configs_folder

LEAST = '[run]\nout = "runs"\n[extract]\npaths = ["extract"]\n'
SECRET = "hunter2-SENTINEL"

MISTAKES = {
    "a misspelt name": (f"{LEAST}quiet_second = 3\n", "line 5: [extract] quiet_second is no setting. Did you mean quiet_seconds?"),
    "a misspelt section": (f"{LEAST}[retentoin]\nkeep_runs = 3\n", "line 5: retentoin is no setting. Did you mean retention?"),
    "a number that is none": (f'{LEAST}poll_seconds = "{SECRET}"\n', "line 5: [extract] poll_seconds: input should be a valid number"),
    "nothing to read": (
        '[run]\nout = "runs"\n[extract]\npaths = []\n',
        "say where the extract comes from",
    ),
    "no folder of runs": ('[run]\n[extract]\npaths = ["x"]\n', "line 1: [run] out is missing."),
    "no section": ('[extract]\npaths = ["x"]\n', "run is missing."),
    "not TOML": ("[run\n", "is not TOML"),
    "a password": (f'{LEAST}[mail]\npassword = "{SECRET}"\n', "line 6: [mail] password: a secret never stands in this file"),
    "a secret in two places": (
        f'{LEAST}[ledger]\nurl = "sqlite:///l"\nkey = {{ env = "A", file = "B" }}\n',
        "line 7: [ledger] key: say where",
    ),
    "mail without a ledger": (
        f'{LEAST}[mail]\nserver = "s"\nfrom = "a@b.example"\n[[mail.groups]]\nname = "g"\nto = ["c@d.example"]\n',
        "[mail] needs a [ledger]",
    ),
    "PostgreSQL without a key": (f'{LEAST}[ledger]\nurl = "postgresql://a@b/c"\n', "[ledger] needs a key"),
    "a marker in another folder": (
        f'{LEAST}marker = "../done"\n',
        "line 5: [extract] marker: expected the name of a file, without folders",
    ),
    "one file for heartbeat and metrics": (
        f'{LEAST}[watch]\nmetrics = "a"\nheartbeat = "a"\n',
        "line 5: watch: metrics, heartbeat and log are files of their own",
    ),
    "a name that is no label": (f'name = "a b"\n{LEAST}', "line 1: name: expected letters, digits, - and _"),
}


def write(folder: Path, text: str) -> Path:
    path = folder / "nightly.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(write(tmp_path, text))
    assert says in str(refused.value)
    assert str(refused.value).startswith("nightly.toml")
    assert SECRET not in str(refused.value)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(write(tmp_path, '[run]\nut = "x"\n[extract]\npath = []\n'))
    assert len(str(refused.value).splitlines()) == 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"nightly.example.toml"):
        read_settings(tmp_path / "none.toml")


def test_the_example_holds(tmp_path: Path) -> None:
    example = read_settings(configs_folder() / "nightly.example.toml")
    assert example.extract.marker == "_SUCCESS"
    assert example.mail is not None
    assert example.ledger is not None


def test_what_the_example_leaves_out_is_the_default(tmp_path: Path) -> None:
    """Each line that is commented out is a setting that there is."""
    lines = (configs_folder() / "nightly.example.toml").read_text(encoding="utf-8").splitlines()
    out = [line.removeprefix("# ") if re.match(r"# [a-z_]+ = ", line) else line for line in lines]
    assert out != lines
    assert read_settings(write(tmp_path, "\n".join(out))).extract.quiet_seconds == 60


def test_relative_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    told = read_settings(write(tmp_path, f'{LEAST}[ledger]\nurl = "sqlite:///l.db"\n[watch]\nlog = "x/log"\n'))
    assert told.run.out == tmp_path / "runs"
    assert told.extract.paths == (str(tmp_path / "extract"),)
    assert told.ledger is not None
    assert told.ledger.url == f"sqlite:///{tmp_path}/l.db"
    assert told.watch.log == tmp_path / "x" / "log"
