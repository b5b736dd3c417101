"""The abstraction sheet: made of the concepts, filled by a nurse, read back through to the verdict."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from extracts import rows_of

from auditor import Settings, audit
from auditor.abstraction import profile_text, read_questions, write_workbook
from auditor.errors import SettingsRefused
from auditor.intake import Extract
from auditor.places import configs_folder
from auditor.policy import load_rule_book
from auditor.tables import EVENT_STATUSES

SHEET = configs_folder() / "profiles" / "abstraction.xlsx"
CONCEPTS = load_rule_book("pacificsource-ino", configs_folder()).concepts.event_concepts

BORN = datetime(2024, 6, 1, 4, 10)
START = datetime(2024, 6, 2, 8)
FILLED: dict[str, Any] = {
    "member id": "M1",
    "birth date": BORN,
    "sex": "F",
    "abstracted by": "RN 7",
    "iNO given (from start to end)": "present",
    "iNO given (from start to end): from": START,
    "iNO given (from start to end): to": datetime(2024, 6, 3, 20),
    "pulmonary hypertension of the newborn": "present",
    "pulmonary hypertension of the newborn: from": datetime(2024, 6, 2, 6),
    "pulmonary hypertension of the newborn: document": "consult",
    "hypoxic respiratory failure": "present",
    "hypoxic respiratory failure: from": datetime(2024, 6, 2),
    "oxygen at 100%": "unsuccessful",
    "oxygen at 100%: from": "2024-06-02 06:30",
    "echo: pulmonary hypertension of the newborn": "present",
    "echo: pulmonary hypertension of the newborn: from": datetime(2024, 6, 2, 7),
    "echo: structural heart disease": "absent",
    "echo: structural heart disease: from": datetime(2024, 6, 2, 7),
    "echo: diaphragmatic hernia": "absent",
    "echo: diaphragmatic hernia: from": datetime(2024, 6, 2, 7),
    "gestational age at birth (days)": "38w1d",
    "gestational age at birth (days): from": BORN,
    "reading 1: when": datetime(2024, 6, 3, 12),
    "reading 1: inspired oxygen (fraction)": 0.6,
    "reading 1: oxygen saturation (%)": 94,
    "reading 14: when": datetime(2024, 6, 3, 13),
    "heart operation: from": datetime(2024, 6, 1),
}
CLAIMS = """claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code,line_description,paid_amount,line_of_business,state
C1,1,M1,2024-06-02,94002,INHALED NITRIC OXIDE,1000,commercial,OR
C1,2,M1,2024-06-03,94003,INHALED NITRIC OXIDE,900,commercial,OR
"""


def fill(folder: Path, answers: dict[str, Any]) -> Path:
    """The shipped sheet with one patient filled in, beside her claims."""
    shutil.copy(SHEET, folder / "abstraction-june.xlsx")
    book = openpyxl.load_workbook(folder / "abstraction-june.xlsx")
    sheet = book["abstraction"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for heading, value in answers.items():
        sheet.cell(row=2, column=places[heading], value=value)
    book.save(folder / "abstraction-june.xlsx")
    (folder / "claim_lines.csv").write_text(CLAIMS)
    return folder


def test_the_shipped_sheet_and_profile_are_what_the_concepts_ask_for(tmp_path: Path) -> None:
    questions = read_questions(configs_folder(), CONCEPTS)
    write_workbook(questions, tmp_path / "abstraction.xlsx")
    mend = "run python -m auditor.abstraction --out configs/profiles"
    assert (tmp_path / "abstraction.xlsx").read_bytes() == SHEET.read_bytes(), mend
    assert profile_text(questions) == SHEET.with_suffix(".yaml").read_text(encoding="utf-8"), mend
    asked = {question.concept.name for question in (*questions.once, *questions.readings)}
    assert set(CONCEPTS) - asked == {"ino_order", "ino_device_log"}


def test_a_status_is_chosen_from_the_words_of_the_contract() -> None:
    sheet = openpyxl.load_workbook(SHEET)["abstraction"]
    places = {cell.value: cell.column_letter for cell in sheet[1]}
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    words = str(lists[f"{places['congenital heart defect']}2"]).strip('"').split(",")
    assert set(words) == set(EVENT_STATUSES) - {"entered_in_error"}
    assert f"{places['reading 3: supplemental oxygen']}2" in lists


def test_each_answer_is_a_row_with_its_day_its_document_and_its_abstractor(tmp_path: Path) -> None:
    rows = rows_of(Extract((fill(tmp_path, FILLED),), "abstraction"), "events")
    found = {row["concept"]: row for row in rows}
    assert {name for name, row in found.items() if "fault" in row} == set()
    assert len(rows) == 10
    assert (found["pphn"]["document_id"], found["pphn"]["recorded_by"], found["pphn"]["start_at"]) == (
        "consult",
        "RN 7",
        datetime(2024, 6, 2, 6),
    )
    assert found["hypoxic_respiratory_failure"].get("start_at") is None, "a day alone is no midnight"
    assert (found["ino"]["start_at"], found["ino"]["end_at"]) == (START, datetime(2024, 6, 3, 20))
    assert (found["fio2"]["value"], found["spo2"]["value"], found["spo2"]["unit"]) == ("0.6", "94", "%")
    assert (found["oxygen_100"]["source_file"], found["oxygen_100"]["source_row"]) == ("abstraction-june.xlsx", 2)


def test_an_answer_without_its_day_is_set_aside(tmp_path: Path) -> None:
    answers = {"member id": "M1", "acute respiratory distress syndrome": "absent"}
    [row] = rows_of(Extract((fill(tmp_path, answers),), "abstraction"), "events")
    assert (row["concept"], row["fault"]) == ("ards", "date missing")


def test_an_abstraction_comes_to_a_verdict(tmp_path: Path) -> None:
    settings = Settings(paths=(fill(tmp_path, FILLED),), profile="abstraction", as_of=date(2026, 11, 22), threads=1)
    frames = audit(settings).frames
    [episode] = frames["episodes"].to_dict("records")
    assert (episode["basis"], episode["determination"], episode["supported_cents"]) == ("charted", "criteria_met", 190000)


def test_a_question_about_no_concept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "abstraction.yaml").write_text("readings: [spo3]\ntimes: 2\n")
    with pytest.raises(SettingsRefused, match=r"abstraction\.yaml: spo3 is no concept of concepts\.yaml\. Did you mean spo2\?"):
        read_questions(tmp_path, CONCEPTS)
