"""A rule book is what its files say, with readings resolved; a second guideline needs no Python."""

import pickle
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from guidelines import CONFIGS, FIRST_REVISION, SECOND, broken_copy

from auditor.errors import SettingsRefused
from auditor.policy import Condition, Consequence, RuleBook, load_rule_book, warnings
from auditor.policy.check_numbers import missing_paragraphs
from auditor.policy.documents import read_documents
from auditor.policy.load import read_policy
from auditor.policy.readings import with_readings


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rule_book("home-oxygen", SECOND)


def test_the_shipped_policy_is_sound() -> None:
    policy = load_rule_book("pacificsource-ino", CONFIGS).policies[0]
    assert policy.effective == date(2020, 11, 1)
    assert [criterion.key for criterion in policy.criteria] == ["I", "II"]


def test_a_family_holds_all_its_revisions_and_a_path_only_one(book: RuleBook) -> None:
    assert [policy.revision for policy in book.policies] == ["2021-01-01", "2022-07-01"]
    alone = load_rule_book(str(SECOND / FIRST_REVISION), CONFIGS)
    assert [policy.revision for policy in alone.policies] == ["2021-01-01"]
    assert set(alone.concepts.facts) == {"lung_disease", "surgery", "age_at_start_days", "oxygen_need"}


@pytest.mark.parametrize(
    ("day", "revision"),
    [
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), "2021-01-01"),
        (date(2022, 6, 30), "2021-01-01"),
        (date(2022, 7, 1), "2022-07-01"),
    ],
)
def test_the_revision_in_force_is_the_last_to_take_effect(book: RuleBook, day: date, revision: str | None) -> None:
    policy = book.in_force(day)
    assert (policy.revision if policy else None) == revision


def test_a_revision_knows_when_the_next_takes_over(book: RuleBook) -> None:
    assert [policy.next_effective for policy in book.policies] == [date(2022, 7, 1), None]


def test_criteria_come_in_outline_order(book: RuleBook) -> None:
    keys = [criterion.key for criterion in book.policies[0].walk()]
    assert keys == ["1", "1.a", "1.a.i", "1.a.ii", "1.b", "1.b.i", "1.b.ii", "2", "2.a", "2.b", "E.1"]
    assert [leaf.key for leaf in book.policies[0].leaves()] == ["1.a.i", "1.a.ii", "1.b.i", "1.b.ii", "2.b", "E.1"]


def test_conditions_carry_the_value_and_the_name_of_a_reading(book: RuleBook) -> None:
    policy = book.policies[0]
    assert policy.criterion("1.a").applies_when == Condition("age_at_start_days", "<", 365, "age_limit_days")
    assert policy.criterion("1.a.ii").condition == Condition("age_at_start_days", "<=", 300)
    assert policy.criterion("1.b.ii").condition == Condition("scan_counts", "is", True, None, constant=True)


def test_consequences_resolve_readings_and_add_hours(book: RuleBook) -> None:
    policy = book.policies[0]
    by_age = Condition("age_at_start_days", "<", 365, "age_limit_days")
    assert policy.criterion("1.a.ii").if_not_met == (Consequence(by_age, "medical_review", reading="late_action"),)
    assert policy.criterion("2.b").if_not_met == (Consequence(None, "truncate", 60.0, ("1.b",)),)
    assert policy.criterion("2.b").from_hour == 48.0
    assert policy.criterion("E.1").overridden_by == ("1.a",)


def test_roles_and_exposure_are_lists_of_names(book: RuleBook) -> None:
    policy = book.policies[0]
    assert policy.roles == {"initiation": ("1",), "continuation": ("2",), "pathways": ("1.a", "1.b"), "population": ("1.a.ii",)}
    assert policy.exposure["segments"] == ("oxygen",)


def test_a_finding_keeps_what_it_says_and_leaves_the_rest_to_its_criterion(book: RuleBook) -> None:
    states = {state.state: state for state in book.findings["H-01"].states}
    assert states["F"].says == "The record says there is none."
    assert states["U"].says is None
    assert [state.state for state in book.findings["H-02"].states] == [""]


def test_an_override_reaches_every_revision_and_all_that_names_it() -> None:
    book = load_rule_book("home-oxygen", SECOND, {"age_limit_days": 100, "look_back_h": 12, "late_action": "not_met"})
    for policy in book.policies:
        applies = policy.criterion("1.a").applies_when
        assert applies is not None
        assert applies.value == 100
        assert policy.criterion("2.b").if_not_met[0].after_hours == 24.0
        assert policy.criterion("1.a.ii").if_not_met[0].then == "not_met"


