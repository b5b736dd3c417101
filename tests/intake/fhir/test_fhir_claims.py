"""What claims say: amounts, versions, status, codes and pointers, who bills, which plan pays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_files import HCPCS, ICD10, amount, benefit, concept, item, read

CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
TIN = "urn:oid:2.16.840.1.113883.4.4"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
PERFORMING = concept(f"{CARIN}C4BBClaimCareTeamRole", "performing")
NPI = "http://hl7.org/fhir/sid/us-npi"


def line(folder: Path, *others: dict[str, Any], **fields: Any) -> dict[str, Any]:
    [row] = read(folder, benefit(**fields), *others)["claim_lines"]
    return row


def test_a_line_with_its_money_and_codes(tmp_path: Path) -> None:
    told = [amount("submitted", 1105.5), amount("eligible", 663), amount("benefit", 596.7)]
    found = line(
        tmp_path,
        identifier=[{"type": concept(f"{CARIN}C4BBIdentifierType", "uc"), "value": "C77"}],
        item=[item(adjudication=told, modifier=[concept(HCPCS, "26")], quantity={"value": 2, "unit": "HR"}, noteNumber=[1])],
        processNote=[{"number": 1, "text": "gas by the hour"}],
        payment={"date": "2026-02-01"},
    )
    assert (found["claim_id"], found["claim_line_number"], found["claim_status"]) == ("C77", "1", "paid")
    assert (found["charge_amount"], found["allowed_amount"], found["paid_amount"]) == ("1105.5", "663", "596.7")
    assert (found["hcpcs_code"], found["hcpcs_modifier_1"], found["unit_of_measure"]) == ("99999", "26", "HR")
    assert (found["line_description"], found["paid_date"], found["claim_type"]) == ("gas by the hour", "2026-02-01", "professional")


def test_what_was_paid_to_provider_and_patient_is_added_up(tmp_path: Path) -> None:
    told = [amount(kind, value, f"{CARIN}C4BBAdjudication") for kind, value in (("paidtoprovider", 10.1), ("paidtopatient", 0.2))]
    assert line(tmp_path, item=[item(adjudication=told)])["paid_amount"] == "10.3"


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ([amount("benefit", 1), amount("benefit", 2)], "two amounts of one kind differ"),
        ([amount("benefit", 1, currency="EUR")], "amount is not in dollars"),
        ([amount("benefit", [1])], "field is of the wrong kind"),
    ],
)
def test_amounts_that_cannot_be_trusted_set_their_line_aside(tmp_path: Path, told: list[dict[str, Any]], fault: str) -> None:
    rows = read(tmp_path, benefit(item=[item(adjudication=told), item(sequence=2)]))["claim_lines"]
    assert [(row["claim_line_number"], row.get("fault")) for row in rows] == [("1", fault), ("2", None)]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "paid"),
        ({"status": "cancelled"}, "reversed"),
        ({"status": "entered-in-error"}, "reversed"),
        ({"status": "draft"}, "pending"),
        ({"outcome": "queued"}, "pending"),
        ({"related": [{"relationship": concept(f"{CARIN}C4BBRelatedClaimRelationshipCodes", "replacedby")}]}, "reversed"),
        ({"adjudication": [{"reason": concept(f"{CARIN}C4BBPayerAdjudicationStatus", "denied")}]}, "denied"),
    ],
)
def test_what_became_of_a_claim(tmp_path: Path, fields: dict[str, Any], status: str) -> None:
    assert line(tmp_path, **fields)["claim_status"] == status


def test_one_line_denied(tmp_path: Path) -> None:
    denied = {"reason": concept(f"{CARIN}C4BBPayerAdjudicationStatus", "denied")}
    rows = read(tmp_path, benefit(item=[item(adjudication=[denied]), item(sequence=2)]))["claim_lines"]
    assert [row["claim_status"] for row in rows] == ["denied", "paid"]


@pytest.mark.parametrize(
    "prior",
    [
        {"reference": {"value": "C1"}},
        {"claim": {"reference": "ExplanationOfBenefit/old"}},
        {"claim": {"reference": "https://example.org/fhir/ExplanationOfBenefit/old/_history/3"}},
    ],
)
def test_a_replacement_names_the_claim_before_it(tmp_path: Path, prior: dict[str, Any]) -> None:
    old = benefit(id="old", identifier=[{"type": concept(f"{CARIN}C4BBIdentifierType", "uc"), "value": "C1"}])
    related = [{"relationship": concept("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior"), **prior}]
    rows = read(tmp_path, old, benefit(id="new", related=related))["claim_lines"]
    [new] = [row for row in rows if row["claim_id"] == "new"]
    assert (new["original_claim_id"], new["frequency_code"]) == ("C1", "7")


def without_systems(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: without_systems(value) for key, value in tree.items() if key != "system"}
    return [without_systems(one) for one in tree] if isinstance(tree, list) else tree


def test_a_known_code_counts_where_its_system_is_left_out(tmp_path: Path) -> None:
    told = [amount("submitted", 1105.5), amount("eligible", 663), amount("benefit", 596.7)]
    prior = [{"relationship": concept("any", "prior"), "reference": {"value": "C1"}}]
    found = line(tmp_path, **without_systems(benefit(item=[item(adjudication=told)], related=prior)))
    assert (found["charge_amount"], found["allowed_amount"], found["paid_amount"]) == ("1105.5", "663", "596.7")
    assert (found["original_claim_id"], found["frequency_code"], found["claim_type"]) == ("C1", "7", "professional")


def test_a_known_code_of_another_system_says_nothing(tmp_path: Path) -> None:
    assert "paid_amount" not in line(tmp_path, item=[item(adjudication=[amount("benefit", 1, "urn:local")])])


@pytest.mark.parametrize(
    ("money", "adjudication", "counted"),
    [
        ({"payment": {"amount": {"value": 90}}}, [amount("submitted", 100)], 1),
        ({"total": [amount("benefit", 90)]}, [], 1),
        ({"total": [amount("submitted", 100)]}, [], 0),
        ({"payment": {"amount": {"value": 90}}}, [amount("benefit", 90)], 0),
    ],
)
def test_claims_whose_money_is_on_no_line_are_said(tmp_path: Path, money: dict[str, Any], adjudication: list[Any], counted: int) -> None:
    found = read(tmp_path, benefit(item=[item(adjudication=adjudication)], **money))
    assert sum("paid as a whole" in notice and notice.endswith(f": {counted}.") for notice in found.notices) == counted


def test_bill_type_stay_and_dates(tmp_path: Path) -> None:
    info = f"{CARIN}C4BBSupportingInfoType"
    found = line(
        tmp_path,
        supportingInfo=[
            {"category": concept(info, "typeofbill"), "code": concept("https://www.nubc.org/CodeSystem/TypeOfBill", "0117")},
            {"category": concept(info, "admissionperiod"), "timingPeriod": {"start": "2026-01-05T10:00:00-07:00", "end": "2026-01-20"}},
            {"category": concept(info, "clmrecvddate"), "timingDate": "2026-02-01"},
        ],
        billablePeriod={"start": "2026-01-05T00:00:00+00:00", "end": "2026-01-09"},
        item=[{key: value for key, value in item().items() if key != "servicedDate"}],
    )
    assert (found["bill_type_code"], found.get("frequency_code"), found["received_date"]) == ("0117", None, "2026-02-01")
    assert (found["admission_date"], found["discharge_date"]) == ("2026-01-05", "2026-01-20")
    assert (found["claim_line_start_date"], found["claim_line_end_date"]) == ("2026-01-05", "2026-01-09")


def test_diagnoses_come_in_the_order_a_line_points_to_them(tmp_path: Path) -> None:
    diagnoses = [{"sequence": n, "diagnosisCodeableConcept": concept(ICD10, code)} for n, code in enumerate(("P28.5", "P29.30"), 1)]
    found = line(tmp_path, diagnosis=diagnoses, item=[item(diagnosisSequence=[2])])
    assert (found["diagnosis_code_1"], found["diagnosis_code_2"], found["diagnosis_code_type"]) == ("P29.30", "P28.5", "icd10cm")


def test_codes_that_a_line_has_no_column_for_become_events(tmp_path: Path) -> None:
    codes = [concept(ICD10, f"P{n}.0") for n in range(10, 37)] + [concept(ICD9, "747.83")]
    admitting = {"type": [concept(f"{CARIN}C4BBClaimDiagnosisType", "admitting")], "diagnosisCodeableConcept": concept(ICD10, "P28.5")}
    diagnoses = [{"sequence": n, "diagnosisCodeableConcept": code} for n, code in enumerate(codes, 1)]
    found = read(tmp_path, benefit(diagnosis=[admitting, *diagnoses], item=[item(), item(sequence=2)]))
    assert [row["diagnosis_code_25"] for row in found["claim_lines"]] == ["P34.0", "P34.0"]
    assert sorted((row["code"], row["status"]) for row in found["events"]) == [
        ("747.83", "present"), ("P28.5", "preliminary"), ("P35.0", "present"), ("P36.0", "present"),
    ]  # fmt: skip


def test_who_bills_where_who_performs_and_who_pays(tmp_path: Path) -> None:
    numbers = [{"system": NPI, "value": "1"}, {"system": TIN, "value": "2"}]
    within = [
        {"resourceType": "Organization", "id": "o", "identifier": numbers},
        {"resourceType": "Practitioner", "id": "w", "identifier": [{"system": NPI, "value": "9"}]},
    ]
    place = {"resourceType": "Location", "id": "l", "identifier": [{"system": NPI, "value": "3"}]}
    coverage = {
        "resourceType": "Coverage", "id": "v", "type": concept("https://nahdo.org/sopt", "51"),
        "class": [{"type": concept("http://terminology.hl7.org/CodeSystem/coverage-class", "plan"), "value": "p", "name": "Plan P"}],
    }  # fmt: skip
    specialty = {"qualification": concept("http://nucc.org/provider-taxonomy", "2080N0001X")}
    team = [
        {"sequence": 1, "provider": {"identifier": {"system": NPI, "value": "8"}}, "role": PERFORMING},
        {"sequence": 2, "provider": {"reference": "#w"}, "role": PERFORMING, **specialty},
    ]
    found = line(
        tmp_path, place, coverage, contained=within,
        provider={"reference": "#o"}, facility={"reference": "Location/l"}, careTeam=team, item=[item(careTeamSequence=[2])],
        insurance=[{"focal": False, "coverage": {"reference": "Coverage/x"}}, {"focal": True, "coverage": {"reference": "Coverage/v"}}],
    )  # fmt: skip
    assert (found["billing_npi"], found["billing_tin"], found["facility_npi"]) == ("1", "2", "3")
    assert (found["rendering_npi"], found["rendering_specialty"]) == ("9", "2080N0001X")
    assert (found["line_of_business"], found["plan"]) == ("commercial", "Plan P")


def test_a_claim_that_was_adjudicated_is_told_once(tmp_path: Path) -> None:
    asked = benefit(resourceType="Claim", id="asked", outcome=None)
    other = benefit(resourceType="Claim", id="other", outcome=None)
    found = read(tmp_path, asked, other, benefit(id="answer", claim={"reference": "Claim/asked"}))
    assert sorted((row["claim_id"], row["claim_status"]) for row in found["claim_lines"]) == [("answer", "paid"), ("other", "pending")]
    assert found.notices == ("FHIR claims told by their ExplanationOfBenefit instead: 1.",)


def test_the_title_of_a_public_code_is_not_what_was_billed(tmp_path: Path) -> None:
    charge = {
        "coding": [{"system": HCPCS, "code": "99999", "display": "a title"}, {"system": "urn:charges", "code": "7", "display": "INOMAX"}]
    }
    assert line(tmp_path, item=[item(productOrService=charge)])["line_description"] == "INOMAX"


def test_a_drug_code_in_a_detail_and_a_line_that_only_sums_up(tmp_path: Path) -> None:
    drug = [{"sequence": 1, "productOrService": concept("http://hl7.org/fhir/sid/ndc", "64693-002-02")}]
    details = [{"sequence": n, "productOrService": concept(HCPCS, f"9999{n}")} for n in (1, 2)]
    bare = {"sequence": 2, "servicedDate": "2026-01-06", "productOrService": {"text": "group"}, "detail": details}
    rows = read(tmp_path, benefit(item=[item(detail=drug), bare]))["claim_lines"]
    assert [(row["claim_line_number"], row["hcpcs_code"]) for row in rows] == [("1", "99999"), ("2.1", "99991"), ("2.2", "99992")]
    assert rows[0]["ndc_code"] == "64693-002-02"


@pytest.mark.parametrize("fields", [{"use": "preauthorization"}, {"type": concept(CLAIM_TYPE, "oral")}])
def test_claims_that_bill_no_service_of_this_audit_are_counted(tmp_path: Path, fields: dict[str, Any]) -> None:
    found = read(tmp_path, benefit(**fields))
    assert found["claim_lines"] == []
    assert found.notices[0].startswith("FHIR resources that the audit does not need: 1 ExplanationOfBenefit (")


def test_a_claim_without_lines_is_set_aside(tmp_path: Path) -> None:
    [row] = read(tmp_path, benefit(item=[]))["claim_lines"]
    assert (row["fault"], row["member_id"]) == ("claim has no lines", "m1")
