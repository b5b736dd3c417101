"""The sample's claims as FHIR: an ExplanationOfBenefit for each version of a claim, with who bills, who provides and which plan pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from auditor.samples.cases import Row
from auditor.samples.fhir_parts import WORDS, Resource, coding, number, reference, without_nothing

LINE = (
    "claim_line_number", "claim_line_start_date", "claim_line_end_date", "hcpcs_code", "revenue_center_code", "service_unit_quantity",
    "unit_of_measure", "ndc_code", "line_description", "place_of_service_code", "charge_amount", "allowed_amount", "paid_amount",
)  # fmt: skip
MODIFIER, DIAGNOSIS, PROCEDURE = "hcpcs_modifier_", "diagnosis_code_", "procedure_code_"
AMOUNTS = {"charge_amount": "submitted", "allowed_amount": "eligible", "paid_amount": "benefit"}
CURRENCY = "USD"


def claim_resources(lines: Iterable[Row]) -> Iterator[Resource]:
    """One resource for the lines of a version, in their order; then organizations, places and coverages."""
    lines = list(lines)
    for version, (head, group) in enumerate(groupby(lines, _head), start=1):
        yield without_nothing(_benefit(dict(head), list(group), version))
    places = {row["facility_npi"]: "" for row in lines}
    tins = places | {row["billing_npi"]: row["billing_tin"] for row in lines}
    for npi, tin in sorted(tins.items()):
        yield _party("Organization", npi, tin)
    for npi in sorted(places):
        yield _party("Location", npi, "")
    for member, line, plan in sorted({_covered(row) for row in lines}):
        yield _coverage(member, line, plan)


def _head(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in row.items() if name not in LINE and not name.startswith(MODIFIER)))


def _benefit(head: Row, lines: list[Row], version: int) -> Resource:
    return {
        "resourceType": "ExplanationOfBenefit",
        "id": f"{head['claim_id']}-v{version}",
        "identifier": [{"type": coding("number", "uc"), "value": head["claim_id"]}],
        "status": WORDS["claim_statuses"][head["claim_status"]],
        "type": coding("claim_type", head["claim_type"]),
        "use": "claim",
        "outcome": "complete",
        "patient": reference("Patient", head["member_id"]),
        "provider": reference("Organization", head["billing_npi"]),
        "facility": reference("Location", head["facility_npi"]),
        "related": _related(head),
        "careTeam": _care_team(head),
        "supportingInfo": [{"sequence": n, **one} for n, one in enumerate(_supporting(head), start=1)],
        "diagnosis": _diagnoses(head),
        "procedure": _procedures(head),
        "insurance": [{"focal": True, "coverage": reference("Coverage", _coverage_id(*_covered(head)))}],
        "item": [without_nothing(_item(row, head)) for row in lines],
        "payment": {"date": head["paid_date"]} if head.get("paid_date") else None,
    }


def _related(head: Row) -> list[Resource]:
    prior = head.get("original_claim_id")
    return [{"relationship": coding("related", "prior"), "reference": {"value": prior}}] if prior else []


def _care_team(head: Row) -> list[Resource]:
    if not head.get("rendering_npi"):
        return []
    who = {"identifier": {"system": WORDS["systems"]["npi"], "value": head["rendering_npi"]}}
    member = {"sequence": 1, "provider": who, "role": coding("role", "performing")}
    specialty = head.get("rendering_specialty")
    return [member | ({"qualification": coding("specialty", specialty)} if specialty else {})]


def _supporting(head: Row) -> Iterator[Resource]:
    if head.get("received_date"):
        yield {"category": coding("info", "clmrecvddate"), "timingDate": head["received_date"]}
    if head.get("admission_date"):
        period = {"start": head["admission_date"], "end": head.get("discharge_date")}
        yield {"category": coding("info", "admissionperiod"), "timingPeriod": without_nothing(period)}
    if head.get("bill_type_code"):
        yield {"category": coding("info", "typeofbill"), "code": coding("bill_type", head["bill_type_code"])}
    for name in ("frequency_code", "payment_method", "state"):
        if head.get(name):
            yield {"category": coding("claim", name), "code": coding("claim", head[name])}


def _diagnoses(head: Row) -> list[Resource]:
    codes = [head[name] for name in sorted(head) if name.startswith(DIAGNOSIS) and head[name]]
    return [
        {"sequence": n, "diagnosisCodeableConcept": coding("icd10cm", f"{code[:3]}.{code[3:]}".rstrip("."))}
        for n, code in enumerate(codes, start=1)
    ]


def _procedures(head: Row) -> list[Resource]:
    names = [name for name in sorted(head) if name.startswith(PROCEDURE) and head[name]]
    return [
        {"sequence": n, "date": head[name.replace("code", "date")], "procedureCodeableConcept": coding("icd10pcs", head[name])}
        for n, name in enumerate(names, start=1)
    ]


def _item(row: Row, head: Row) -> Resource:
    service = coding("hcpcs", row["hcpcs_code"]) if row.get("hcpcs_code") else {}
    return {
        "sequence": int(row["claim_line_number"]),
        "careTeamSequence": [1] if head.get("rendering_npi") else None,
        "revenue": coding("revenue", row["revenue_center_code"]) if row.get("revenue_center_code") else None,
        "productOrService": service | ({"text": row["line_description"]} if row.get("line_description") else {}),
        "modifier": [coding("hcpcs", row[name]) for name in sorted(row) if name.startswith(MODIFIER) and row[name]],
        "servicedPeriod": {"start": row["claim_line_start_date"], "end": row["claim_line_end_date"]},
        "locationCodeableConcept": coding("place", row["place_of_service_code"]) if row.get("place_of_service_code") else None,
        "quantity": without_nothing({"value": number(row["service_unit_quantity"]), "unit": row.get("unit_of_measure")}),
        "detail": [{"sequence": 1, "productOrService": coding("ndc", row["ndc_code"])}] if row.get("ndc_code") else None,
        "adjudication": list(_adjudications(row, head)),
    }


def _adjudications(row: Row, head: Row) -> Iterator[Resource]:
    for column, kind in AMOUNTS.items():
        if row.get(column):
            yield {"category": coding("adjudication", kind), "amount": {"value": number(row[column]), "currency": CURRENCY}}
    if head["claim_status"] == "denied":
        yield {"category": coding("adjudication", "submitted"), "reason": coding("payer", "denied")}


def _party(kind: str, npi: str, tin: str) -> Resource:
    identifiers = [{"system": WORDS["systems"]["npi"], "value": npi}]
    identifiers += [{"system": WORDS["systems"]["tin"], "value": tin}] if tin else []
    return {"resourceType": kind, "id": npi, "identifier": identifiers}


def _coverage(member: str, line: str, plan: str) -> Resource:
    return {
        "resourceType": "Coverage",
        "id": _coverage_id(member, line, plan),
        "status": "active",
        "type": coding("line", line),
        "beneficiary": reference("Patient", member),
        "class": [{"type": coding("coverage_class", "plan"), "value": plan.lower().replace(" ", "-"), "name": plan}],
    }


def _covered(row: Row) -> tuple[str, str, str]:
    return row["member_id"], row["line_of_business"], row["plan"]


def _coverage_id(member: str, line: str, plan: str) -> str:
    return f"{member}-{line}-{plan.lower().replace(' ', '-')}"
