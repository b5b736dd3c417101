"""Codes of a claim: services, revenue, drugs, bill type, and the diagnoses and ICD procedures in the order a line points to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.intake.fhir.codings import Code, Concept, concepts, read_concept, vocabulary
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.moments import bill_day
from auditor.intake.fhir.rows import Cells
from auditor.intake.fhir.tree import Tree, contained, extensions, first, numbers, part, parts, text
from auditor.tables import DIAGNOSES, PROCEDURES

SERVICE, DRUG = "hcpcs", "ndc"
DIAGNOSIS_SYSTEMS = ("icd10cm", "icd9cm")
# The classification without its clinical or procedural half: which half is meant, the place in the claim says.
PROCEDURE_SYSTEMS = {"icd10pcs": "icd10pcs", "icd9pcs": "icd9pcs", "icd10cm": "icd10pcs", "icd9cm": "icd9pcs"}
NOT_APPLICABLE = ("absent-reason",)

Dated = tuple[Code, str | None]


@dataclass(frozen=True)
class ClaimCodes:
    """Diagnoses and procedures of one version of ICD as cells of a line; ``apart`` are events of the claim: codes of the
    other version, codes past the last column, and what was only suspected on arrival."""

    cells: Cells
    apart: tuple[Cells, ...]


def service_code(item: Tree) -> str | None:
    """The HCPCS code; a code without a system is taken as one, since claims hold nothing else there."""
    product = read_concept(part(item, "productOrService"))
    own = product.code_of(fhir_mapping().claims.services)
    return own or first(code for system, code, _ in product.codings if vocabulary().system(system) in (SERVICE, None))


def revenue_code(item: Tree) -> str | None:
    """The revenue code, by the systems in order of trust, else the first."""
    revenue = read_concept(part(item, "revenue"))
    return revenue.code_of(fhir_mapping().claims.revenue) or first(code for _, code, _ in revenue.codings)


def drug_code(item: Tree) -> str | None:
    """The drug code of the line: its product, a detail's, or an extension's."""
    products = [read_concept(part(one, "productOrService")) for one in (item, *parts(item, "detail"))]
    coded = (code for product in products for system, code, _ in product.codings if vocabulary().system(system) == DRUG)
    added = (text(part(one, "valueCoding"), "code") for url in fhir_mapping().claims.drug_extensions for one in extensions(item, url))
    return first(coded) or first(added)


def service_words(resource: Tree, item: Tree) -> str | None:
    """The bill's own words: of the product, of a charge code, of the revenue code, of a note. The title of a public code is none."""
    product = read_concept(part(item, "productOrService"))
    charge = (display for system, _, display in product.codings if display and not _is_public(system))
    notes = numbers(item, "noteNumber")
    noted = " ".join(filter(None, (text(one, "text") for one in parts(resource, "processNote") if one.get("number") in notes)))
    return first((product.text, *charge, read_concept(part(item, "revenue")).text, noted))


def _is_public(system: str) -> bool:
    others = (fhir_mapping().system(name) for name in (*fhir_mapping().claims.services, *NOT_APPLICABLE))
    return vocabulary().system(system) in (SERVICE, DRUG) or system in others


def bill_type(resource: Tree, supporting: dict[str, Tree]) -> Cells:
    """Type of bill and frequency: told whole, or in the parts that one payer tells it in."""
    concept = read_concept(part(supporting.get("bill_type_code", {}), "code"))
    frequency = concept.code_of(fhir_mapping().claims.bill_frequency)
    told = read_concept(part(supporting.get("frequency_code", {}), "code")).codings
    whole = None if frequency else first(code for _, code, _ in concept.codings)
    if frequency and (stem := _bill_type_stem(resource)):
        whole = f"{stem}{frequency}"
    return {"bill_type_code": whole, "frequency_code": frequency or (told[0][1] if told else None)}


def _bill_type_stem(resource: Tree) -> str | None:
    places = (resource, part(resource, "facility"))
    told = [
        first(text(part(one, "valueCoding"), "code") for place in places for one in extensions(place, url))
        for url in fhir_mapping().claims.bill_type_parts
    ]
    return "0" + "".join(filter(None, told)) if all(told) else None


def claim_codes(resource: Tree, item: Tree) -> ClaimCodes:
    """The claim's codes, those first that the line points to; the version that most of them are of fills the line's columns."""
    diagnoses = list(dict.fromkeys(_diagnoses(resource, numbers(item, "diagnosisSequence"))))
    found, others = _of_one_system([(code, None) for code, suspected in diagnoses if not suspected])
    procedures, other_procedures = _of_one_system(list(_procedures(resource, numbers(item, "procedureSequence"))))
    cells: Cells = {}
    for n, (code, _) in enumerate(found[:DIAGNOSES], start=1):
        cells |= {"diagnosis_code_type": code.system, f"diagnosis_code_{n}": code.code}
    for n, (code, day) in enumerate(procedures[:PROCEDURES], start=1):
        cells |= {"procedure_code_type": code.system, f"procedure_code_{n}": code.code, f"procedure_date_{n}": day}
    rest = (*others, *found[DIAGNOSES:], *other_procedures, *procedures[PROCEDURES:])
    suspicions = [_event(code, None, "preliminary") for code, suspected in diagnoses if suspected]
    return ClaimCodes(cells, (*suspicions, *(_event(code, day, "present") for code, day in rest)))


def _event(code: Code, day: str | None, status: str) -> Cells:
    return {"code_system": code.system, "code": code.code, "status": status} | ({"start": day} if day else {})


def _of_one_system(codes: list[Dated]) -> tuple[list[Dated], list[Dated]]:
    """The codes of the system that most are of (the first told, of systems alike), and the rest."""
    systems = [code.system for code, _ in codes]
    main = max(systems, key=systems.count, default=None)
    return [one for one in codes if one[0].system == main], [one for one in codes if one[0].system != main]


def _diagnoses(resource: Tree, pointed: list[int]) -> Iterator[tuple[Code, bool]]:
    """Each diagnosis, and whether it was only suspected on arrival."""
    within = contained(resource)
    for one in _pointed_first(parts(resource, "diagnosis"), pointed):
        suspected = any(kind.is_any(fhir_mapping().claims.diagnosis_types_apart) for kind in concepts(one, "type"))
        inside = within.get(text(part(one, "diagnosisReference"), "reference") or "")
        concept = read_concept(part(one, "diagnosisCodeableConcept")) if inside is None else read_concept(part(inside, "code"))
        code = _icd(concept, {system: system for system in DIAGNOSIS_SYSTEMS})
        if code:
            yield code, suspected


def _procedures(resource: Tree, pointed: list[int]) -> Iterator[Dated]:
    for one in _pointed_first(parts(resource, "procedure"), pointed):
        code = _icd(read_concept(part(one, "procedureCodeableConcept")), PROCEDURE_SYSTEMS)
        if code:
            yield code, bill_day(text(one, "date"))


def _pointed_first(told: list[Tree], pointed: list[int]) -> list[Tree]:
    return sorted(told, key=lambda one: pointed.index(one["sequence"]) if one.get("sequence") in pointed else len(pointed))


def _icd(concept: Concept, systems: dict[str, str]) -> Code | None:
    """The first coding in a version of ICD."""
    for system, code, _ in concept.codings:
        name = vocabulary().system(system)
        if name in systems:
            return Code(systems[name], code)
    return None
