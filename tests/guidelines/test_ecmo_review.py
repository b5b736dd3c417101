"""The ECMO example, case by case as a nurse would tell it; the guideline is YAML alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from case_files import Case, merge_facts, read_yaml, write_extract
from cases.comparison import Frames, differences

from auditor import Settings, audit
from auditor.places import configs_folder
from auditor.policy import load_rule_book, warnings
from auditor.workbench.defects import find_defects

CASES = Path(__file__).parent / "cases" / "ecmo.yaml"


def read_cases() -> Iterator[Case]:
    common, *stories = read_yaml(CASES)
    for number, story in enumerate(stories, 1):
        yield Case(f"ecmo.{number}", merge_facts(common, story), (), story["expect"])


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    extract = write_extract(read_cases(), tmp_path_factory.mktemp("ecmo"))
    return dict(audit(Settings(paths=(extract,), policy="example-ecmo")).frames)


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.title)
def test_a_case_comes_to_what_it_should(case: Case, frames: Frames) -> None:
    assert (said := list(differences(case, frames))) == [], "\n".join([case.title, *said])


def test_every_defect_of_the_guideline_is_answered_by_a_reading_that_nobody_signed() -> None:
    book = load_rule_book("example-ecmo", configs_folder())
    defects = find_defects(book, book.policies[0])
    assert {reading.name for defect in defects for reading in defect.answers} == {"preterm_action", "bleeding_override_list"}
    assert all(defect.answers and not defect.is_settled for defect in defects)


def test_its_owner_is_told_of_nothing_but_signatures() -> None:
    [said] = warnings(load_rule_book("example-ecmo", configs_folder()), as_of=date(2026, 11, 22))
    assert "readings are not signed" in said
