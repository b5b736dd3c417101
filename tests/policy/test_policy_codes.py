"""Codes are compared in one form, whichever way they were written."""

import pytest
from guidelines import CONFIGS
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.codes import CODE_SYSTEMS, DOTTED, looks_right, normal_code, read_entry, split_prefix, written_forms
from auditor.yaml_lines import read_yaml


@pytest.mark.parametrize(
    ("system", "written", "normal"),
    [
        ("icd10cm", "P29.30", "P2930"),
        ("icd10cm", "q25.4*", "Q254*"),
        ("icd10pcs", "5a1 935z", "5A1935Z"),
        ("icd9pcs", "00.12", "0012"),
        ("hcpcs", " 94002 ", "94002"),
        ("loinc", "8339-4", "8339-4"),
        ("ndc", "64693-002-01", "64693000201"),
        ("ndc", "4693-0002-1", "04693000201"),
        ("ndc", "64693000201", "64693000201"),
        ("revenue", "0412", "0412"),
    ],
)
def test_a_code_is_brought_to_the_form_it_is_compared_in(system: str, written: str, normal: str) -> None:
    assert normal_code(system, written) == normal


@pytest.mark.parametrize(
    ("system", "code", "forms"),
    [
        ("ndc", "64693000201", {"64693000201", "6469300201", "6469300021"}),
        ("ndc", "04693123456", {"04693123456", "4693123456"}),
        ("ndc", "64693*", {"64693"}),
        ("hcpcs", "00001", {"00001"}),
    ],
)
def test_a_drug_code_may_come_in_ten_digits(system: str, code: str, forms: set[str]) -> None:
    assert set(written_forms(read_entry(system, code))) == forms


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("icd10cm", "29P30"),
        ("icd10pcs", "5A1935"),
        ("icd10pcs", "5AO935Z"),
        ("hcpcs", "9400"),
        ("ndc", "6469300020"),
        ("loinc", "83394"),
        ("revenue", "412"),
        ("snomed", "12"),
        ("icd10cm", "*"),
        ("icd10cm", "P2-*"),
    ],
)
def test_a_code_its_system_cannot_hold_is_seen(system: str, code: str) -> None:
    assert not looks_right(system, code)


@given(st.sampled_from(sorted(CODE_SYSTEMS)), st.from_regex(r"[0-9A-Za-z. -]{1,12}\*?", fullmatch=True))
def test_normalising_twice_changes_nothing_more(system: str, code: str) -> None:
    once = normal_code(system, code)
    assert normal_code(system, once) == once


def test_a_prefix_is_a_code_with_a_star() -> None:
    assert split_prefix("J96*") == ("J96", True)
    assert split_prefix("J960") == ("J960", False)


def test_the_systems_are_those_that_extracts_use_and_are_written_alike() -> None:
    systems = read_yaml(CONFIGS / "code_systems.yaml", "code_systems.yaml")
    only_on_claim_lines = {"revenue"}
    assert set(systems) | only_on_claim_lines == set(CODE_SYSTEMS)
    assert {name for name, block in systems.items() if block["written"] == "undotted"} == set(DOTTED)
