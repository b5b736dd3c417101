"""configs/letters.yaml: what it says, and each mistake that can be made in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from auditor.errors import SettingsRefused
from auditor.letters import LetterPlan, Wording, load_letters
from auditor.places import configs_folder
from auditor.policy import RuleBook, load_rule_book

SHIPPED = configs_folder() / "letters.yaml"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rule_book("pacificsource-ino", configs_folder(), {})


def load(folder: Path, text: str, book: RuleBook) -> LetterPlan:
    (folder / "letters.yaml").write_text(text, encoding="utf-8")
    return load_letters(folder, book)


def test_the_shipped_file_fills_no_slot_and_says_what_to_send_of_every_document(book: RuleBook) -> None:
    plan = load_letters(configs_folder(), book)
    assert not plan.return_address
    assert plan.answer_within == "no_response_days"
    for wording in plan.wording:
        assert (wording.notice_wording, wording.appeal_rights, wording.appeal_days) == (None, None, None)
    documents = {document for fact in book.concepts.facts.values() for document in fact.documents}
    assert set(plan.documents) == documents


def test_the_shipped_file_has_a_question_for_every_paragraph_that_asks_records(book: RuleBook) -> None:
    plan = load_letters(configs_folder(), book)
    asked = {leaf.key for policy in book.policies for leaf in policy.leaves()}
    assert asked == {key for key, words in plan.paragraphs.items() if words.asks} & asked
    for words in plan.paragraphs.values():
        assert words.asks is None or words.asks.endswith("?")
        assert words.requires is None or words.requires.endswith(".")


def test_words_of_another_policy_are_left_alone(tmp_path: Path, book: RuleBook) -> None:
    assert not load(tmp_path, f"{HEAD}paragraphs:\n  another: {{I.A.age: {{asks: What?}}}}\n", book).paragraphs


def test_slots_of_a_state_come_before_those_of_every_state() -> None:
    plan = LetterPlan(wording=(Wording("medicaid", appeal_days=30), Wording("medicaid", ("OR",), appeal_days=60)))
    assert plan.wording_of("medicaid", "OR").appeal_days == 60
    assert plan.wording_of("medicaid", "WA").appeal_days == 30
    assert plan.wording_of("commercial", "OR") == Wording("commercial")


HEAD = "source: s\nanswer_within: 30\nanswer_citation: contract\n"
MISTAKES = {
    "a key nobody reads": (
        f"{HEAD}return_adress: [A]\n",
        "letters.yaml, line 4: the file takes no return_adress. Did you mean return_address?",
    ),
    "a slot that is written and empty": (f"{HEAD}contact:\n", "letters.yaml, line 4: contact has no value."),
    "a document nearly named": (
        f"{HEAD}documents:\n  echo reports: all of them\n",
        "letters.yaml, line 5: no fact names the document echo reports. Did you mean echo report?",
    ),
    "a paragraph that the policy does not have": (
        f"{HEAD}paragraphs:\n  pacificsource-ino:\n    I.A.aged: {{asks: When?}}\n",
        "letters.yaml, line 6: the policy has no paragraph I.A.aged. Did you mean I.A.age?",
    ),
    "a reading nearly named": (
        "source: s\nanswer_within: no_respnse_days\nanswer_citation: c\n",
        "letters.yaml, line 2: the policy has no reading no_respnse_days. Did you mean no_response_days?",
    ),
    "no days": (HEAD.replace("30", "0"), "letters.yaml, line 2: answer_within should be"),
    "a line nobody has": (
        f"{HEAD}wording:\n  - {{line: comercial}}\n",
        "letters.yaml, line 5: line: comercial is not known here. Did you mean commercial?",
    ),
    "a deadline without its source": (
        f"{HEAD}wording:\n  - {{line: medicare, appeal_days: 60}}\n",
        "letters.yaml, line 5: appeal_days and appeal_citation go together",
    ),
    "slots given twice": (
        f"{HEAD}wording:\n  - {{line: medicare}}\n  - {{line: medicare}}\n",
        "letters.yaml, line 6: medicare in every state has its slots on line 5 already.",
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_its_line(text: str, said: str, tmp_path: Path, book: RuleBook) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(tmp_path, text, book)
    assert said in str(refused.value)


def test_what_the_plan_fills_is_read(tmp_path: Path, book: RuleBook) -> None:
    slots = {"notice_wording": "Our notice.", "appeal_rights": "You may appeal.", "appeal_days": 60, "appeal_citation": "our rule 7"}
    filled = {
        **yaml.safe_load(SHIPPED.read_text()),
        "return_address": ["Review", "Box 1"],
        "wording": [{"line": "medicaid", "states": ["OR"]} | slots],
    }
    plan = load(tmp_path, yaml.safe_dump(filled), book)
    assert plan.return_address == ("Review", "Box 1")
    assert plan.wording_of("medicaid", "OR") == Wording("medicaid", ("OR",), **slots)  # type: ignore[arg-type]


def test_a_folder_without_the_file_takes_the_shipped_one(tmp_path: Path, book: RuleBook) -> None:
    assert load_letters(tmp_path, book) == load_letters(configs_folder(), book)
