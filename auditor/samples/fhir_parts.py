"""The small parts of FHIR that the sample's resources are made of."""

from __future__ import annotations

from typing import Any

from auditor.samples.cases import read_yaml

Resource = dict[str, Any]

WORDS = read_yaml("fhir.yaml")


def coding(system: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept of one coding, by the short name of its system."""
    concept: Resource = {"coding": [{"system": WORDS["systems"][system], "code": code}]}
    return concept | ({"text": text} if text else {})


def reference(kind: str, name: str) -> Resource:
    """A reference within the export."""
    return {"reference": f"{kind}/{name}"}


def with_seconds(written: str) -> str:
    """A time as FHIR writes it: a clock time has seconds."""
    return written if "T" not in written or written.count(":") > written.count("T") + 1 else f"{written[:16]}:00{written[16:]}"


def number(written: str) -> Any:
    """A number of JSON; what is none stays as it is typed, as in the row it comes from."""
    try:
        return int(written) if written.lstrip("-").isdecimal() else float(written)
    except ValueError:
        return written


def without_nothing(resource: Resource) -> Resource:
    """The resource without fields that hold nothing."""
    return {name: value for name, value in resource.items() if value not in (None, [], {}, "")}
