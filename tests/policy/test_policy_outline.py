"""The outline says every paragraph and reading in plain words."""

import io

import pytest
from guidelines import CONFIGS, SECOND
from rich.console import Console

from auditor.policy import load_rule_book, outline, outline_text


def in_terminal(name: str, configs, width: int = 10_000) -> str:
    book = load_rule_book(name, configs)
    console = Console(file=io.StringIO(), width=width)
    console.print(outline(book, book.policies[0]))
    return console.file.getvalue()


def in_markdown(overrides: dict[str, object] | None = None) -> str:
    book = load_rule_book("home-oxygen", SECOND, overrides or {})
    return outline_text(book, book.policies[0])


@pytest.mark.parametrize(("name", "configs"), [("pacificsource-ino", CONFIGS), ("home-oxygen", SECOND)])
def test_nothing_of_the_policy_is_left_out(name: str, configs) -> None:
    book = load_rule_book(name, configs)
    text, terminal = outline_text(book, book.policies[0]), in_terminal(name, configs)
    for criterion in book.policies[0].walk():
        assert f"**{criterion.key}** {criterion.statement}" in text
        assert f"{criterion.key}  {criterion.statement}" in terminal
    for reading in book.policies[0].readings.values():
        assert f"{reading.name}: " in text
        assert reading.why in terminal
    for left in book.policies[0].not_automated:
        assert f"{left.what} {left.why}" in terminal


@pytest.mark.parametrize(
    "said",
    [
        "# Home oxygen for infants (Example Health), revision 2021-01-01",
        "- In force for therapy that begins from 2021-01-01 on, until 2022-07-01.",
        "- **Commercial** in OR and WA: decided by the criteria below.",
        "- **Commercial** medicaid in OR: reviewed case by case (reading oregon_route).",
        "- **1.a** An infant with lung disease. Needed: all of these.",
        "- Asked only where age at the start is under 365 days (reading age_limit_days).",
        "- Met where the record shows lung disease.",
        "- Met where the record rules out surgery.",
        "- Met where age at the start is at most 300.",
        "- Met where the reading scan_counts is true, which holds.",
        "- If not met and age at the start is under 365 days (reading age_limit_days): it goes to medical review (reading late_action).",
        "- Met for each day, from 48 hours after the start on, where the record shows oxygen needed that day.",
        "- If not met, from 60 hours after the start on, for 1.b: later days are not supported.",
        "- The same as 1.",
        "- Goes to the medical director instead where 1.a is met.",
        "Where the record is silent the answer is unknown, never not met.",
        "- Settles it: a statement of “lung disease”, at any time.",
        "- Settles it: a code for “lung disease” (lung_disease: chronic or acute), from 48 hours before the start to the start.",
        "; speaks for it when present or preliminary, never against it.",
        "from the start to 30 days after the start",
        "- Ask for: discharge summary.",
        "- **H1** age_limit_days: 365 days. An infant is in the first year. Not signed yet.",
        "- low_saturation: 0.9 fraction. Made up. Signed by A. Nurse, 2021-02-03.",
        "- state_rules: none named. None was found. Not signed yet.",
        "It can be medical_review or not_met.",
        "- **1.b** Whether surgery is planned. Plans are told to people.",
    ],
)
def test_it_says(said: str) -> None:
    assert said in in_markdown()


def test_a_what_if_is_seen_in_the_outline() -> None:
    text = in_markdown({"scan_counts": False, "state_rules": ["Rule 7"]})
    assert "Met where the reading scan_counts is true, which does not hold." in text
    assert "never against it. Not counted under the present readings." in text
    assert "medicaid in OR: decided by other rules, Rule 7 (reading state_rules)." in text


def test_brackets_are_not_taken_for_markup() -> None:
    assert "sources: [chart, claim]." in in_terminal("home-oxygen", SECOND)
