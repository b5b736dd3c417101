"""The ECMO example, case by case as a nurse would tell it; the guideline is YAML alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_files import Case, merge_facts, read_yaml, write_extract
from cases.comparison import Frames, differences

from auditor import Settings, audit

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
