"""FHIR that nobody in this project wrote: every file of the real data is read, with these counts and amounts, or refused."""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from fhir_files import read_paths

from auditor.errors import ExtractRefused
from auditor.intake.fhir import is_fhir

DATA = Path(os.environ.get("AUDITOR_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data") / "fhir"


def files(name: str) -> list[Path]:
    if not (DATA / name).is_dir():
        pytest.skip("no real data: fhir is not in ../shared/data, nor in the folder that AUDITOR_REAL_DATA names")
    return [path for path in sorted((DATA / name).iterdir()) if path.suffix in (".json", ".ndjson")]


def total(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row.get(column, "0")) for row in rows), Decimal(0))


def test_claims_of_a_medicare_server(tmp_path: Path) -> None:
    found = read_paths(tmp_path, files("eob_bfd/r4"))
    rows = found["claim_lines"]
    assert found.resources == 15
    differing = [row for row in rows if row.get("fault") == "versions of one resource differ"]
    assert (len(rows), len(differing), {row["claim_id"] for row in differing}) == (15, 9, {"9991831999"})
    assert len({row["claim_id"] for row in rows}) == 7
    assert {row["member_id"] for row in rows} == {"567834"}
    assert found["members"] == [
        {"member_id": "567834", "birth_date": "1981-03-17", "sex": "M", "source_file": "patientRead.json", "source_row": 1}
    ]
    assert found.notices == (
        "FHIR resources that the audit does not need: 1 ExplanationOfBenefit (pharmacy).",
        "FHIR resources given once more in the same words, and counted once: 4.",
        "FHIR claims paid as a whole, with no amount on a line, so that their lines have no paid amount: 4.",
    )
    assert not [row for row in rows if "fault" in row and row not in differing]


@pytest.mark.parametrize(
    ("name", "lines", "charged", "allowed", "paid"),
    [
        ("eobReadCarrier.json", 1, "75.00", "47.84", "37.50"),
        ("eobReadOutpatient.json", 1, "999.85", "0", "5000.00"),
        ("eobReadInpatient.json", 1, "84888.88", "0", "0"),
        ("eobReadHha.json", 1, "25.00", "0", "26.00"),
        ("eobReadSnf.json", 1, "95.00", "0", "0"),
    ],
)
def test_amounts_of_each_kind_of_claim(tmp_path: Path, name: str, lines: int, charged: str, allowed: str, paid: str) -> None:
    rows = read_paths(tmp_path, [path for path in files("eob_bfd/r4") if path.name == name])["claim_lines"]
    assert len(rows) == lines
    sums = [total(rows, column) for column in ("charge_amount", "allowed_amount", "paid_amount")]
    assert sums == [Decimal(charged), Decimal(allowed), Decimal(paid)]


def test_codes_of_an_inpatient_claim(tmp_path: Path) -> None:
    found = read_paths(tmp_path, [path for path in files("eob_bfd/r4") if path.name == "eobReadInpatient.json"])
    [row] = found["claim_lines"]
    assert row["claim_id"] == "333333222222"
    assert (row["claim_type"], row["bill_type_code"], row["frequency_code"]) == ("institutional", "0111", "1")
    assert (row["hcpcs_code"], row["revenue_center_code"], row["service_unit_quantity"]) == ("M55", "6767", "77")
    assert (row["claim_line_start_date"], row["claim_line_end_date"]) == ("2016-01-15", "2016-01-27")
    assert (row["admission_date"], row["discharge_date"], row["received_date"]) == ("2016-01-15", "2016-01-27", "2016-02-26")
    assert [row[f"diagnosis_code_{n}"] for n in range(1, 8)] == ["A40", "A52", "A06", "A15", "B01", "A01", "A02"]
    assert (row["procedure_code_type"], row["procedure_code_6"], row["procedure_date_6"]) == ("icd10pcs", "F00ZCKZ", "2016-01-24")
    # the admitting diagnosis is a suspicion: it proves nothing
    assert [(event["code"], event["status"]) for event in found["events"]] == [("A37", "preliminary")]


def test_two_versions_of_icd_on_one_claim_are_kept_apart(tmp_path: Path) -> None:
    found = read_paths(tmp_path, [path for path in files("eob_bfd/r4") if path.name == "eobReadHha.json"])
    [row], [event] = found["claim_lines"], found["events"]
    assert (row["diagnosis_code_type"], row["diagnosis_code_1"]) == ("icd10cm", "B01")
    assert (event["code_system"], event["code"], event["document_id"]) == ("icd9cm", "53081", "2925555555")


@pytest.mark.parametrize("name", ["eobReadCarrier.json", "eobReadInpatient.json"])
def test_the_same_claims_in_stu3_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExtractRefused, match=rf"^{name}: is FHIR STU3 \(ExplanationOfBenefit has information\), .*R4") as refused:
        read_paths(tmp_path, [path for path in files("eob_bfd/stu3") if path.name == name])
    assert "567834" not in str(refused.value)


def test_a_bulk_export(tmp_path: Path) -> None:
    found = read_paths(tmp_path, [path for path in files("bulk_synthea") if path.name != "log.ndjson"])
    assert found.resources == 13 + 555 + 1215 + 2056
    assert len(found["members"]) == 13
    assert Counter(row["source_file"].split(".")[0] for row in found["events"]) == {"Condition": 555, "Encounter": 1215, "Procedure": 2056}
    assert {row["status"] for row in found["events"]} == {"present"}
    assert not [row for row in found["events"] if "fault" in row or "facility" not in row]


def test_the_log_of_an_export_is_no_fhir() -> None:
    [log] = [path for path in files("bulk_synthea") if path.name == "log.ndjson"]
    assert not is_fhir(log.read_bytes(), log.name)


def test_examples_of_us_core_tell_of_a_patient_who_is_not_there(tmp_path: Path) -> None:
    found = read_paths(tmp_path, files("uscore"))
    assert sorted(row["member_id"] for row in found["members"]) == ["child-example", "infant-example"]
    assert {(row["fault_column"], row["fault"]) for row in found["events"]} == {("member_id", "reference leads nowhere")}
    assert sorted((row["code"], row.get("value"), row.get("unit")) for row in found["events"] if "value" in row) == [
        ("2708-6", "95", "%"),
        ("2708-6", "99", "%"),
        ("3151-8", "6", "L/min"),
    ]
