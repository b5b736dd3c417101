"""The mapping of FHIR's words is data: checked when it is loaded, and complete for what the program reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import SettingsRefused
from auditor.intake.fhir.mapping import FILE, fhir_mapping
from auditor.intake.fhir.resources import CLAIMS, READERS
from auditor.places import configs_folder
from auditor.yaml_lines import read_text_yaml

SHIPPED = configs_folder() / FILE
WITHOUT_STATUS = {"Patient", *CLAIMS}


def load(monkeypatch: pytest.MonkeyPatch, folder: Path, old: str, new: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr("auditor.intake.fhir.mapping.configs_folder", lambda: folder)
    fhir_mapping.__wrapped__()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("refuted: absent", "refuted: abscent", r"fhir\.yaml: statuses.*abscent is not one of .*Did you mean absent\?"),
        ("status|present", "statsu|present", r"fhir\.yaml: .*no system is named statsu\. Did you mean status\?"),
        ("\nmother:", "\nmother_of:", r"fhir\.yaml: mother"),
        ("institutional: institutional", "institutional: hospital", r"hospital is not one of professional, institutional"),
        ("stay: [c4bb-info", "stray: [c4bb-info", r"stray is not one of .*Did you mean stay\?"),
    ],
)
def test_mistakes_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SettingsRefused, match=message):
        load(monkeypatch, tmp_path, old, new)


def test_every_type_that_is_read_has_its_statuses_and_its_signs_of_other_versions() -> None:
    mapping = fhir_mapping()
    clinical = set(READERS) - WITHOUT_STATUS - set(mapping.looked_up)
    assert clinical == set(mapping.statuses)
    assert set(mapping.other_versions["STU3"]) == {*clinical, *WITHOUT_STATUS}
    assert set(mapping.claims.statuses) == set(CLAIMS)


def test_every_concept_it_names_is_one_of_ours() -> None:
    known = read_text_yaml(configs_folder() / "concepts.yaml")["event_concepts"]
    named = {concept for drug in fhir_mapping().drugs for concept in (drug.course, drug.dose)}
    assert named <= set(known)
    sets = {path.stem for path in (configs_folder() / "value_sets").glob("*.yaml")}
    assert {drug.value_set for drug in fhir_mapping().drugs} <= sets
