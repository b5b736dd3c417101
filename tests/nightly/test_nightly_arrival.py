"""When an extract is there, whole and new, and what is said when it is not."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from nightly.nights import FEW, Desk, age, desk, write_extract

from auditor.nightly.arrival import look
from auditor.nightly.settings import ExtractPart
from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.runs.fingerprints import fingerprint
from auditor.settings import Settings


@pytest.fixture
def night(tmp_path: Path) -> Desk:
    write_extract(tmp_path / "extract")
    return desk(tmp_path)


def extract_of(night: Desk) -> Path:
    return Path(night.settings.extract.paths[0])


def with_extract(tmp_path: Path, **told: object) -> Desk:
    write_extract(tmp_path / "extract")
    return desk(tmp_path, extract=told)


def nothing(folder: Path) -> None:
    shutil.rmtree(folder)


def half_a_name(folder: Path) -> None:
    (folder / "claim_lines.csv").rename(folder / "claim_lines.csv.part")


def none_of_a_kind(folder: Path) -> None:
    (folder / "members.csv").unlink()


def a_link_that_leads_nowhere(folder: Path) -> None:
    (folder / "events_2.csv").symlink_to(folder.parent / "not_mounted" / "events_2.csv")


NOT_WHOLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "no folder": (nothing, "no file is there"),
    "a temporary name": (half_a_name, "1 file with a temporary name"),
    "a link that leads nowhere": (a_link_that_leads_nowhere, "1 link to a file that is not there"),
    "a file that is expected": (none_of_a_kind, "no file of the name members*"),
}


@pytest.mark.parametrize(("spoil", "says"), NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_what_is_not_whole_makes_no_run_and_says_so(tmp_path: Path, spoil: Callable[[Path], None], says: str) -> None:
    night = with_extract(tmp_path, expect=("claim_lines*", "members*"))
    spoil(extract_of(night))
    account = night.hold()
    assert (account.exit_code, account.outcome, night.runs()) == (ExitCode.NOT_ARRIVED, "not_arrived", [])
    assert says in account.why
    assert night.post.troubles == [ExitCode.NOT_ARRIVED]


def test_a_folder_its_files_and_a_glob_are_the_same_extract_once(tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "extract")
    (folder / ".hidden.csv").touch()
    (folder / "older").mkdir()
    named = (str(folder), f"{folder}/*.csv", *(str(path) for path in folder.glob("[!.]*.csv")))
    looks = [look(ExtractPart(paths=paths)) for paths in ((named[0],), (named[1],), named[2:], named)]
    assert [len(one.files) for one in looks] == [4] * 4
    assert len(set(looks)) == 1


def test_a_night_waits_for_a_late_extract(tmp_path: Path) -> None:
    night = desk(tmp_path, extract={"wait_minutes": 30})
    (tmp_path / "extract").mkdir()

    def arrive(seconds: float) -> None:
        if night.time.slept >= 600 and not (tmp_path / "extract" / "members.csv").exists():
            write_extract(tmp_path / "extract")

    night.time.asleep = arrive
    account = night.hold()
    assert (account.exit_code, account.run) == (ExitCode.AUDITED, "2026-11-22-001")
    assert 600 <= night.time.slept < 900


def test_a_night_waits_no_longer_than_it_is_told(tmp_path: Path) -> None:
    night = desk(tmp_path, extract={"wait_minutes": 30, "poll_seconds": 7})
    assert night.hold().exit_code == ExitCode.NOT_ARRIVED
    assert night.time.slept == pytest.approx(1800)
    assert "waiting: no file is there" in night.said()


def test_a_file_that_grows_between_two_looks_is_waited_for(tmp_path: Path) -> None:
    night = with_extract(tmp_path, wait_minutes=10)
    path, whole = tmp_path / "extract" / "claim_lines.csv", (tmp_path / "extract" / "claim_lines.csv").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    def grow(seconds: float) -> None:
        if len(path.read_bytes()) < len(whole):
            path.write_bytes(whole[: len(path.read_bytes()) + len(whole) // 4])

    night.time.asleep = grow
    account = night.hold()
    assert account.exit_code == ExitCode.AUDITED
    assert account.manifest["rows_read"]["claim_lines"]["rows_in"] == whole.count(b"\n") - 1  # type: ignore[index]
    assert "changed while we looked" in night.said()


# --- markers -------------------------------------------------------------------------------------------------------------------


def test_a_marker_is_waited_for_and_then_believed_at_once(tmp_path: Path) -> None:
    night = with_extract(tmp_path, marker="_SUCCESS")
    assert "marker (_SUCCESS) not there" in night.hold().why
    (tmp_path / "extract" / "_SUCCESS").touch()
    assert night.hold().exit_code == ExitCode.AUDITED
    assert night.time.slept == 0


def test_yesterdays_marker_is_not_believed_for_todays_files(tmp_path: Path) -> None:
    night = with_extract(tmp_path, marker=".done")
    (tmp_path / "extract" / ".done").touch()
    age(tmp_path / "extract" / ".done", 24)
    account = night.hold()
    assert account.exit_code == ExitCode.NOT_ARRIVED
    assert "4 files written after the marker" in account.why


def test_a_marker_a_file(tmp_path: Path) -> None:
    night = with_extract(tmp_path, marker="{file}.done")
    files = sorted(path.name for path in (tmp_path / "extract").iterdir())
    for name in files[:-1]:
        (tmp_path / "extract" / f"{name}.done").touch()
    assert "1 marker ({file}.done) not there" in night.hold().why
    (tmp_path / "extract" / f"{files[-1]}.done").touch()
    assert night.hold().exit_code == ExitCode.AUDITED
    assert [file.path.name for file in look(night.settings.extract).files] == files


# --- the same again ------------------------------------------------------------------------------------------------------------


def test_the_same_extract_again_is_unchanged_and_nobody_is_told_twice(night: Desk) -> None:
    first, second = night.hold(), night.hold()
    assert (first.outcome, second.outcome, second.exit_code) == ("published", "unchanged", ExitCode.AUDITED)
    assert night.runs() == ["2026-11-22-001"]
    assert (night.ledger.runs, night.post.sent) == (["2026-11-22-001"], ["2026-11-22-001"])


def test_files_written_again_with_the_same_content_are_unchanged(night: Desk) -> None:
    night.hold()
    write_extract(extract_of(night))
    age(extract_of(night) / "events.csv", 0.1)
    assert night.hold().outcome == "unchanged"


def one_more_member(night: Desk) -> Desk:
    write_extract(extract_of(night), ("S-0101", "S-0107", "S-0303"))
    return night


def another_reading(night: Desk) -> Desk:
    return with_run(night, readings={"taper_grace_h": 0})


def another_rule(night: Desk) -> Desk:
    configs = night.out.parent / "configs"
    if not configs.exists():
        shutil.copytree(night.settings.run.configs, configs)
    with (configs / "value_sets" / "ards.yaml").open("a", encoding="utf-8") as file:
        file.write("# mended\n")
    return with_run(night, configs=configs)


def with_run(night: Desk, **told: object) -> Desk:
    changed = night.settings.model_copy(update={"run": night.settings.run.model_copy(update=told)})
    return Desk(changed, night.time, night.ledger, night.post, night.log)


def test_a_report_that_is_asked_to_tell_more_is_another_run() -> None:
    asked: tuple[Literal["none", "unsigned", "all"], ...] = ("none", "unsigned", "all")
    assert len({fingerprint(Settings(sensitivity=which), ()).readings for which in asked}) == 3


@pytest.mark.parametrize("change", [one_more_member, another_rule, pytest.param(another_reading, marks=pytest.mark.thorough)])
def test_what_differs_makes_another_run(night: Desk, change: Callable[[Desk], Desk]) -> None:
    night.hold()
    account = change(night).hold()
    assert (account.outcome, account.run) == ("published", "2026-11-22-002")
    assert night.post.sent == ["2026-11-22-001", "2026-11-22-002"]


@pytest.mark.thorough
def test_another_program_makes_another_run(night: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    night.hold()
    monkeypatch.setattr("auditor.runs.fingerprints._program", lambda: "another")
    assert night.hold().run == "2026-11-22-002"


def of_few(path: Path) -> str:
    """The lines of a FHIR file that speak of few members, or of none."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if any(member in line for member in FEW) or not re.search(r"S-\d{4}", line))


