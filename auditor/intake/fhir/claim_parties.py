"""Who bills, where, who performs, and which coverage pays: numbers where they are told, keys where another resource tells them."""

from __future__ import annotations

from auditor.intake.fhir.codings import read_concept
from auditor.intake.fhir.directory import Provider, identifier_value, provider_of
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.references import reference_key
from auditor.intake.fhir.rows import Cells
from auditor.intake.fhir.tree import Tree, contained, numbers, part, parts, text


def parties(resource: Tree) -> Cells:
    """Who billed and where."""
    biller, billing_key = _party(resource, part(resource, "provider"), "Organization")
    place, facility_key = _party(resource, part(resource, "facility"), "Location")
    return {
        "billing_npi": biller.npi,
        "billing_tin": biller.tin,
        "billing_key": billing_key,
        "facility_npi": place.npi,
        "facility_key": facility_key,
    }


def renderer(resource: Tree, item: Tree) -> Cells:
    """Who performed a line: of the care team that the line names, the one whose role says so."""
    named = numbers(item, "careTeamSequence")
    team = [one for one in parts(resource, "careTeam") if not named or one.get("sequence") in named]
    tokens = fhir_mapping().claims.roles["rendering"]
    performing = [one for token in tokens for one in team if read_concept(part(one, "role")).says_any((token,))]
    if not performing:
        return {}
    who, key = _party(resource, part(performing[0], "provider"), "Practitioner")
    specialty = read_concept(part(performing[0], "qualification")).codings
    return {"rendering_npi": who.npi, "rendering_key": key, "rendering_specialty": specialty[0][1] if specialty else None}


def focal_coverage(resource: Tree) -> str | None:
    """The key of the coverage that the claim is judged by."""
    insurance = parts(resource, "insurance")
    focal = [one for one in insurance if one.get("focal") is True] or insurance
    return reference_key(part(focal[0], "coverage"), "Coverage") if focal else None


def _party(resource: Tree, reference: Tree, kind: str) -> tuple[Provider, str | None]:
    """A provider told in place or within the resource; else the key of the resource that tells."""
    identifier = part(reference, "identifier")
    number = identifier_value([identifier], "npi") if identifier else None
    if number:
        return Provider(number), None
    written = text(reference, "reference")
    inside = contained(resource).get(written) if written else None
    return (provider_of(inside), None) if inside is not None else (Provider(), reference_key(reference, kind))
