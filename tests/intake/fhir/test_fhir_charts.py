"""What charts say: statuses, answers, codings, times, units, references to drugs, stays and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_files import ICD10, LOINC, PATIENT, SNOMED, about, concept, lines, read, read_files

PPHN = concept(SNOMED, "233815004")
NIGHT = {"effectiveDateTime": "2026-01-06T03:30:00-07:00"}


def observation(code: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return about("Observation", **{"status": "final", "code": code, **NIGHT, **fields})


def verified(word: str) -> dict[str, Any]:
    return {"verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", word)}


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ({"text": "Refuted"}, "absent"),
        ({"text": "Entered in error"}, "entered_in_error"),
        ({"coding": [{"display": "refuted"}]}, "absent"),
        (concept("urn:local", "R") | {"text": "refuted"}, "absent"),
        ({"text": "probably not"}, "preliminary"),
        (concept("urn:local", "R"), "preliminary"),
        ({"extension": []}, "preliminary"),
    ],
)
def test_a_verification_in_words_or_codes_of_ones_own_is_never_present(tmp_path: Path, stated: dict[str, Any], status: str) -> None:
    condition = about("Condition", code=concept(SNOMED, "233815004"), onsetDateTime="2026-01-06", verificationStatus=stated)
    assert [row["status"] for row in read(tmp_path, condition)["events"]] == [status]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("confirmed", "present"),
        ("unconfirmed", "preliminary"),
        ("provisional", "preliminary"),
        ("differential", "preliminary"),
        ("refuted", "absent"),
        ("entered-in-error", "entered_in_error"),
    ],
)
def test_a_condition_is_as_sure_as_it_is_verified(tmp_path: Path, word: str, status: str) -> None:
    [event] = read(tmp_path, about("Condition", code=PPHN, onsetDateTime="2026-01-06", **verified(word)))["events"]
    assert (event["status"], event["start"], event["member_id"]) == (status, "2026-01-06", "m1")


@pytest.mark.parametrize(
    ("kind", "word", "status"),
    [
        ("Observation", "preliminary", "preliminary"),
        ("Observation", "entered-in-error", "entered_in_error"),
        ("Observation", "amended", "present"),
        ("Observation", "unknown", "preliminary"),
        ("Procedure", "not-done", "absent"),
        ("Procedure", "preparation", "preliminary"),
        ("Procedure", "completed", "present"),
        ("MedicationAdministration", "not-done", "absent"),
        ("MedicationAdministration", "in-progress", "present"),
        ("DiagnosticReport", "partial", "preliminary"),
        ("DeviceUseStatement", "intended", "preliminary"),
    ],
)
def test_statuses(tmp_path: Path, kind: str, word: str, status: str) -> None:
    code = {"medicationCodeableConcept": PPHN} if kind == "MedicationAdministration" else {"code": PPHN}
    if kind == "DeviceUseStatement":
        code = {"device": {"reference": "#d"}, "contained": [{"resourceType": "Device", "id": "d", "type": PPHN}]}
    stem = {"Procedure": "performed", "DeviceUseStatement": "timing"}.get(kind, "effective")
    [event] = read(tmp_path, about(kind, status=word, **code, **{f"{stem}DateTime": "2026-01-06"}))["events"]
    assert (event["status"], event["code"]) == (status, "233815004")


def test_a_status_that_is_no_word_of_fhir_sets_the_resource_aside(tmp_path: Path) -> None:
    found = read(tmp_path, observation(PPHN, status="done"), observation(PPHN, status=None))
    assert [(row["fault_column"], row["fault"], row["member_id"]) for row in found["events"]] == [
        ("status", "not one of the words expected", "m1"),
        ("status", "required value missing", "m1"),
    ]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"valueBoolean": False}, "absent"),
        ({"valueBoolean": True}, "present"),
        ({"valueString": "No"}, "absent"),
        ({"valueString": "No sign of it."}, "preliminary"),
        ({"valueCodeableConcept": concept(SNOMED, "2667000")}, "absent"),
        ({"valueCodeableConcept": concept(SNOMED, "52101004")}, "present"),
        ({"valueCodeableConcept": concept("http://example.org", "x")}, "preliminary"),
        ({"interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]}, "absent"),
    ],
)
def test_an_answer_that_denies_a_finding_never_counts_as_present(tmp_path: Path, answer: dict[str, Any], status: str) -> None:
    [event] = read(tmp_path, observation(PPHN, **answer))["events"]
    assert event["status"] == status


def test_a_missing_value_with_its_reason_says_nothing(tmp_path: Path) -> None:
    reason = concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed")
    found = read(tmp_path, observation(PPHN, dataAbsentReason=reason))
    assert found["events"] == []
    assert found.notices == ("FHIR resources that hold no value or code of their own: 1 Observation.",)


def test_components_are_rows_of_their_own(tmp_path: Path) -> None:
    panel = observation(
        concept(LOINC, "59408-5"),
        valueQuantity={"value": 91, "unit": "%", "code": "%"},
        component=[
            {"code": concept(LOINC, "3151-8"), "valueQuantity": {"value": 6, "unit": "liters/min", "code": "L/min"}},
            {"code": concept(LOINC, "3150-0"), "dataAbsentReason": concept(SNOMED, "1")},
        ],
    )
    rows = read(tmp_path, panel)["events"]
    assert sorted((row["code"], row["value"], row["unit"], row["source_row"]) for row in rows) == [
        ("3151-8", "6", "L/min", 2),
        ("59408-5", "91", "%", 2),
    ]


@pytest.mark.parametrize(
    ("value", "written", "unit"),
    [
        ({"valueString": "34w2d"}, "34w2d", None),
        ({"valueQuantity": {"value": 34.29, "unit": "weeks", "code": "wk"}}, "34.29", "wk"),
        ({"valueQuantity": {"value": 240, "code": "d"}}, "240", "d"),
        ({"valueInteger": 34}, "34", None),
        ({"valueQuantity": {"value": 34, "comparator": "<", "code": "wk"}}, "<34", "wk"),
    ],
)
def test_gestational_age_as_it_is_charted(tmp_path: Path, value: dict[str, Any], written: str, unit: str | None) -> None:
    [event] = read(tmp_path, observation(concept(LOINC, "76516-4"), **value))["events"]
    assert (event["value"], event.get("unit"), event["status"]) == (written, unit, "present")


def test_several_codings_of_one_fact_are_one_row(tmp_path: Path) -> None:
    both = {"coding": [{"system": LOINC, "code": "2708-6"}, {"system": LOINC, "code": "59408-5"}, {"system": "urn:x", "code": "1"}]}
    [event] = read(tmp_path, observation(both, valueQuantity={"value": 95, "code": "%"}))["events"]
    assert event["code"] == "2708-6"


def test_of_several_codings_the_one_that_our_value_sets_know_is_kept(tmp_path: Path) -> None:
    told = {"coding": [{"system": SNOMED, "code": "999999999"}, {"system": ICD10, "code": "P29.30"}]}
    [event] = read(tmp_path, about("Condition", code=told, onsetDateTime="2026-01-06"))["events"]
    assert (event["code_system"], event["code"]) == ("icd10cm", "P29.30")


def test_codings_that_say_different_things_are_both_kept(tmp_path: Path) -> None:
    told = {"coding": [{"system": ICD10, "code": "P28.5"}, {"system": ICD10, "code": "P29.30"}, {"system": SNOMED, "code": "233815004"}]}
    rows = read(tmp_path, about("Condition", code=told, onsetDateTime="2026-01-06"))["events"]
    assert sorted(row["code"] for row in rows) == ["P28.5", "P29.30"]


@pytest.mark.parametrize("written", ["2026", "2026-01", "2026-01-06", "2026-01-06T03:30:00Z", "2026-01-06T03:30:00.500+05:30"])
def test_times_keep_their_precision_and_their_offset(tmp_path: Path, written: str) -> None:
    [event] = read(tmp_path, observation(PPHN, effectiveDateTime=written))["events"]
    assert event["start"] == written


def test_a_drug_given_over_a_stretch_is_a_course_and_its_rate_a_dose(tmp_path: Path) -> None:
    drug = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "582608")
    given = about(
        "MedicationAdministration", status="completed", medicationCodeableConcept=drug,
        effectivePeriod={"start": "2026-01-06T03:30:00-07:00", "end": "2026-01-08T10:00:00-07:00"},
        dosage={"rateQuantity": {"value": 20, "unit": "ppm", "code": "[ppm]"}},
    )  # fmt: skip
    course, dose = sorted(read(tmp_path, given)["events"], key=lambda row: row["concept"])
    assert (course["concept"], course["end"], "code" in course) == ("ino", "2026-01-08T10:00:00-07:00", False)
    assert (dose["concept"], dose["value"], "end" in dose) == ("ino_dose", "20", False)


@pytest.mark.parametrize("within", [True, False])
def test_a_drug_told_by_another_resource(tmp_path: Path, within: bool) -> None:
    medication = {"resourceType": "Medication", "id": "gas", "code": concept("http://hl7.org/fhir/sid/ndc", "64693-002-02")}
    given = about("MedicationAdministration", status="completed", effectiveDateTime="2026-01-06")
    given["medicationReference"] = {"reference": "#gas" if within else "Medication/gas"}
    resources = (given | {"contained": [medication]},) if within else (given, medication)
    [event] = read(tmp_path, *resources)["events"]
    assert (event["code_system"], event["code"]) == ("ndc", "64693-002-02")


def test_a_drug_that_is_told_nowhere_sets_the_row_aside(tmp_path: Path) -> None:
    given = about("MedicationAdministration", status="completed", effectiveDateTime="2026-01-06")
    [event] = read(tmp_path, given | {"medicationReference": {"reference": "Medication/lost"}})["events"]
    assert (event["fault_column"], event["fault"]) == ("code", "reference leads nowhere")


def test_a_dose_of_nothing_shows_no_drug(tmp_path: Path) -> None:
    drug = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "582608")
    given = about("MedicationAdministration", status="completed", effectiveDateTime="2026-01-06", medicationCodeableConcept=drug)
    rows = read(tmp_path, given | {"dosage": {"rateQuantity": {"value": 0, "code": "[ppm]"}}})["events"]
    assert sorted((row.get("concept"), row.get("code"), row["status"]) for row in rows if "code" in row) == [(None, "582608", "absent")]


def test_an_order_is_no_administration(tmp_path: Path) -> None:
    found = read(tmp_path, about("MedicationRequest", status="active", intent="order"))
    assert found["events"] == []
    assert found.notices == ("FHIR resources that the audit does not need: 1 MedicationRequest.",)


def test_a_report_names_its_results_and_its_conclusion(tmp_path: Path) -> None:
    report = about(
        "DiagnosticReport", id="echo-1", status="final", code=concept(LOINC, "18106-5"), effectiveDateTime="2026-01-06",
        conclusion="as expected", conclusionCode=[PPHN], result=[{"reference": "Observation/o1"}],
    )  # fmt: skip
    rows = read(tmp_path, report, observation(PPHN, id="o1", valueBoolean=True))["events"]
    assert [row["document_id"] for row in rows] == ["echo-1"] * 3
    assert sorted(row["code"] for row in rows) == ["18106-5", "233815004", "233815004"]


def test_a_stay_gives_the_place_and_dates_what_has_no_date(tmp_path: Path) -> None:
    stay = about(
        "Encounter", id="e1", status="finished", period={"start": "2026-01-05", "end": "2026-01-20"},
        serviceProvider={"reference": "Organization/h1"},
    )  # fmt: skip
    place = {
        "resourceType": "Organization",
        "id": "h1",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1992700111"}],
    }
    [event] = read(tmp_path, stay, place, about("Condition", code=PPHN, encounter={"reference": "Encounter/e1"}))["events"]
    assert (event["start"], event["end"], event["encounter_id"], event["facility"]) == ("2026-01-05", "2026-01-20", "e1", "1992700111")


def test_how_a_procedure_ended(tmp_path: Path) -> None:
    done = about("Procedure", status="completed", code=PPHN, performedDateTime="2026-01-06", outcome=concept(SNOMED, "385671000"))
    [event] = read(tmp_path, done)["events"]
    assert event["status"] == "unsuccessful"


def test_newborns_their_mother_and_their_order(tmp_path: Path) -> None:
    mother = {"resourceType": "Patient", "id": "m9", "link": [{"other": {"reference": "RelatedPerson/r"}, "type": "seealso"}]}
    relation = [concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH")]
    relative = {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/m1"}, "relationship": relation}
    birth = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "2026-01-05T02:10:00-08:00"}
    child = PATIENT | {"multipleBirthInteger": 2, "_birthDate": {"extension": [birth]}}
    found = read_files(tmp_path, {"all.ndjson": lines((child, mother, relative))})
    [row] = [row for row in found["members"] if row["member_id"] == "m1"]
    assert (row["mother_member_id"], row["birth_order"], row["birth_date"]) == ("m9", "2", "2026-01-05T02:10:00-08:00")
