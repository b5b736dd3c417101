"""Writes the sample as FHIR R4, as a bulk export lays it out: one file of NDJSON a resource type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from auditor.samples.cases import Row
from auditor.samples.fhir_chart import chart_resources
from auditor.samples.fhir_claims import claim_resources
from auditor.samples.fhir_parts import Resource, coding, reference, with_seconds

SEX = {"F": "female", "M": "male"}
BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
MOTHER = "MTH"


def write_fhir(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Every member, claim line and event of the tables; approvals have no place in FHIR that payers use, and stay in their CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Resource]] = {}
    for resource in _resources(tables):
        found.setdefault(resource["resourceType"], []).append(resource)
    for kind, resources in sorted(found.items()):
        lines = (json.dumps(resource, ensure_ascii=False, separators=(",", ":")) for resource in resources)
        (folder / f"{kind}.ndjson").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _resources(tables: Mapping[str, list[Row]]) -> Iterator[Resource]:
    yield from _members(tables["members"])
    yield from claim_resources(tables["claim_lines"])
    yield from chart_resources(tables["events"])


def _members(rows: Iterable[Row]) -> Iterator[Resource]:
    """A Patient a row, and for a newborn whose mother is known the relative that leads to her."""
    rows = list(rows)
    children = [row for row in rows if row.get("mother_member_id")]
    for row in rows:
        yield _patient(row, [_relative_id(child) for child in children if child["mother_member_id"] == row["member_id"]])
    for child in children:
        yield {
            "resourceType": "RelatedPerson",
            "id": _relative_id(child),
            "patient": reference("Patient", child["member_id"]),
            "relationship": [coding("relation", MOTHER)],
        }


def _patient(row: Row, relatives: list[str]) -> Resource:
    born = row["birth_date"]
    patient: Resource = {
        "resourceType": "Patient",
        "id": row["member_id"],
        "gender": SEX[row["sex"]],
        "birthDate": born[:10],
        "_birthDate": {"extension": [{"url": BIRTH_TIME, "valueDateTime": with_seconds(born)}]} if "T" in born else None,
        "multipleBirthInteger": int(row["birth_order"]) if row.get("birth_order") else None,
        "link": [{"other": reference("RelatedPerson", name), "type": "seealso"} for name in relatives] or None,
    }
    return {name: value for name, value in patient.items() if value is not None}


def _relative_id(child: Row) -> str:
    return f"mother-of-{child['member_id']}"
