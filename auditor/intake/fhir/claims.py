"""Claims: ExplanationOfBenefit and Claim become lines, with the money, codes and people of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.intake.faults import Fault
from auditor.intake.fhir.claim_codes import bill_type, claim_codes, drug_code, revenue_code, service_code, service_words
from auditor.intake.fhir.claim_money import amounts
from auditor.intake.fhir.claim_parties import focal_coverage, parties, renderer
from auditor.intake.fhir.codings import read_concept
from auditor.intake.fhir.directory import identifier_value
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.moments import bill_day
from auditor.intake.fhir.references import last_part, last_updated, own_id, reference_key
from auditor.intake.fhir.rows import Cells, Row
from auditor.intake.fhir.tree import Doubt, Tree, first, part, parts, text

MODIFIERS = 4


@dataclass(frozen=True)
class Claim:
    """One claim or its adjudication, the cells that its lines share, and its diagnoses by their number."""

    resource: Tree
    kind: str
    head: Cells


def is_needed(resource: Tree) -> str | None:
    """Why a claim holds no line for this audit; None where it does."""
    rules = fhir_mapping().claims
    use = text(resource, "use")
    if use is not None and use not in rules.uses:
        return f"use {use}" if use.isalpha() else "another use"
    return next((name for name in rules.other_types if _type_code(resource) == name), None)


def read_claim(resource: Tree, full_url: str | None) -> Iterator[Row]:
    """The lines of a claim, and what other resources look up of it."""
    kind = text(resource, "resourceType") or ""
    claim_id = identifier_value(parts(resource, "identifier"), "claim") or own_id(resource, full_url)
    answered = reference_key(part(resource, "claim"), "Claim") if kind != "Claim" else None
    name = text(resource, "id")
    key = f"{kind}/{name}" if name else None
    for one in filter(None, (key, full_url)):
        yield Row("claims", {"key": one, "claim_id": claim_id, "adjudicated": "yes" if kind != "Claim" else None})
    head = _head(resource, kind) | {"claim_id": claim_id, "claim_key": key, "answers_key": answered, "resource": kind}
    head |= {"self_key": key, "updated": last_updated(resource)}
    claim = Claim(resource, kind, head)
    items = parts(resource, "item")
    if not items:
        raise Doubt("claim_line_number", Fault.NO_LINES)
    for item in items:
        yield from _lines(claim, item)
    yield from _events(claim, items[0])


def _head(resource: Tree, kind: str) -> Cells:
    """What every line of the claim says."""
    supporting = _supporting(resource)
    stay = part(supporting.get("stay", {}), "timingPeriod")
    return {
        "member_key": reference_key(part(resource, "patient"), "Patient"),
        "claim_type": _claim_type(resource),
        "claim_status": _status(resource, kind),
        **bill_type(resource, supporting),
        **{name: _said(supporting[name]) for name in ("payment_method", "state") if name in supporting},
        "received_date": bill_day(first((text(supporting.get("received_date", {}), "timingDate"),))),
        "paid_date": bill_day(text(part(resource, "payment"), "date")),
        "admission_date": bill_day(text(stay, "start")),
        "discharge_date": bill_day(text(stay, "end")),
        "coverage_key": focal_coverage(resource),
        **parties(resource),
        **_original(resource),
    }


def _supporting(resource: Tree) -> dict[str, Tree]:
    """Supporting information by the column it fills, the first of each."""
    found: dict[str, Tree] = {}
    for one in parts(resource, "supportingInfo"):
        category = read_concept(part(one, "category"))
        for name, tokens in fhir_mapping().claims.supporting.items():
            if name not in found and category.says_any(tokens):
                found[name] = one
    return found


def _said(supporting: Tree) -> str | None:
    codings = read_concept(part(supporting, "code")).codings
    return codings[0][1] if codings else text(supporting, "valueString")


def _claim_type(resource: Tree) -> str | None:
    return fhir_mapping().claims.types.get(_type_code(resource) or "")


def _type_code(resource: Tree) -> str | None:
    """The code of the claim's type; one that names no system is of the one meant."""
    kind = read_concept(part(resource, "type"))
    return kind.code_of(["claim-type"]) or first(code for system, code, _ in kind.codings if not system)


def _status(resource: Tree, kind: str) -> str:
    """The contract's word for what became of the claim."""
    rules = fhir_mapping().claims
    word = text(resource, "status")
    if word is None:
        raise Doubt("claim_status", Fault.MISSING)
    if word not in rules.statuses[kind]:
        raise Doubt("claim_status", Fault.UNEXPECTED_WORD)
    if _related(resource, rules.replaced):
        return "reversed"
    status = rules.statuses[kind][word]
    if status != "paid":
        return status
    return rules.outcomes.get(text(resource, "outcome") or "", _decision(resource) or status)


