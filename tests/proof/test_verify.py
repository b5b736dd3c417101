"""Whatever is done to a run is noticed: a bit, a name, a file more or less; and a rewritten manifest by the ledger's chain."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert

from auditor.digests import digest_bytes, list_line, list_text, read_list
from auditor.ledger.schema import METADATA, RUNS
from auditor.merkle import climb, merkle_path, merkle_root
from auditor.outcomes import ExitCode
from auditor.runs.chain import BEFORE_THE_FIRST, Link, first_broken, next_link
from auditor.runs.verify import verify_run
from tests.specimen import AS_OF
from tests.test_command_line import Command, command

__all__ = ["command"]
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def names_of(run: Path) -> list[str]:
    return sorted(path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file())


def test_a_run_as_published_is_whole(published: Path) -> None:
    found = verify_run(published)
    assert found.whole
    assert found.files == len(names_of(published))
    assert found.manifest_sha256 == hashlib.sha256((published / "manifest.json").read_bytes()).hexdigest()


def test_plain_tools_can_check_it_too(published: Path) -> None:
    for which in ("_SUCCESS", "files.sha256"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", which], cwd=published, check=True)


def test_the_manifest_tells_nothing_of_where_anything_lay(world: Path, published: Path) -> None:
    tells = [name for name in names_of(published) if str(world).encode() in (published / name).read_bytes()]
    assert tells == ["origin.json"]


@FEW
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_noticed_and_named(published: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in names_of(published) if (published / name).stat().st_size]))
    with TemporaryDirectory() as scratch:
        run = shutil.copytree(published, Path(scratch) / published.name, copy_function=os.link)
        content = bytearray((run / name).read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
        (run / name).unlink()
        (run / name).write_bytes(content)
        found = verify_run(run)
        assert not found.whole
        # a list or a manifest that says something else makes what it speaks of look altered
        assert name in found.altered or name in ("_SUCCESS", "manifest.json", "files.sha256")


@FEW
@given(data=st.data())
def test_a_file_taken_added_or_renamed_is_noticed_and_named(published: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names_of(published)))
    other = data.draw(st.from_regex(r"[a-z]{1,8}\.[a-z]{1,4}", fullmatch=True))
    how = data.draw(st.sampled_from(["taken", "added", "renamed"]))
    with TemporaryDirectory() as scratch:
        run = shutil.copytree(published, Path(scratch) / published.name, copy_function=os.link)
        if how == "added":
            (run / "tables" / other).write_text("")
        elif how == "taken":
            (run / name).unlink()
        else:
            (run / name).rename(run / other)
        found = verify_run(run)
        assert not found.whole
        if how != "taken":
            assert (f"tables/{other}" if how == "added" else other) in found.added
        if how != "added":
            assert name in found.missing


def test_a_link_and_an_empty_folder_are_not_of_the_run(run: Path) -> None:
    (run / "episodes" / "more").mkdir()
    content = (run / "days.csv").rename(run.parent / "days.csv")
    (run / "days.csv").symlink_to(content)
    found = verify_run(run)
    assert found.added == ("days.csv", "episodes/more")
    assert found.missing == ("days.csv",)


def test_a_list_that_names_files_outside_the_run_reads_none_of_them(run: Path) -> None:
    with (run / "files.sha256").open("a") as listed:
        listed.write(f"{'0' * 64}  ../../secret\n")
    assert not verify_run(run).whole


def rewrite(run: Path) -> None:
    """Changes a result and makes every hash of the run agree with it, as one who knows how would."""
    with (run / "days.csv").open("a") as days:
        days.write("\n")
    files = read_list((run / "files.sha256").read_text())
    files["days.csv"] = digest_bytes((run / "days.csv").read_bytes()).sha256
    lines = [list_line(name, files[name]) for name in sorted(files)]
    (run / "files.sha256").write_text("".join(f"{line}\n" for line in lines))
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["sealed"]["files"]["sha256"] = digest_bytes((run / "files.sha256").read_bytes()).sha256
    manifest["sealed"]["files"]["merkle_root"] = merkle_root(lines)
    (run / "manifest.json").write_text(json.dumps(manifest))
    closed = {name: digest_bytes((run / name).read_bytes()) for name in ("manifest.json", "origin.json")}
    (run / "_SUCCESS").write_text(list_text(closed))


def ledger(path: Path, links: list[Link]) -> str:
    """A ledger with these runs recorded, as the program's schema has them."""
    url = f"sqlite:///{path}"
    engine = create_engine(url)
    METADATA.create_all(engine)
    # whatever else a row needs, empty
    empty: dict[type, object] = {str: "", int: 0, bool: False}
    plain = {column.name: empty[column.type.python_type] for column in RUNS.c if column.type.python_type in empty}
    with engine.begin() as connection:
        for ordinal, link in enumerate(links):
            told = {"run": link.run, "manifest_sha256": link.manifest_sha256, "chain_sha256": link.chain_sha256, "pruned": link.pruned}
            when = {"as_of": AS_OF, "recorded_at": datetime(2026, 11, 22)}
            connection.execute(insert(RUNS).values(plain | told | when | {"ordinal": ordinal}))
    engine.dispose()
    return url


