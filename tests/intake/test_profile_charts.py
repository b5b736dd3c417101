"""Charts as OMOP and CLIF hold them: look-ups of concepts and stays, and instants in UTC."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from extracts import opened, rows_of
from test_intake_real_data import folder

from auditor import Settings, audit
from auditor.errors import ExtractRefused
from auditor.intake import Extract

CONCEPT = """concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code
0,No matching concept,Metadata,None,Undefined,,No matching concept
11,service one,Procedure,CPT4,CPT4,S,94002
12,gas given,Procedure,ICD10PCS,ICD10PCS,S,3E0F7SD
13,newborn condition,Condition,ICD10CM,code,,P29.30
14,saturation,Measurement,LOINC,Lab Test,S,59408-5
15,some drug,Drug,RxNorm,Ingredient,S,1
16,percent,Unit,UCUM,Unit,S,%
17,oxygen fraction,Measurement,LOINC,Lab Test,S,3150-0
"""
OMOP = {
    "concept.csv": CONCEPT,
    "person.csv": """person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime,gender_source_value
1,8507,2024,6,1,,M
2,8507,2024,6,1,2024-06-01 04:10:00,M
""",
    "visit_occurrence.csv": """visit_occurrence_id,person_id,visit_start_date,visit_end_date
7,1,2024-06-01,2024-06-09
""",
    "procedure_occurrence.csv": """\
procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,procedure_datetime,\
procedure_end_date,procedure_source_value,procedure_source_concept_id,modifier_source_value,quantity,\
visit_occurrence_id
101,1,0,2024-06-02,2024-06-02 08:00:00,,94002,11,,1,7
102,1,11,2024-06-03,,,VENT,0,,1,7
103,1,12,2024-06-02,,2024-06-05,3E0F7SD,12,,1,7
104,2,0,2024-06-02,,,HOUSE-9,0,,1,
""",
    "cost.csv": """cost_id,cost_event_id,cost_domain_id,total_charge,total_paid,paid_by_payer,amount_allowed,revenue_code_source_value
1,101,Procedure,900.00,500.00,450.25,500.00,410
2,101,Drug,1.00,1.00,1.00,1.00,
""",
    "payer_plan_period.csv": """payer_plan_period_id,person_id,payer_source_value,plan_source_value
1,1,Commercial,Gold
""",
    "condition_occurrence.csv": """\
condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_end_date,\
condition_source_value,condition_source_concept_id,condition_status_source_value,visit_occurrence_id
1,1,0,2024-06-01,,P29.30,13,final,7
2,1,0,2024-06-01,,P29.30,13,provisional,7
""",
    "measurement.csv": """\
measurement_id,person_id,measurement_concept_id,measurement_date,measurement_datetime,\
value_as_number,unit_concept_id,measurement_source_value,measurement_source_concept_id,\
unit_source_value,value_source_value,visit_occurrence_id
1,1,14,2024-06-02,2024-06-02 12:00:00,94,16,o2,0,,94,7
2,1,17,2024-06-02,2024-06-02 12:00:00,0,0,fio2,0,,0,7
""",
    "drug_exposure.csv": """\
drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_start_datetime,\
drug_exposure_end_date,drug_source_value,drug_source_concept_id,visit_occurrence_id
1,1,15,2024-06-02,2024-06-02 09:00:00,2024-06-03,thing,0,7
""",
}


@pytest.fixture
def omop(tmp_path: Path) -> Path:
    for name, text in OMOP.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_omop_lines_are_procedures_with_a_service_code_and_their_cost(omop: Path) -> None:
    first, second = rows_of(Extract((omop,), "omop"), "claim_lines")
    kept = ("claim_id", "claim_line_number", "hcpcs_code", "revenue_center_code", "paid_cents", "charge_cents", "line_of_business", "plan")
    assert [first[name] for name in kept] == ["7", "101", "94002", "0410", 45025, 90000, "commercial", "Gold"]
    assert (second["hcpcs_code"], second["line_description"], second.get("paid_cents")) == ("94002", "VENT", None)
    assert (first["admission_date"], first["discharge_date"]) == (date(2024, 6, 1), date(2024, 6, 9))


def test_omop_people_are_born_at_a_time_or_on_a_day(omop: Path) -> None:
    first, second = rows_of(Extract((omop,), "omop"), "members")
    assert (first.get("birth_date_at"), first["birth_date_day"]) == (None, date(2024, 6, 1))
    assert second["birth_date_at"] == datetime(2024, 6, 1, 4, 10)


def test_omop_facts_carry_the_code_as_recorded_else_as_mapped(omop: Path) -> None:
    rows = rows_of(Extract((omop,), "omop"), "events")
    found = [(row["source_file"], row["code_system"], row["code"], row.get("status"), row.get("value"), row.get("unit")) for row in rows]
    assert found == [
        ("condition_occurrence.csv", "icd10cm", "P2930", "present", None, None),
        ("condition_occurrence.csv", "icd10cm", "P2930", "preliminary", None, None),
        ("drug_exposure.csv", "rxnorm", "1", None, None, None),
        ("measurement.csv", "loinc", "59408-5", None, "94", "%"),
        ("measurement.csv", "loinc", "3150-0", None, "0", None),
        ("procedure_occurrence.csv", "hcpcs", "94002", None, None, None),
        ("procedure_occurrence.csv", "hcpcs", "94002", None, None, None),
        ("procedure_occurrence.csv", "icd10pcs", "3E0F7SD", None, None, None),
        ("procedure_occurrence.csv", "local", "HOUSE-9", None, None, None),
    ]
    assert not [row for row in rows if "fault" in row]


def test_omop_comes_to_a_verdict(omop: Path) -> None:
    frames = audit(Settings(paths=(omop,), profile="omop", as_of=date(2026, 11, 22), threads=1)).frames
    [episode] = frames["episodes"].to_dict("records")
    assert (episode["member_id"], episode["attribution"], episode["age_days_low"], episode["lines"]) == ("1", "confirmed", 1, 2)
    assert frames["lines"]["counted_cents"].sum() == 45025


def test_omop_without_its_vocabulary_is_refused(omop: Path) -> None:
    (omop / "concept.csv").unlink()
    with pytest.raises(ExtractRefused, match=r"no file concept\.\* was found; the profile omop reads"):
        rows_of(Extract((omop,), "omop"), "events")


def test_clif_is_read_whole() -> None:
    with opened(Extract((folder("icu_clif_demo"),), "clif", time_zone="America/New_York")) as (connection, reading):
        measures = connection.execute(
            "SELECT concept, count(*), count(fault), min(value::DOUBLE), max(value::DOUBLE) FROM events_read "
            "WHERE value IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
        coded = connection.execute("SELECT code_system, count(*) FROM events_read WHERE code IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall()
        ventilated = connection.execute("SELECT count(*) FROM events_read WHERE concept = 'ventilation'").fetchall()
        charted = set(connection.execute("SELECT encounter_id FROM events_read WHERE concept = 'ventilation'").fetchall())
        billed = set(
            connection.execute(
                "SELECT encounter_id FROM events_read WHERE code LIKE '5A19%' OR code_system = 'icd9pcs' AND code LIKE '967%'"
            ).fetchall()
        )
        lines = connection.execute("SELECT count(*), count(fault), count(member_id) FROM claim_lines_read").fetchall()
        [(instant, local, day)] = connection.execute(
            "SELECT start_at, start_local, start_day FROM events_read WHERE source_file = 'clif_vitals.parquet' ORDER BY source_row LIMIT 1"
        ).fetchall()
    assert measures == [
        ("fio2", 1754, 0, 0.21, 1.0),
        ("mean_airway_pressure", 1352, 0, 0.0, 25.0),
        ("oxygen_flow", 1211, 0, 0.0, 100.0),
        ("pao2", 958, 0, 14.0, 594.0),
        ("spo2", 14337, 0, 29.0, 100.0),
    ]
    assert coded == [("hcpcs", 80), ("icd10cm", 3017), ("icd10pcs", 382), ("icd9cm", 2193), ("icd9pcs", 401)]
    assert ventilated == [(1265,)]
    assert (len(billed), len(billed & charted)) == (36, 35)
    assert lines == [(80, 0, 80)]
    assert (instant.hour - local.hour) % 24 in (4, 5)
    assert day == local.date()
    assert [column.column for column in reading.ignored_columns if column.nearest] == []


def test_clif_needs_the_facilitys_zone() -> None:
    with (
        pytest.raises(ExtractRefused, match=r"times are in UTC and the facility's time zone is not known"),
        opened(Extract((folder("icu_clif_demo"),), "clif")),
    ):
        pass
