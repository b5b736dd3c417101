"""Every mistake is refused with its file, line and nearest right name; mistakes.yaml has an example for each check."""

from pathlib import Path

import pytest
from guidelines import FIRST_REVISION, SECOND, broken_copy

from auditor.errors import SettingsRefused
from auditor.policy import load_rule_book
from auditor.policy.check import CHECKS
from auditor.policy.check_shapes import misplaced_keys_and_values
from auditor.policy.documents import read_documents
from auditor.yaml_lines import Block, read_yaml

MISTAKES = read_yaml(Path(__file__).parent / "mistakes.yaml", "mistakes.yaml")


def example_name(example: Block) -> str:
    return f"{example.get('check', '')} {example['to']}".strip()


def broken(example: Block, folder: Path) -> Path:
    return broken_copy(folder, example["file"], example["change"], example["to"])


@pytest.mark.parametrize("example", MISTAKES["examples"], ids=example_name)
def test_the_check_named_for_a_mistake_finds_it(example: Block, tmp_path: Path) -> None:
    configs = broken(example, tmp_path)
    documents = read_documents("home-oxygen", configs)
    assert list(misplaced_keys_and_values(documents)) == []
    find = {check.__name__: check for check in CHECKS}[example["check"]]
    found = [str(mistake) for mistake in find(documents)]
    assert any(example["says"] in text for text in found), found
    with pytest.raises(SettingsRefused) as refused:
        load_rule_book("home-oxygen", configs)
    assert example["says"] in str(refused.value)


@pytest.mark.parametrize("example", MISTAKES["shapes"], ids=example_name)
def test_keys_and_values_out_of_place_are_refused(example: Block, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_rule_book("home-oxygen", broken(example, tmp_path))
    assert f"{example['file']}, line " in str(refused.value)
    assert example["says"] in str(refused.value)


def test_every_check_has_an_example() -> None:
    assert {check.__name__ for check in CHECKS} == {example["check"] for example in MISTAKES["examples"]}


def test_no_check_finds_anything_in_sound_files() -> None:
    documents = read_documents("home-oxygen", SECOND)
    assert [str(mistake) for find in CHECKS for mistake in find(documents)] == []


def test_all_mistakes_are_said_at_once_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    configs = broken_copy(tmp_path, FIRST_REVISION, "surgery is absent", "surgry is absent")
    findings = configs / "findings.yaml"
    findings.write_text(findings.read_text(encoding="utf-8").replace("E.1", "E.9"), encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        load_rule_book("home-oxygen", configs)
    places = [line.split(":")[0] for line in str(refused.value).splitlines()]
    assert places == ["findings.yaml, line 4", f"{FIRST_REVISION}, line 57"]
