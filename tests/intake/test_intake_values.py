"""Money, codes and words as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from extracts import CLAIM, CLAIM_ROW, claim_rows, event_rows

MONEY = [
    ("1,234.50", 123450),
    ("$12", 1200),
    ("(12.00)", -1200),
    ("($1,000.5)", -100050),
    ("-3.5", -350),
    ("-$3.50", -350),
    ("$-3.50", -350),
    (".5", 50),
    ("0", 0),
    ("12.3400", 1234),
    ("9999999999.99", 999999999999),
]


@pytest.mark.parametrize(("text", "cents"), MONEY)
def test_money_is_whole_cents(tmp_path: Path, text: str, cents: int) -> None:
    (row,) = claim_rows(tmp_path, f'{CLAIM},paid_amount\n{CLAIM_ROW},"{text}"\n')
    assert row["paid_cents"] == cents
    assert "fault" not in row


@pytest.mark.parametrize("text", ["12.345", "1,23", "1.234,50", "$", "(5", "5)", "1e3", "--5", "twelve", "99999999999999999", "12 USD"])
def test_what_is_not_money_is_a_fault(tmp_path: Path, text: str) -> None:
    (row,) = claim_rows(tmp_path, f'{CLAIM},paid_amount\n{CLAIM_ROW},"{text}"\n')
    assert row["fault"] == "amount is not money"
    assert "paid_cents" not in row


CODES = [
    ("revenue_center_code", "450.00", "0450"),
    ("revenue_center_code", "412", "0412"),
    ("frequency_code", "1.00", "1"),
    ("frequency_code", "07", "7"),
    ("frequency_code", "7.0", "7"),
    ("frequency_code", "0117", "7"),
    ("frequency_code", "117", "7"),
    ("frequency_code", "11g", "G"),
    ("frequency_code", "17", "17"),
    ("frequency_code", "0", "0"),
    ("bill_type_code", "0111", "0111"),
    ("ndc_code", "1234-5678-90", "01234567890"),
    ("ndc_code", "12345-678-90", "12345067890"),
    ("ndc_code", "12345-6789-0", "12345678900"),
    ("ndc_code", "12345678901", "12345678901"),
    ("ndc_code", "12345-6789-01", "12345678901"),
    ("ndc_code", "1234567890", "1234567890"),
    ("ndc_code", "n4 12345678901", "12345678901"),
    ("ndc_code", "N412345678901 UN1", "12345678901"),
    ("ndc_code", "N41234567890 ML10.00", "1234567890"),
    ("ndc_code", "N412345-678-90 F2 1.5", "12345067890"),
    ("ndc_code", "12345678901ML2", "12345678901"),
    ("ndc_code", "12345678901 2", "123456789012"),
    ("ndc_code", "N4", "N4"),
    ("diagnosis_code_1", "p29.30", "P2930"),
    ("diagnosis_code_2", "250.00", "25000"),
    ("procedure_code_1", "3e 0f7s d", "3E0F7SD"),
    ("hcpcs_modifier_1", "gp", "GP"),
    ("rendering_npi", "1234567890.0", "1234567890"),
    ("state", " or ", "OR"),
    ("diagnosis_code_type", "ICD-10-CM", "icd10cm"),
    ("procedure_code_type", "ICD9 Proc", "icd9pcs"),
]


@pytest.mark.parametrize(("column", "text", "code"), CODES)
def test_codes_are_written_as_their_systems_do(tmp_path: Path, column: str, text: str, code: str) -> None:
    (row,) = claim_rows(tmp_path, f"{CLAIM},{column}\n{CLAIM_ROW},{text}\n")
    assert row[column] == code


SYSTEMS = [
    ("ICD-10-CM", "p29.30", "icd10cm", "P2930"),
    ("icd10", "P29.30", "icd10cm", "P2930"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "P29.30", "icd10cm", "P2930"),
    ("http://www.cms.gov/Medicare/Coding/ICD10", "3e0f7sd", "icd10pcs", "3E0F7SD"),
    ("ICD9", "250.00", "icd9cm", "25000"),
    ("CPT-4", "00001.0", "hcpcs", "00001"),
    ("http://www.ama-assn.org/go/cpt", "00001", "hcpcs", "00001"),
    ("http://loinc.org", "59408-5", "loinc", "59408-5"),
    ("SNOMED-CT", "123456789", "snomed", "123456789"),
    ("RxNorm", "1234.0", "rxnorm", "1234"),
    ("NDC", "1234-5678-90", "ndc", "01234567890"),
    ("NDC", "N464693000201 UN1", "ndc", "64693000201"),
    ("House List", "a-1", "house_list", "A-1"),
]


@pytest.mark.parametrize(("system", "text", "name", "code"), SYSTEMS)
def test_code_systems_are_known_by_many_names(tmp_path: Path, system: str, text: str, name: str, code: str) -> None:
    (row,) = event_rows(tmp_path, f"member_id,start,code_system,code\nM1,2026-01-05,{system},{text}\n")
    assert (row["code_system"], row["code"]) == (name, code)


def test_words_and_texts_are_tidied(tmp_path: Path) -> None:
    header = "member_id,start,concept,status,text,value"
    (row,) = event_rows(tmp_path, f"{header}\n M1\u00a0,2026-01-05,Inhaled Nitric-Oxide,Not tolerated,  as said ,\t40\t\n")
    assert (row["member_id"], row["concept"], row["status"]) == ("M1", "inhaled_nitric_oxide", "not_tolerated")
    assert (row["text"], row["value"]) == ("as said", "40")


def test_an_end_left_empty_is_the_start(tmp_path: Path) -> None:
    (row,) = claim_rows(tmp_path, f"{CLAIM},claim_line_end_date\n{CLAIM_ROW},\n")
    assert row["claim_line_end_date"] == row["claim_line_start_date"]
