"""Values come out as they were typed, with the line they stand on; what could be misread is refused."""

from datetime import date
from pathlib import Path

import pytest

from auditor.errors import SettingsRefused
from auditor.yaml_lines import parse_yaml, read_value, read_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("0012", "0012"),
        ("0", 0),
        ("-72", -72),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0.10", 0.1),
        ("1e5", "1e5"),
        ("P29.30", "P29.30"),
        ("2020-11-01", date(2020, 11, 1)),
        ("'2020-11-01'", "2020-11-01"),
        ('"94799"', "94799"),
        ("8339-4", "8339-4"),
        ("null", None),
        ("", None),
        ("[a, 1, true]", ["a", 1, True]),
    ],
)
def test_a_scalar_is_what_was_typed(written: str, value: object) -> None:
    found = read_value(written)
    assert found == value
    assert type(found) is type(value) or isinstance(found, list)


def test_every_key_and_item_keeps_its_line() -> None:
    block = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n", "some.yaml")
    assert block["a"].lines == {"b": 2, "c": 3}
    assert block["a"]["c"].lines == [4, 5]
    assert str(block["a"]["c"][1].mistake("d", "is wrong.")) == "some.yaml, line 5: is wrong."


@pytest.mark.parametrize("written", ["no", "true", "0412", "450.00", "2021-02-30", "1e5", "~", "'quoted'", ""])
def test_a_profile_keeps_every_value_as_it_was_written(written: str) -> None:
    block = parse_yaml(f"a:\n  - {{b: {written}}}\n", "some.yaml", typed=False)
    assert block["a"][0]["b"] == written.strip("'")
    assert block["a"].lines == [2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "some.yaml, line 3: a was written on line 1 already."),
        ("- {x: 1, x: 2}", "some.yaml, line 1: the file should hold keys and values"),
        ("a:\n  - {x: 1, x: 2}", "some.yaml, line 2: x was written on line 2 already."),
        ("a: b: c", "some.yaml, line 1: this cannot be read as keys and values: a colon too many"),
        ("a:\n\tb: 1", "some.yaml, line 2: this cannot be read as keys and values: a tab stands where spaces belong"),
        ("a: {x: 1, y: 2", "some.yaml, line 2: this cannot be read as keys and values: a comma is missing, or a bracket"),
        ("a:\n  b: 1\n c: 2", "some.yaml, line 3: this cannot be read as keys and values: this line is indented otherwise"),
        ("- a\nb: 1", "some.yaml, line 2: this cannot be read as keys and values: a list ends here"),
        ("a: 1\nb c\nd: 1", "some.yaml, line 3: this cannot be read as keys and values: a colon"),
        ("a: 'x\nb: 1", "some.yaml, line 2: this cannot be read as keys and values: a quote"),
        ("? [a, b]\n: 1", "some.yaml, line 1: a key should be one word"),
        ("a: 2021-02-30", "some.yaml, line 1: 2021-02-30 is no day of the calendar."),
        ("", "some.yaml, line 1: the file should hold keys and values"),
        ("a: &one 1\nb: *one", "some.yaml, line 2: write the value out"),
        ("a: \x07", "some.yaml: holds a character that YAML does not allow."),
        ("a: !!python/name:os.system 1", "some.yaml, line 1: tags such as !!python/name:os.system"),
    ],
)
def test_what_could_be_misread_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        parse_yaml(text, "some.yaml")
    assert str(refused.value).startswith(message)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"concepts\.yaml: cannot be read"):
        read_yaml(tmp_path / "none.yaml", "concepts.yaml")
