"""Gaps, contradictions and idle questions of a policy: each check finds its broken example, and a sound policy has none."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from auditor.places import configs_folder
from auditor.policy import RuleBook, load_rule_book
from auditor.workbench.cells import holds_at, number_axes, regions, say_cell
from auditor.workbench.defects import CHECKS, Defect, Walk, defect_text, find_defects

POLICY = "pacificsource-ino"
FILE = "policies/pacificsource-ino.2020-11-01.yaml"

# A change to the shipped policy that breaks it in one way, and what the check named for it then says.
BROKEN = [
    ("patients_nobody_covers", "child_age_years: {value: 18", "child_age_years: {value: 16", "a patient 16 years to 18 years"),
    (
        "patients_nobody_covers",
        "age_at_start_days < ga_applies_under_days",
        "age_at_start_days >= 0",
        "28 days to 17 years and 364 days old",
    ),
    ("pathways_asked_in_vain", "age_limit_days: {value: 14", "age_limit_days: {value: 10", "10 to 27 days old"),
    ("exclusions_of_whom_a_pathway_takes", "when: gestational_age_days < ga_min_days", "when: gestational_age_days >= ga_min_days", "X.1"),
    ("exclusions_of_whom_a_pathway_takes", "when: age_at_start_years >= adult_ei_age", "when: age_at_start_years >= 17", "X.4"),
    ("paragraphs_never_met", "when: cdh is absent", "when: echo_pphn is absent", "I.A.3 can never be met"),
    ("paragraphs_never_met", "age_at_start_days >= neonate_max_days}", "age_at_start_days < 0}", "X.3.age can never be met"),
    ("paragraphs_that_decide_nothing", "when: alkalosis_failed is present", "when: oxygen_100_failed is present", "I.A.2.b changes"),
    ("paragraphs_that_decide_nothing", "when: lung_surgery is present", "when: ph_crisis is present", "I.B.2.surgery.heart changes"),
    ("questions_answered_too_late", "when: echo_done is present", "when: rapid_improvement is present", "I.A.3.echo is asked before"),
    ("bands_that_decide_nothing", "spo2_band_low: {value: 80", "spo2_band_low: {value: 88", "a band of 88 to 100"),
]

PARAGRAPH_OF_AGE = """            when: age_at_start_days < age_limit_days
            if_not_met:
              - {when: age_at_start_days < neonate_max_days, then: late_neonate_action}
