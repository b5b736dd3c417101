"""The sample's charts as FHIR: findings, things done, measurements, echo reports with their results, and courses of the drug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.samples.cases import Row
from auditor.samples.fhir_parts import WORDS, Resource, coding, number, reference, with_seconds, without_nothing

SENTENCES = ("gestational_age",)  # written as text, weeks and days


@dataclass(frozen=True)
class Statement:
    """One row of ``events``, the id of its resource, and that of the stay it is from."""

    row: Row
    name: str
    stay: str

    def shared(self, kind: str) -> Resource:
        return {
            "resourceType": kind,
            "id": self.name,
            "subject": reference("Patient", self.row["member_id"]),
            "encounter": reference("Encounter", self.stay),
        }

    @property
    def start(self) -> str:
        return with_seconds(self.row["start"])

    @property
    def times(self) -> Resource:
        """What stands behind ``performed`` and ``effective``."""
        if not self.row.get("end"):
            return {"DateTime": self.start}
        return {"Period": {"start": self.start, "end": with_seconds(self.row["end"])}}

    @property
    def documents(self) -> list[Resource]:
        named = self.row.get("document_id")
        return [reference("DocumentReference", named)] if named else []

    def word(self, table: str, usual: str) -> str:
        """FHIR's word for the row's status."""
        return str(WORDS[table].get(self.row.get("status", ""), usual))


def chart_resources(rows: Iterable[Row]) -> Iterator[Resource]:
    """Resources of every event, and the stays and places that they name."""
    rows = list(rows)
    stays: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["member_id"], row["facility"])
        stays.setdefault(key, f"{key[0]}-stay-{sum(member == key[0] for member, _ in stays) + 1}")
    for (member, facility), name in stays.items():
        yield _stay(member, facility, name)
    statements = [Statement(row, f"{row['member_id']}-{n}", stays[row["member_id"], row["facility"]]) for n, row in enumerate(rows, 1)]
    results: dict[str, list[str]] = {}
    for one in statements:
        if one.row.get("concept") in WORDS["results"]:
            results.setdefault(one.row["document_id"], []).append(one.name)
    for one in statements:
        yield without_nothing(_resource(one, results))


def _stay(member: str, facility: str, name: str) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": reference("Patient", member),
        "serviceProvider": reference("Organization", facility),
    }


def _resource(one: Statement, results: dict[str, list[str]]) -> Resource:
    concept = one.row.get("concept", "")
    if concept in WORDS["conditions"]:
        return _condition(one)
    if concept in WORDS["procedures"]:
        return _procedure(one)
    if concept == WORDS["report"]:
        return _report(one, results.get(one.row["document_id"], []))
    if concept == WORDS["course"]["concept"]:
        return _course(one)
    return _observation(one)


def _condition(one: Statement) -> Resource:
    return one.shared("Condition") | {
        "verificationStatus": coding("verification", WORDS["verification"][one.row["status"]]),
        "code": coding("concept", one.row["concept"], one.row.get("text")),
        "onsetDateTime": one.start,
        "abatementDateTime": with_seconds(one.row.get("end", "")),
        "evidence": [{"detail": one.documents}] if one.documents else None,
    }


def _procedure(one: Statement) -> Resource:
    outcome = WORDS["outcomes"].get(one.row.get("status", ""))
    return one.shared("Procedure") | {
        "status": one.word("performed", "completed"),
        "code": coding("concept", one.row["concept"]),
        **{f"performed{kind}": time for kind, time in one.times.items()},
        "outcome": coding("snomed", outcome) if outcome else None,
        "note": [{"text": one.row["text"]}] if one.row.get("text") else None,
        "report": one.documents,
    }


def _report(one: Statement, results: list[str]) -> Resource:
    return one.shared("DiagnosticReport") | {
        "id": one.row["document_id"],
        "status": one.word("observation", "final"),
        "code": coding("concept", one.row["concept"]),
        **{f"effective{kind}": time for kind, time in one.times.items()},
        "result": [reference("Observation", name) for name in results],
        "conclusion": one.row.get("text"),
    }


def _course(one: Statement) -> Resource:
    """A course of the drug; one that the chart never ends is still in progress, as far as the chart says."""
    course = WORDS["course"]
    end = {"end": with_seconds(one.row["end"])} if one.row.get("end") else {}
    return one.shared("MedicationAdministration") | {
        "status": one.word("performed", "completed" if end else "in-progress"),
        "medicationCodeableConcept": coding(course["system"], course["code"], course["text"]),
        "effectivePeriod": {"start": one.start, **end},
        "context": reference("Encounter", one.stay),
        "supportingInformation": one.documents,
        "encounter": None,
    }


def _observation(one: Statement) -> Resource:
    result = one.row.get("concept") in WORDS["results"]
    return one.shared("Observation") | {
        "status": one.word("observation", "final"),
        "code": _code(one.row),
        **{f"effective{kind}": time for kind, time in one.times.items()},
        **_value(one.row),
        "derivedFrom": [] if result else one.documents,
    }


def _code(row: Row) -> Resource:
    if row.get("code"):
        return coding(row["code_system"], row["code"])
    known = WORDS["codes"].get(row["concept"])
    return coding(known["system"], known["code"]) if known else coding("concept", row["concept"])


def _value(row: Row) -> Resource:
    if row.get("concept") in SENTENCES:
        return {"valueString": row["value"]}
    if row.get("value"):
        unit = WORDS["units"].get(row["unit"], row["unit"])
        quantity = {"value": number(row["value"]), "unit": row["unit"], "system": WORDS["systems"]["ucum"], "code": unit}
        return {"valueQuantity": quantity}
    answer = WORDS["answers"].get(row.get("status", ""), WORDS["answers"]["present"])
    return {"valueCodeableConcept": coding("snomed", answer, row.get("text"))}
