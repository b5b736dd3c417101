"""A sealed pack holds one episode and no more, hangs on its run, and does not bear the change of a byte."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.cli import commands
from auditor.outcomes import ExitCode
from auditor.packs import pack_bytes, verify_pack
from auditor.packs.archive import read_pack
from tests.test_command_line import Command, command

__all__ = ["command"]
EPISODE = "E0aab5467d19c"


@pytest.fixture(scope="module")
def packed(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack, for reading alone."""
    folder = tmp_path_factory.mktemp("packed")
    CliRunner().invoke(commands, ["pack", EPISODE, "--run", str(published), "--out", str(folder)], catch_exceptions=False)
    return folder / f"{EPISODE}.zip"


@pytest.fixture
def pack(packed: Path, tmp_path: Path) -> Path:
    """A copy of the pack, to be changed."""
    return Path(shutil.copy2(packed, tmp_path))


def test_a_pack_verifies_by_itself_and_against_its_run(command: Command, published: Path, pack: Path) -> None:
    assert command("verify", pack).code == ExitCode.AUDITED
    manifest = (published / "manifest.json").read_bytes()
    assert zipfile.ZipFile(pack).read("manifest.json") == manifest
    assert stat.S_IMODE(pack.stat().st_mode) == 0o600


def test_plain_tools_can_check_it_too(pack: Path, tmp_path: Path) -> None:
    subprocess.run(["python3", "-m", "zipfile", "-e", pack, tmp_path / "open"], check=True)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "open", check=True)


def test_the_same_pack_is_the_same_bytes(command: Command, published: Path, pack: Path, tmp_path: Path) -> None:
    assert command("pack", EPISODE, "--run", published, "--out", tmp_path / "again.zip").code == ExitCode.AUDITED
    assert (tmp_path / "again.zip").read_bytes() == pack.read_bytes()


def test_it_holds_the_rows_of_this_member_alone(published: Path, pack: Path, world: Path) -> None:
    contents = read_pack(pack.read_bytes())
    rows, results = json.loads(contents["source_rows.json"]), json.loads(contents["results.json"])
    [episode] = results["episodes"]
    assert {row["member_id"] for table in rows.values() for row in table} == {episode["member_id"]}
    assert {row["source_row"] for row in rows["claim_lines"]} >= {row["source_row"] for row in results["lines"]}
    assert any(row.get("concept") == "ino" for row in rows["events"])
    members = set(pd.read_csv(world / "extract" / "members.csv", dtype=str)["member_id"]) - {episode["member_id"]}
    told = b"".join(contents.values())
    assert not [member for member in members if member.encode() in told]
    others = set(pd.read_parquet(published / "tables" / "episodes.parquet")["episode_id"]) - {EPISODE}
    assert not [other for other in others if other.encode() in told]


def test_rows_read_back_are_the_rows_of_the_file(pack: Path, world: Path) -> None:
    rows = json.loads(read_pack(pack.read_bytes())["source_rows.json"])["claim_lines"]
    lines = pd.read_csv(world / "extract" / "claim_lines.csv", dtype=str, keep_default_na=False)
    for row in rows:
        written = lines.iloc[row["source_row"] - 2]  # numbered as a spreadsheet shows it: the header is row 1
        assert (written["claim_id"], written["claim_line_number"]) == (row["claim_id"], row["claim_line_number"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_noticed(pack: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(pack.read_bytes())
    ends = st.one_of(st.integers(0, len(content) - 1), st.integers(len(content) - 900, len(content) - 1), st.integers(0, 60))
    content[data.draw(ends)] ^= 1 << data.draw(st.integers(0, 7))
    changed = pack.with_name("changed.zip")
    changed.write_bytes(content)
    assert not verify_pack(changed).whole


@pytest.mark.parametrize("name", ["page.html", "results.json", "policy.yaml", "manifest.json"])
def test_a_file_changed_with_all_its_hashes_hangs_on_no_manifest(pack: Path, name: str) -> None:
    """One who knows the format changes a file and its line in SHA256SUMS."""
    from auditor.digests import digest_bytes, list_text

    contents = read_pack(pack.read_bytes())
    contents[name] = contents[name].replace(b"0", b"1", 1)
    contents["SHA256SUMS"] = list_text({one: digest_bytes(text) for one, text in contents.items() if one != "SHA256SUMS"}).encode()
    pack.write_bytes(pack_bytes(contents))
    assert not verify_pack(pack).whole


def test_a_zip_with_other_names_is_refused_and_nothing_is_unpacked(pack: Path, tmp_path: Path) -> None:
    contents = read_pack(pack.read_bytes())
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in {**contents, "../../outside.txt": b"x"}.items():
            archive.writestr(name, content)
    pack.write_bytes(whole.getvalue())
    assert not verify_pack(pack).whole
    assert not list(tmp_path.rglob("outside.txt"))


def test_an_encrypted_pack_opens_with_its_password_alone(
    command: Command, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_PACK_PASSWORD", "correct horse battery")
    place = tmp_path / "sealed.zip"
    assert command("pack", EPISODE, "--run", published, "--out", place, "--encrypt").code == ExitCode.AUDITED
    assert b"page.html" not in place.read_bytes()
    assert command("verify", place).code == ExitCode.AUDITED
    for wrong in ("", "wrong"):
        monkeypatch.setenv("AUDITOR_PACK_PASSWORD", wrong)
        assert command("verify", place).code == ExitCode.SETTINGS_REFUSED


@pytest.mark.parametrize("episode", ["../../etc/passwd", "E1/../../x", "E000000000000", "", "E0aab5467d19c/.."])
def test_names_that_are_no_episode_leave_the_folder_alone(command: Command, published: Path, tmp_path: Path, episode: str) -> None:
    said = command("pack", episode, "--run", published, "--out", tmp_path / "packs")
    assert said.code == ExitCode.USAGE
    assert not (tmp_path / "packs").exists()


def test_a_pack_without_rows_needs_no_inputs_and_one_with_them_does(command: Command, run: Path, tmp_path: Path) -> None:
    bare = ("pack", EPISODE, "--run", run, "--from", tmp_path, "--out", tmp_path / "bare.zip")
    assert command(*bare).code == ExitCode.NOT_THE_SAME
    assert command(*bare, "--without-rows").code == ExitCode.AUDITED
    assert "source_rows.json" not in read_pack((tmp_path / "bare.zip").read_bytes())
    assert command("verify", tmp_path / "bare.zip").code == ExitCode.AUDITED
    assert command(*bare[:-1], tmp_path / "bare.zip").code == ExitCode.NOT_THE_SAME


def test_nothing_is_written_over(command: Command, published: Path, pack: Path) -> None:
    pack.write_bytes(b"something else")
    assert command("pack", EPISODE, "--run", published, "--out", pack).code == ExitCode.USAGE
    assert pack.read_bytes() == b"something else"