"""


@cache
def shipped() -> RuleBook:
    return load_rule_book(POLICY, configs_folder())


def defects_of(book: RuleBook) -> tuple[Defect, ...]:
    return find_defects(book, book.policies[-1])


def test_the_shipped_policy_has_the_defects_of_its_text() -> None:
    told = [(defect.name, defect.paragraphs, sorted({str(one.question) for one in defect.answers})) for defect in defects_of(shipped())]
    assert told == [
        ("patients nobody covers", ("I.A", "I.B"), ["Q8"]),
        ("patients nobody covers", ("I.A", "I.B"), ["Q9"]),
        ("pathways asked in vain", ("I.A",), ["Q4"]),
        ("exclusions of whom a pathway takes", ("I.B", "X.2"), ["Q13"]),
        ("exclusions of whom a pathway takes", ("I.B", "X.3"), ["Q12"]),
        ("questions answered too late", ("I.B.3",), ["Q22"]),
        ("bands that decide nothing", ("II.2",), ["Q30"]),
    ]


@pytest.mark.parametrize(("check", "old", "new", "says"), BROKEN, ids=[f"{one[0]}: {one[2]}" for one in BROKEN])
def test_the_check_named_for_a_defect_finds_it(check: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    configs = Path(copytree(configs_folder(), tmp_path / "configs"))
    text = (configs / FILE).read_text(encoding="utf-8")
    assert old in text
    (configs / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    book = load_rule_book(POLICY, configs)
    [find] = [each for each in CHECKS if each.__name__ == check]
    told = [defect.says for defect in find(Walk(book, book.policies[-1]))]
    assert any(says in text for text in told), told
    assert told != [defect.says for defect in find(Walk(shipped(), shipped().policies[-1]))]


def test_every_check_has_an_example() -> None:
    assert {check.__name__ for check in CHECKS} == {one[0] for one in BROKEN}


def test_a_defect_is_settled_once_its_readings_are_signed() -> None:
    policy = shipped().policies[-1]
    signed = replace(policy, readings={name: replace(one, signed_by="A Director") for name, one in policy.readings.items()})
    assert [defect for defect in find_defects(shipped(), signed) if not defect.is_settled] == []
    assert not any(defect.is_settled for defect in defects_of(shipped()))


def test_a_policy_made_sound_has_no_defect(tmp_path: Path) -> None:
    configs = Path(copytree(configs_folder(), tmp_path / "configs"))
    text = (configs / FILE).read_text(encoding="utf-8")
    for old, new in (
        ("applies_when: age_at_start_days < neonate_max_days", "applies_when: age_at_start_days < age_limit_days"),
        (PARAGRAPH_OF_AGE, "            when: lung_surgery is absent\n"),
        ("adult_ei_age: {value: 19", "adult_ei_age: {value: 18"),
        ("applies_when: age_at_start_days < ga_applies_under_days", "applies_when: age_at_start_days < neonate_max_days"),
        ("            when: rapid_improvement is present", "            when: hypoxic_respiratory_failure is present"),
        (
            "I.B.1.defect: {statement: A congenital heart defect is documented., when: chd is present}",
            "I.B.1.defect: {statement: A congenital heart defect is documented., when: chd is present}\n"
            "              I.B.1.no_hernia: {statement: No hernia., when: cdh is absent}\n"
            "              I.B.1.no_syndrome: {statement: No syndrome., when: ards is absent}",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (configs / FILE).write_text(text, encoding="utf-8")
    concepts = configs / "concepts.yaml"
    concepts.write_text(concepts.read_text(encoding="utf-8").replace("    band: [spo2_band_low, spo2_band_high]\n", ""), encoding="utf-8")
    told = [defect.says for defect in defects_of(load_rule_book(POLICY, configs))]
    assert told == []


def test_no_region_holds_two_answers_to_one_condition() -> None:
    book, policy = shipped(), shipped().policies[-1]
    axes = number_axes(book)
    asked = [condition for _, condition in policy.conditions() if condition.constant is None and condition.fact in axes]
    cells = {cell for region in regions(policy, book) for cell in region.cells}
    for cell in cells:
        inside = range(cell.first, min(cell.last or cell.first + 9000, cell.first + 9000) + 1)
        for condition in asked:
            if axes[condition.fact][0] == cell.axis:
                assert len({holds_at(condition, axes[condition.fact][1], value) for value in inside}) == 1


def test_cells_leave_no_value_out() -> None:
    by_axis: dict[str, set[tuple[int, int | None]]] = {}
    for region in regions(shipped().policies[-1], shipped()):
        for cell in region.cells:
            by_axis.setdefault(cell.axis, set()).add((cell.first, cell.last))
    for spans in by_axis.values():
        ordered = sorted(spans)
        assert ordered[0][0] == 0
        assert ordered[-1][1] is None
        assert [last + 1 for _, last in ordered[:-1] if last is not None] == [first for first, _ in ordered[1:]]


def test_ages_are_said_as_people_say_them() -> None:
    ages = dict.fromkeys(say_cell(region.cells[0]) for region in regions(shipped().policies[-1], shipped()))
    assert list(ages) == [
        "up to 13 days old",
        "14 to 27 days old",
        "28 to 364 days old",
        "1 year to 17 years and 364 days old",
        "in the year of being 18",
        "19 years old or older",
    ]


def test_a_defect_is_told_without_a_word_of_programming() -> None:
    for defect in defects_of(shipped()):
        text = defect_text(defect)
        assert "For example: a" in text
        assert not {"None", "yaml", "key", "node", "null", "dict"} & set(text.replace(".", " ").split())
        assert max(map(len, text.splitlines())) <= 120