def _decision(tree: Tree) -> str | None:
    """What an adjudication of the claim or line decides."""
    for adjudication in parts(tree, "adjudication"):
        reason = read_concept(part(adjudication, "reason"))
        for status, tokens in fhir_mapping().claims.decisions.items():
            if reason.says_any(tokens):
                return status
    return None


def _related(resource: Tree, tokens: tuple[str, ...]) -> Tree | None:
    return next((one for one in parts(resource, "related") if read_concept(part(one, "relationship")).says_any(tokens)), None)


def _original(resource: Tree) -> Cells:
    """The claim that this one replaces or takes back: by its number, else by the resource."""
    prior = _related(resource, fhir_mapping().claims.replaces)
    if prior is None:
        return {}
    number = text(part(prior, "reference"), "value")
    reference = part(prior, "claim")
    key = reference_key(reference, "ExplanationOfBenefit")
    named = number or text(part(reference, "identifier"), "value")
    return {"original_claim_id": named or last_part(key), "original_key": None if named else key}


def _lines(claim: Claim, item: Tree) -> Iterator[Row]:
    """The line of an item; where the item only sums up its details, a line of each."""
    details = parts(item, "detail")
    if details and not any((service_code(item), revenue_code(item))):
        for detail in details:
            number = f"{text(item, 'sequence')}.{text(detail, 'sequence')}"
            yield from _line(claim, {**item, **detail}, number)
    else:
        yield from _line(claim, item, text(item, "sequence"))


def _line(claim: Claim, item: Tree, number: str | None) -> Iterator[Row]:
    codes = claim_codes(claim.resource, item)
    start, end = _days(claim.resource, item)
    modifiers = [one[0][1] for one in (read_concept(one).codings for one in parts(item, "modifier")) if one]
    frequency = claim.head.get("frequency_code") or _assumed_frequency(claim)
    cells: Cells = {
        **claim.head,
        "frequency_code": frequency,
        "claim_line_number": number,
        "claim_line_start_date": start,
        "claim_line_end_date": end,
        "hcpcs_code": service_code(item),
        "revenue_center_code": revenue_code(item),
        "ndc_code": drug_code(item),
        "line_description": service_words(claim.resource, item),
        **_quantity(item),
        **{f"hcpcs_modifier_{n}": code for n, code in enumerate(modifiers[:MODIFIERS], start=1)},
        "place_of_service_code": first(code for _, code, _ in read_concept(part(item, "locationCodeableConcept")).codings),
        **renderer(claim.resource, item),
        **codes.cells,
    }
    if decided := _decision(item) if claim.head["claim_status"] == "paid" else None:
        cells["claim_status"] = decided
    yield Row("claim_lines", cells | _money(item))


def _events(claim: Claim, item: Tree) -> Iterator[Row]:
    """Codes of the claim that its lines have no column for."""
    start, end = _days(claim.resource, item)
    told = {name: claim.head[name] for name in ("member_key", "self_key", "updated")}
    shared = {**told, "start": start, "end": end, "document_id": claim.head["claim_id"]}
    for code in claim_codes(claim.resource, item).apart:
        yield Row("events", {**shared, **code})


def _money(item: Tree) -> Cells:
    """Amounts; of a line whose amounts cannot be trusted, the fault."""
    try:
        return amounts(item)
    except Doubt as doubt:
        return {"fault_column": doubt.column, "fault": doubt.fault.value}


def _assumed_frequency(claim: Claim) -> str | None:
    """A claim that names the one before it replaces it, where nothing says more."""
    replaces = claim.head.get("original_claim_id") and not claim.head.get("bill_type_code")
    return fhir_mapping().claims.replacement_frequency if replaces else None


def _days(resource: Tree, item: Tree) -> tuple[str | None, str | None]:
    """The days of the line's service; those of the claim where the line has none of its own."""
    if day := text(item, "servicedDate"):
        return bill_day(day), None
    period = part(item, "servicedPeriod") or part(resource, "billablePeriod")
    return bill_day(text(period, "start")), bill_day(text(period, "end"))


def _quantity(item: Tree) -> Cells:
    quantity = part(item, "quantity")
    unit = text(quantity, "unit") or text(quantity, "code")
    return {
        "service_unit_quantity": text(quantity, "value"),
        "unit_of_measure": fhir_mapping().claim_units.get(unit or "", unit),
    }
