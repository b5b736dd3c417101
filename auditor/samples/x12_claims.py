"""Writes the sample's claims as 837: what was billed, and nothing of what was paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from auditor.samples.cases import Row
from auditor.samples.x12_segments import INSTITUTIONAL, PROFESSIONAL, Kind, Segment, composite, interchange, plain_date

FILING = {"commercial": "CI", "medicaid": "MC", "medicare": "16"}
CONTRACT = {"drg": "01", "per_diem": "02", "case_rate": "04", "percent_of_charge": "06"}
WHOLE_DAY = 10


@dataclass(frozen=True)
class Billed:
    """One claim as it was sent: its lines, in order."""

    lines: tuple[Row, ...]

    @property
    def head(self) -> Row:
        """What the first line says, and with it the whole claim."""
        return self.lines[0]


def billed_claims(rows: Sequence[Row]) -> tuple[Billed, ...]:
    """The claims behind rows of lines. A line that comes again is a claim sent again, unless it is what was taken back or paid anew."""
    claims: list[list[Row]] = []
    taken_back: set[str] = set()
    for row in rows:
        if row["charge_amount"].startswith("-"):
            taken_back.add(row["claim_id"])
        elif row["claim_id"] not in taken_back:
            if not claims or claims[-1][0]["claim_id"] != row["claim_id"] or _billed_already(claims[-1], row):
                claims.append([])
            claims[-1].append(row)
    return tuple(Billed(tuple(lines)) for lines in claims)


def _billed_already(lines: Sequence[Row], row: Row) -> bool:
    return any(line["claim_line_number"] == row["claim_line_number"] for line in lines)


def write_claims(rows: Sequence[Row], members: Sequence[Row]) -> Mapping[str, str]:
    """The two files of claims by name."""
    people = {row["member_id"]: row for row in reversed(members)}
    claims = billed_claims(rows)
    kinds = {"professional": PROFESSIONAL, "institutional": INSTITUTIONAL}
    return {
        f"{name}.837": interchange(kind, [_transaction(kind, [one for one in claims if one.head["claim_type"] == name], people)])
        for name, kind in kinds.items()
    }


def _transaction(kind: Kind, claims: Sequence[Billed], people: Mapping[str, Row]) -> Iterator[Segment]:
    yield ("BHT", "0019", "00", "SAMPLE", "20261122", "0600", "CH")
    yield ("NM1", "41", "2", "SAMPLE CLEARING HOUSE", "", "", "", "", "46", "SAMPLE")
    yield ("NM1", "40", "2", "SAMPLE PAYER", "", "", "", "", "46", "SAMPLE")
    level, billing = 0, ("", "")
    for claim in claims:
        head = claim.head
        if (head["billing_npi"], head["billing_tin"]) != billing:
            billing, level = (head["billing_npi"], head["billing_tin"]), level + 1
            parent = level
            yield from _billing(level, *billing)
        level += 1
        yield from _subscriber(level, parent, head, people.get(head["member_id"], {}))
        yield from _claim(kind, claim)


def _billing(level: int, npi: str, tin: str) -> Iterator[Segment]:
    yield ("HL", str(level), "", "20", "1")
    yield ("NM1", "85", "2", "SAMPLE BILLER", "", "", "", "", "XX", npi)
    yield ("REF", "EI", tin)


def _subscriber(level: int, parent: int, head: Row, person: Row) -> Iterator[Segment]:
    yield ("HL", str(level), str(parent), "22", "0")
    yield ("SBR", "P", "18", "", "", "", "", "", "", FILING[head["line_of_business"]])
    yield ("NM1", "IL", "1", "SAMPLE", "MEMBER", "", "", "", "MI", head["member_id"])
    yield ("N4", "SAMPLETON", head["state"], "00000")
    born = person.get("birth_date", "")
    if len(born) >= WHOLE_DAY and _is_day(born[:WHOLE_DAY]):
        yield ("DMG", "D8", plain_date(born[:WHOLE_DAY]), person.get("sex", "U"))
    yield ("NM1", "PR", "2", head["plan"], "", "", "", "", "PI", "SAMPLE")


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _claim(kind: Kind, claim: Billed) -> Iterator[Segment]:
    head = claim.head
    total = sum(Decimal(line["charge_amount"]) for line in claim.lines)
    if kind is INSTITUTIONAL:
        bill_type = head["bill_type_code"]
        place = composite(bill_type[1:3], "A", bill_type[3])
    else:
        place = composite(head["place_of_service_code"], "B", head["frequency_code"])
    yield ("CLM", head["claim_id"], str(total), "", "", place, "Y", "A", "Y", "Y")
    if kind is INSTITUTIONAL:
        first, last = head["admission_date"], head["discharge_date"]
        yield ("DTP", "434", "RD8", f"{plain_date(first)}-{plain_date(last)}")
        yield ("DTP", "435", "DT", f"{plain_date(first)}0000")
        yield ("CL1", "1", "7", "01")
    if method := CONTRACT.get(head.get("payment_method", "")):
        yield ("CN1", method)
    if original := head.get("original_claim_id"):
        yield ("REF", "F8", original)
    yield from _codes(head)
    yield from _providers(kind, head)
    for line in claim.lines:
        yield from _line(kind, line)


def _codes(head: Row) -> Iterator[Segment]:
    diagnoses = [code for n in range(1, 26) if (code := head.get(f"diagnosis_code_{n}"))]
    if diagnoses:
        yield ("HI", composite("ABK", diagnoses[0]))
    if diagnoses[1:]:
        yield ("HI", *(composite("ABF", code) for code in diagnoses[1:]))
    operations = [(code, head[f"procedure_date_{n}"]) for n in range(1, 26) if (code := head.get(f"procedure_code_{n}"))]
    for n, (code, day) in enumerate(operations):
        yield ("HI", composite("BBQ" if n else "BBR", code, "D8", plain_date(day)))


def _providers(kind: Kind, head: Row) -> Iterator[Segment]:
    if npi := head.get("rendering_npi"):
        yield ("NM1", "82", "1", "SAMPLE", "CLINICIAN", "", "", "", "XX", npi)
        if specialty := head.get("rendering_specialty"):
            yield ("PRV", "PE", "PXC", specialty)
    if kind is PROFESSIONAL and (npi := head.get("facility_npi")):
        yield ("NM1", "77", "2", "SAMPLE FACILITY", "", "", "", "", "XX", npi)


def _line(kind: Kind, line: Row) -> Iterator[Segment]:
    code, words = line.get("hcpcs_code", ""), line.get("line_description", "")
    service = composite("HC", code, line.get("hcpcs_modifier_1", ""), "", "", "", words) if code else ""
    unit = "DA" if line.get("unit_of_measure") == "DA" else "UN"
    amounts = (line["charge_amount"], unit, line["service_unit_quantity"])
    yield ("LX", line["claim_line_number"])
    if kind is INSTITUTIONAL:
        yield ("SV2", line["revenue_center_code"], service, *amounts)
    else:
        yield ("SV1", service, *amounts, "", "", "1")
    first, last = line["claim_line_start_date"], line["claim_line_end_date"]
    one_day = first == last or not _is_day(first)
    yield ("DTP", "472", "D8" if one_day else "RD8", plain_date(first) if one_day else f"{plain_date(first)}-{plain_date(last)}")
    yield ("REF", "6R", line["claim_line_number"])
    if words and not code:
        yield ("NTE", "TPO", words)
    if drug := line.get("ndc_code"):
        yield ("LIN", "", "N4", drug)
        yield ("CTP", "", "", "", "1", "UN")
