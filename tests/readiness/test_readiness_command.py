"""``auditor check`` as a person meets it: exit codes, JSON of the shape that the docs describe, and no value of a row anywhere."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.readiness import Readiness
from auditor.readiness.values import SHAPE
from tests.readiness.checked import samples
from tests.test_command_line import AS_OF, FEW, Command, Said, ask, command, write_few
from tests.test_privacy import REFUSED, TOLD, WHOLE, Extract, assert_silent, values_of_the_samples, write

__all__ = ["command"]

DOCS = Path(__file__).parents[2] / "docs" / "readiness.md"


@dataclass(frozen=True)
class Checked:
    """What the command says of the samples: on a terminal and as a page, and as JSON."""

    drawn: Said
    page: Path
    told: Said


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    page = tmp_path_factory.mktemp("samples") / "ready.html"
    check = partial(ask, "check", samples_folder(), *AS_OF)
    return Checked(check("--html", page), page, check("--json"))


def test_the_samples_are_checked(checked: Checked) -> None:
    assert (checked.drawn.code, checked.drawn.err) == (ExitCode.AUDITED, "")
    assert checked.drawn.out.startswith("How ready is this extract?")
    assert [path.name for path in checked.page.parent.iterdir()] == ["ready.html"]


def test_json_is_what_the_library_counts(checked: Checked) -> None:
    said = checked.told
    told = json.loads(said.out)
    assert (said.code, said.err, told["shape"]) == (ExitCode.AUDITED, "", SHAPE)
    assert told["blocked_cents"] == samples().blocked_cents
    assert told["members"] == vars(samples().members)
    assert [one["key"] for one in told["criteria"]] == [one.key for one in samples().criteria]
    assert "decidable" not in told


def test_the_same_extract_gives_the_same_bytes(command: Command, tmp_path: Path) -> None:
    few = write_few(tmp_path / "few", FEW[:2])
    first, again = (command("check", few, "--json", "--html", tmp_path / name, *AS_OF).out for name in ("1.html", "2.html"))
    assert first == again
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def documented() -> dict[str, set[str]]:
    """Field names by the heading they stand under in the docs."""
    parts = re.split(r"^### `(\w+)`.*$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_every_field_of_the_json_is_described() -> None:
    told = documented()
    assert told.pop("readiness") == {one.name for one in fields(Readiness)} - {"decidable"} | {"shape", "blocked_cents"}
    seen: dict[str, set[str]] = {}
    for name, hint in get_type_hints(Readiness).items():
        kind: Any = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
        if kind:
            seen[name] = {one.name for one in fields(kind)}
    assert told.pop("facility_criteria") == {"revision", "key", "asked", "decidable", "in_question", "open", "holds_up"}
    assert told == seen


def test_nothing_to_audit_has_an_exit_code_of_its_own(command: Command, tmp_path: Path) -> None:
    line = WHOLE["claim_lines"][0] | {"hcpcs_code": "A0001", "line_description": ""}
    folder = write({"claim_lines": [line]}, tmp_path / "extract")
    said = command("check", folder, "--html", tmp_path / "page.html", *AS_OF)
    assert said.code == ExitCode.NOTHING_TO_AUDIT
    assert "there is nothing to audit" in said.out.lower()
    assert "no line of the listed services" in said.err
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--set", "taper_grace=0"), ExitCode.SETTINGS_REFUSED, "taper_grace_h"),
        (("--policy", "none-such"), ExitCode.SETTINGS_REFUSED, "none-such"),
        (("--profile", "none-such"), ExitCode.SETTINGS_REFUSED, "none-such"),
        (("--time-zone", "America/Boisy"), ExitCode.SETTINGS_REFUSED, "America/Boise"),
        (("--html", "no/such/folder/page.html"), ExitCode.USAGE, "--html"),
        (("--none-such",), ExitCode.USAGE, "--none-such"),
    ],
)
def test_a_mistake_ends_in_a_message(command: Command, tmp_path: Path, words: tuple[str, ...], code: ExitCode, part: str) -> None:
    said = command("check", write_few(tmp_path / "few", FEW[:1]), *words)
    assert said.code == code
    assert part in said.err
    assert "Traceback" not in said.err


def test_no_file_is_refused(command: Command, tmp_path: Path) -> None:
    said = command("check", tmp_path / "nowhere")
    assert said.code == ExitCode.EXTRACT_REFUSED
    assert "nowhere" in said.err


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_no_value(command: Command, tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = write(WHOLE, tmp_path / "extract")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    said = command("check", folder, "--html", tmp_path / "page.html")
    assert said.code == ExitCode.EXTRACT_REFUSED
    assert not (tmp_path / "page.html").exists()
    assert_silent({"output": said.out, "errors": said.err})


@pytest.mark.parametrize("extract", TOLD)
def test_no_way_of_telling_says_a_value(command: Command, caplog: pytest.LogCaptureFixture, tmp_path: Path, extract: Extract) -> None:
    caplog.set_level(logging.DEBUG)
    folder, page = write(extract, tmp_path / "extract"), tmp_path / "page.html"
    drawn, told = command("check", folder, "--html", page, *AS_OF), command("check", folder, "--json", *AS_OF)
    assert (drawn.code, told.code) == (ExitCode.AUDITED, ExitCode.AUDITED)
    assert_silent({"terminal": drawn.out, "json": told.out, "page": page.read_text(encoding="utf-8"), "log": caplog.text})


def test_no_value_of_the_samples_is_told_but_their_facilities(checked: Checked) -> None:
    facilities = {place.facility for place in samples().facilities}
    values = values_of_the_samples() - facilities
    for text in (checked.drawn.out, checked.told.out, checked.page.read_text(encoding="utf-8")):
        assert not set(re.split(r"[\s\"'/,;:()\[\]<>=]+", text)) & values