@pytest.mark.parametrize("form", ["fhir", *(pytest.param(one, marks=pytest.mark.thorough) for one in ("csv", "gz", "parquet", "x12"))])
def test_the_same_is_known_in_every_format(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "extract"
    if form in ("csv", "gz"):
        write_extract(folder)
        for path in sorted(folder.iterdir()) if form == "gz" else ():
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            path.unlink()
    else:
        folder.mkdir()
        for path in (path for path in (samples_folder() / form).iterdir() if path.is_file()):
            if form != "fhir":
                shutil.copy(path, folder)
            elif few := of_few(path):
                (folder / path.name).write_text(few, encoding="utf-8")
    (folder / "README.md").write_text("not read\n", encoding="utf-8")
    night = desk(tmp_path)
    assert [night.hold().outcome, night.hold().outcome] == ["published", "unchanged"]


def test_the_same_extract_for_too_long_is_late(tmp_path: Path) -> None:
    night = with_extract(tmp_path, late_after_hours=30, wait_minutes=5)
    assert night.hold().outcome == "published"
    assert night.hold().outcome == "unchanged"
    for path in (tmp_path / "extract").iterdir():
        age(path, 31)
    account = night.hold()
    assert account.exit_code == ExitCode.NOT_ARRIVED
    assert "nothing new: the newest file is 31 hours old, and 30 are allowed" in account.why
    assert night.runs() == ["2026-11-22-001"]