def test_an_override_given_as_text_is_read_as_the_file_would_be() -> None:
    text = {
        "age_limit_days": "100",
        "scan_counts": "false",
        "state_rules": "[Rule 7]",
        "late_action": "not_met",
        "low_saturation": 1,
    }
    policy = load_rule_book("home-oxygen", SECOND, text).policies[0]
    assert [policy.value(name) for name in text] == [100, False, ("Rule 7",), "not_met", 1.0]
    assert isinstance(policy.value("low_saturation"), float)
    assert policy.criterion("1.b.ii").condition == Condition("scan_counts", "is", True, None, constant=False)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"age_limt_days": 3}, "the readings that were set: age_limt_days is no reading. Did you mean age_limit_days?"),
        ({"age_limit_days": "old"}, "age_limit_days should be a number, such as 365, not old."),
        ({"age_limit_days": "-5"}, "age_limit_days cannot be below zero, and is -5. Give zero or more."),
        ({"low_saturation": -0.1}, "low_saturation cannot be below zero, and is -0.1. Give zero or more."),
        ({"late_action": "medical_reviw"}, "late_action cannot be medical_reviw. Did you mean medical_review?"),
        ({"scan_counts": 1}, "scan_counts should be true or false, such as true, not 1."),
        ({"sources": ["chrt"]}, "sources cannot be chrt. Did you mean chart?"),
        ({"sources": "chart"}, "sources should be a list, such as [chart, claim], not chart."),
        ({"bound_paragraphs": ["1.c"]}, "2.b binds lists 1.c, which is no paragraph of this policy."),
    ],
)
def test_an_override_that_cannot_be_is_refused(overrides: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_rule_book("home-oxygen", SECOND, overrides)
    assert message in str(refused.value)


def test_a_what_if_leaves_the_document_as_it_was() -> None:
    document = read_documents("home-oxygen", SECOND).policies[0]
    changed = with_readings(document, {"age_limit_days": 10})
    assert read_policy(document).value("age_limit_days") == 365
    assert read_policy(changed).value("age_limit_days") == 10
    assert changed["readings"].lines == document["readings"].lines


def test_a_rule_book_is_the_same_each_time_and_travels_between_processes(book: RuleBook) -> None:
    assert load_rule_book("home-oxygen", SECOND) == book
    assert pickle.loads(pickle.dumps(book)) == book


def test_a_policy_nobody_wrote_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsRefused, match=r"Did you mean home-oxygen\?"):
        load_rule_book("home-oxigen", SECOND)


def test_files_beside_the_policy_win_over_those_of_configs(tmp_path) -> None:
    policy = copytree(SECOND / "policies", tmp_path / "mine") / FIRST_REVISION.split("/")[1]
    (tmp_path / "findings.yaml").write_text("findings: {}\n", encoding="utf-8")
    book = load_rule_book(str(policy), SECOND)
    assert book.findings == {}
    assert set(book.value_sets) == {"lung_disease", "saturation_codes", "oxygen_services"}


def test_warnings_speak_of_unsigned_readings_passed_reviews_and_unused_sets(tmp_path) -> None:
    configs = broken_copy(tmp_path, "concepts.yaml", ", codes: saturation_codes", "")
    said = warnings(load_rule_book("home-oxygen", configs), as_of=date(2024, 1, 1))
    assert said[0].startswith("policies/home-oxygen.2021-01-01.yaml: 9 of 10 readings are not signed (signed_by): age_limit_days, ")
    assert "low_saturation" not in said[0]
    late = "revision 2022-07-01 was to be reviewed by 2023-01-01. Is there a newer one?"
    assert said[2] == f"policies/home-oxygen.2022-07-01.yaml: {late}"
    assert said[3] == "value_sets/saturation_codes.yaml: nothing uses it. Name what does under used_by, or remove it."
    lacking = "an audit asks for readings that are not there: age_anchor, age_method, "
    assert [text.split(": ", 1)[1].startswith(lacking) for text in said] == [False] * 4 + [True] * 2


def test_no_review_has_passed_before_its_date(book: RuleBook) -> None:
    assert not any("reviewed" in said for said in warnings(book, as_of=date(2023, 1, 1)))


def test_a_code_long_past_is_told_and_no_other(tmp_path: Path) -> None:
    def told(configs: Path) -> list[str]:
        return [said for said in warnings(load_rule_book("home-oxygen", configs), as_of=date(2023, 1, 1)) if "Only older records" in said]

    assert told(SECOND) == []
    [said] = told(broken_copy(tmp_path, "value_sets/lung_disease.yaml", "to: 2030-09-30", "to: 2020-12-31"))
    assert said.startswith("value_sets/lung_disease.yaml: J84 was valid until 2020-12-31, and the policy takes effect on 2021-01-01.")


@pytest.mark.parametrize(
    ("labels", "lacking"),
    [
        (["1", "2", "3"], []),
        (["age", "1", "3"], ["2"]),
        (["i", "ii", "iv"], ["iii"]),
        (["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], []),  # an i among letters is no first of anything
        (["b"], ["a"]),
        (["age", "weight"], []),
    ],
)
def test_numbers_left_out_of_a_row_are_found_whatever_they_are(labels: list[str], lacking: list[str], tmp_path: Path) -> None:
    members = "".join(f'          "1.a.{label}": {{statement: Made up., when: lung_disease is present}}\n' for label in labels)
    file = SECOND / FIRST_REVISION
    text = file.read_text(encoding="utf-8")
    begin, end = text.index('          "1.a.i":'), text.index('      "1.b":')
    copy = Path(copytree(SECOND, tmp_path / "configs"))
    (copy / FIRST_REVISION).write_text(text[:begin] + members + text[end:], encoding="utf-8")
    found = [str(mistake) for mistake in missing_paragraphs(read_documents("home-oxygen", copy))]
    assert [said.split("there is no 1.a.")[1].split(" ")[0] for said in found] == lacking
