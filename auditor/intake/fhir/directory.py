"""What rows look up: people and their keys, who provides and where, drugs and devices, coverages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from auditor.intake.fhir.codings import Code, Concept, concepts, listed_in, read_concept
from auditor.intake.fhir.mapping import Drug, fhir_mapping
from auditor.intake.fhir.moments import timed_extension
from auditor.intake.fhir.references import last_updated, own_id, own_keys, reference_key, self_key
from auditor.intake.fhir.rows import Cells, Row
from auditor.intake.fhir.tree import Tree, first, part, parts, text

BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
SEXES = {"male": "M", "female": "F"}


def read_patient(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """A member, and every key that leads to it."""
    member = own_id(resource, full_url)
    birth = timed_extension(part(resource, "_birthDate"), BIRTH_TIME) or timed_extension(resource, BIRTH_TIME)
    order = resource.get("multipleBirthInteger")
    yield Row(
        "members",
        {
            "member_id": member,
            "birth_date": birth or text(resource, "birthDate"),
            "sex": SEXES.get(text(resource, "gender") or ""),
            "birth_order": str(order) if type(order) is int else None,
            "member_key": None,
            "person_key": first(_replacing(resource)),
            "self_key": self_key(resource),
            "updated": last_updated(resource),
        },
    )
    if member is None:
        return
    for key in sorted({f"Patient/{member}", *own_keys(resource, full_url)}):
        yield Row("people", {"key": key, "member_id": member})
    for link in parts(resource, "link"):
        if other := reference_key(part(link, "other"), "RelatedPerson"):
            yield Row("links", {"key": other, "member_id": member})


def _replacing(resource: Tree) -> Iterator[str | None]:
    """Keys of the patients that stand for this one."""
    for link in parts(resource, "link"):
        if text(link, "type") == "replaced-by":
            yield reference_key(part(link, "other"), "Patient")


def read_relative(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """A mother, by whose identifiers or links the newborn's row learns her member id."""
    if not any(one.is_any(fhir_mapping().mother) for one in concepts(resource, "relationship")):
        return
    child = reference_key(part(resource, "patient"), "Patient")
    for key in own_keys(resource, full_url):
        mother = key.replace("RelatedPerson?", "Patient?") if "?" in key else None
        yield Row("relatives", {"key": key, "member_key": child, "mother_key": mother})


@dataclass(frozen=True)
class Provider:
    """Numbers of who provides, and the name."""

    npi: str | None = None
    tin: str | None = None
    name: str | None = None


def provider_of(resource: Tree) -> Provider:
    """An Organization, Practitioner or Location, exported or contained."""
    identifiers = parts(resource, "identifier")
    name = resource.get("name")
    return Provider(identifier_value(identifiers, "npi"), identifier_value(identifiers, "tin"), name if type(name) is str else None)


def identifier_value(identifiers: list[Tree], kind: str) -> str | None:
    """The value of the identifier meant: by its system, else by its type."""
    meant = fhir_mapping().identifiers[kind]
    by_system = (text(one, "value") for one in identifiers if text(one, "system") in meant.systems)
    by_type = (text(one, "value") for one in identifiers if read_concept(part(one, "type")).is_any(meant.types))
    return first(by_system) or first(by_type)


def read_provider(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """Who provides, by every key that leads there; a role stands for its practitioner, or its organization."""
    found = provider_of(resource)
    for key in own_keys(resource, full_url):
        yield Row("providers", {"key": key, "npi": found.npi, "tin": found.tin, "name": found.name})


@dataclass(frozen=True)
class Drugs:
    """What was given: cells of a row for each coding kept, or the key of the resource that says so."""

    cells: tuple[Cells, ...]
    key: str | None = None


@cache
def dose_units() -> frozenset[str]:
    """Units in which the dose of a drug is a measurement that the audit knows."""
    return frozenset(unit for drug in fhir_mapping().drugs for unit in drug.dose_units)


def read_drugs(concept: Concept) -> Drugs:
    """A drug told by codings."""
    return Drugs(tuple(thing_cells(concept)))


def thing_cells(concept: Concept) -> Iterator[Cells]:
    """Cells that say what a drug or device is, a row for each coding kept."""
    if own := concept.own:
        yield {"concept": own, "text": concept.words}
        return
    for code in concept.kept:
        drug = _drug(code)
        yield {
            "code_system": code.system,
            "code": code.code,
            "text": concept.words,
            "course": drug.course if drug else None,
            "dose": drug.dose if drug else None,
        }
    if not concept.codings:
        yield {"text": concept.words}


def _drug(code: Code) -> Drug | None:
    return next((drug for drug in fhir_mapping().drugs if listed_in(code, drug.value_set)), None)


def read_thing(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """A Medication or Device, by every key that leads to it."""
    concept = read_concept(part(resource, "code") or part(resource, "type"))
    for key in own_keys(resource, full_url):
        for cells in thing_cells(concept):
            yield Row("things", {"key": key, **cells})


def read_coverage(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """What kind of plan, and its name."""
    kind = read_concept(part(resource, "type"))
    lines = fhir_mapping().claims.lines_of_business
    line = next((line for line, tokens in lines.items() if kind.is_any(tokens)), None)
    named = [one for one in parts(resource, "class") if read_concept(part(one, "type")).is_any(("|plan",))]
    plan = first(text(one, name) for one in named for name in ("name", "value"))
    for key in own_keys(resource, full_url):
        yield Row("coverages", {"key": key, "line_of_business": line, "plan": plan})
