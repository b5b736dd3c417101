"""The ECMO example, case by case as a nurse would tell it; the guideline is YAML alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from auditor import Settings
from auditor.places import configs_folder
from auditor.policy import load_rule_book, warnings
from auditor.vignettes.bench import find_vignettes, vignettes_folder
from auditor.vignettes.coverage import cover
from auditor.vignettes.files import Vignette
from auditor.vignettes.run import Answer, run_vignettes
from auditor.workbench.defects import find_defects

POLICY = "example-ecmo"
BOOK = load_rule_book(POLICY, configs_folder())
VIGNETTES = find_vignettes(BOOK, vignettes_folder(POLICY, BOOK))


@pytest.fixture(scope="module")
def answers() -> Mapping[Vignette, Answer]:
    return {one.vignette: one for one in run_vignettes(VIGNETTES, Settings(policy=POLICY))}


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.title)
def test_a_vignette_comes_to_what_it_should(vignette: Vignette, answers: Mapping[Vignette, Answer]) -> None:
    assert not (said := answers[vignette].differs), "\n".join([vignette.title, *said])


def test_every_outcome_of_every_paragraph_is_proved(answers: Mapping[Vignette, Answer]) -> None:
    proofs = cover(BOOK.policies[-1], answers.values())
    assert not [f"{proof.key} {outcome.name}" for proof in proofs for outcome in proof.missing]
    # an age that its group applies by is never not met: the group is not asked then
    assert {outcome.name for proof in proofs if proof.key == "E.1.a.age" for outcome in proof.by} == {"MET", "UNKNOWN"}


def test_every_defect_of_the_guideline_is_answered_by_a_reading_that_nobody_signed() -> None:
    defects = find_defects(BOOK, BOOK.policies[0])
    assert {reading.name for defect in defects for reading in defect.answers} == {"preterm_action", "bleeding_override_list"}
    assert all(defect.answers and not defect.is_settled for defect in defects)


def test_its_owner_is_told_of_nothing_but_signatures() -> None:
    [said] = warnings(BOOK, as_of=date(2026, 11, 22))
    assert "readings are not signed" in said
