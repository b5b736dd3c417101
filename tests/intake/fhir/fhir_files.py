"""Writes small FHIR files for tests, and reads what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet

from auditor.intake.fhir import convert
from auditor.intake.found_files import FoundFile

Resource = dict[str, Any]
Rows = list[dict[str, Any]]

LOINC, SNOMED, ICD10 = "http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
PATIENT: Resource = {"resourceType": "Patient", "id": "m1", "birthDate": "2026-01-05", "gender": "female"}


@dataclass(frozen=True)
class Read:
    """Rows of each canonical table by name, empty cells left out; notices, and how many resources were read."""

    tables: Mapping[str, Rows]
    notices: tuple[str, ...]
    resources: int

    def __getitem__(self, table: str) -> Rows:
        return self.tables.get(table, [])


def lines(resources: Iterable[Resource]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in resources)


def bundle(resources: Iterable[Resource], **fields: Any) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", **fields, "entry": [{"resource": one} for one in resources]}
    ).encode()


def read_files(folder: Path, files: Mapping[str, bytes]) -> Read:
    """The files written to the folder and converted."""
    place = folder / "files"
    place.mkdir(exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return read_paths(folder, [place / name for name in sorted(files)])


def read_paths(folder: Path, paths: Iterable[Path]) -> Read:
    scratch = folder / "scratch"
    scratch.mkdir()
    conversion = convert([FoundFile(path, path.name) for path in paths], scratch)
    tables = {part.table: pyarrow.parquet.read_table(part.path).to_pylist() for part in conversion.tables}
    filled = {name: [{key: value for key, value in row.items() if value is not None} for row in rows] for name, rows in tables.items()}
    return Read(filled, conversion.notices, sum(file.rows for file in conversion.inputs))


def read(folder: Path, *resources: Resource) -> Read:
    """Resources of one member, in one file."""
    return read_files(folder, {"all.ndjson": lines((PATIENT, *resources))})


def concept(system: str, code: str, **more: str) -> Resource:
    return {"coding": [{"system": system, "code": code, **more}]}


def about(kind: str, **fields: Any) -> Resource:
    """A resource about the member."""
    return {"resourceType": kind, "subject": {"reference": "Patient/m1"}, **fields}


def benefit(**fields: Any) -> Resource:
    """A claim of one line."""
    claim: Resource = {
        "resourceType": "ExplanationOfBenefit", "id": "c1", "status": "active", "use": "claim", "outcome": "complete",
        "type": concept("http://terminology.hl7.org/CodeSystem/claim-type", "professional"), "patient": {"reference": "Patient/m1"},
        "item": [item()],
    }  # fmt: skip
    return claim | fields


def item(**fields: Any) -> Resource:
    return {"sequence": 1, "productOrService": concept(HCPCS, "99999"), "servicedDate": "2026-01-06", **fields}


def amount(kind: str, value: Any, system: str = "http://terminology.hl7.org/CodeSystem/adjudication", **more: str) -> Resource:
    return {"category": concept(system, kind), "amount": {"value": value, "currency": "USD", **more}}