def chain_of(manifests: dict[str, str]) -> list[Link]:
    links, previous = [], BEFORE_THE_FIRST
    for run, manifest in manifests.items():
        previous = next_link(previous, manifest)
        links.append(Link(run, manifest, previous))
    return links


def test_a_run_rewritten_with_all_its_hashes_is_noticed_by_the_ledger(command: Command, run: Path, tmp_path: Path) -> None:
    url = ledger(tmp_path / "ledger.sqlite", chain_of({"2026-11-21-001": "ab" * 32, run.name: verify_run(run).manifest_sha256}))
    assert command("verify", run, "--ledger", url).code == ExitCode.AUDITED
    rewrite(run)
    assert command("verify", run).code == ExitCode.AUDITED
    said = command("verify", run, "--ledger", url)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "another manifest" in said.out


def test_a_ledger_that_was_rewritten_is_noticed_by_its_chain(command: Command, run: Path, tmp_path: Path) -> None:
    links = chain_of({"2026-11-21-001": "ab" * 32, run.name: verify_run(run).manifest_sha256})
    url = ledger(tmp_path / "ledger.sqlite", [Link(links[0].run, "cd" * 32, links[0].chain_sha256), links[1]])
    said = command("verify", run, "--ledger", url)
    assert said.code == ExitCode.NOT_THE_SAME
    assert "does not hold from the run 2026-11-21-001" in said.out


def test_a_recorded_run_whose_folder_is_gone_is_named(command: Command, run: Path, tmp_path: Path) -> None:
    links = chain_of({"2026-11-20-001": "ab" * 32, "2026-11-21-001": "cd" * 32, run.name: verify_run(run).manifest_sha256})
    url = ledger(tmp_path / "ledger.sqlite", [replace(links[0], pruned=True), *links[1:]])
    said = command("verify", run.parent, "--ledger", url)
    assert (said.code, "2026-11-20-001" in said.out) == (ExitCode.NOT_THE_SAME, False)
    assert "2026-11-21-001: ✕ not what it was; 0 files, manifest missing\n  the ledger knows this run" in said.out
    assert "1 of 2 checked are not what they were: 2026-11-21-001." in said.err
    assert command("verify", run, "--ledger", url).code == ExitCode.AUDITED, "of one run nobody asked for the others"
    shutil.rmtree(run)
    said = command("verify", run.parent, "--ledger", url)
    assert "2 of 2 checked are not what they were" in said.err


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), min_size=1, max_size=8, unique=True), st.data())
def test_no_link_can_be_exchanged_dropped_or_moved(manifests: list[str], data: st.DataObject) -> None:
    links = chain_of({str(number): manifest for number, manifest in enumerate(manifests)})
    assert first_broken(links) is None
    place = data.draw(st.integers(0, len(links) - 1))
    assert first_broken([*links[:place], Link(links[place].run, "f" * 63 + "x", links[place].chain_sha256), *links[place + 1 :]])
    if place < len(links) - 1:
        assert first_broken([*links[:place], *links[place + 1 :]])


@given(st.lists(st.text(max_size=5), min_size=1, max_size=40), st.data())
def test_every_line_leads_to_the_root_and_no_other_does(lines: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    path = merkle_path(lines, place)
    assert climb(lines[place], path) == merkle_root(lines)
    assert climb(lines[place] + "x", path) != merkle_root(lines)


@pytest.mark.parametrize("what", ["nothing", "a folder without a run", "no ledger"])
def test_what_is_no_run_is_refused_with_what_to_do(command: Command, published: Path, tmp_path: Path, what: str) -> None:
    arguments = {
        "nothing": (tmp_path / "nowhere",),
        "a folder without a run": (tmp_path,),
        "no ledger": (published, "--ledger", f"sqlite:///{tmp_path}/none.sqlite"),
    }[what]
    said = command("verify", *arguments)
    assert said.code in (ExitCode.SETTINGS_REFUSED, ExitCode.LEDGER_REFUSED)
    assert "Name" in said.err
    assert not (tmp_path / "none.sqlite").exists()
