"""Hypothesis strategies for the claim lines of one person: what was billed, in how many versions, for how much."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.chart_rows import Person

Row = dict[str, Any]
SERVICES = (
    *({"hcpcs_code": code} for code in ("94002", "94003", "94799", "94799", "93463")),
    *(
        {"hcpcs_code": "94799", "line_description": words}
        for words in ("NITRIC OXIDE NOT GIVEN", "MIP/MEP", "INO THERAPY", "FENO", "inhaled nitric oxide", "PULM SVC")
    ),
    *({"revenue_center_code": "0271", "line_description": words} for words in ("NITRIC OXIDE", "INOMAX", "GLOVES", "EXHALED NITRIC OXIDE")),
    {"revenue_center_code": "410", "line_description": "INO"},
    {"revenue_center_code": "0481", "line_description": "INO"},
    {"revenue_center_code": "0271", "line_description": "NITRIC OXIDE", "unit_of_measure": "HR", "service_unit_quantity": "24"},
    {"revenue_center_code": "0271", "line_description": "NITRIC OXIDE PER HOUR", "service_unit_quantity": "60"},
    *({"revenue_center_code": "0636", "ndc_code": code} for code in ("64693000201", "N464693000201 UN1", "6469300021", "6469300031")),
    {"revenue_center_code": "0410", "hcpcs_code": "93463", "line_description": "INO CHALLENGE"},
    {"hcpcs_code": "93463", "line_description": "nitric oxide challenge"},
    {"hcpcs_code": "95012", "line_description": "nitric oxide"},
    {"hcpcs_code": "93303"},
    *({"hcpcs_code": code} for code in ("99468", "99232", "93451", "93454", "93530", "93593", "92928", "33647", "94660")),
    {"revenue_center_code": "0120"},
)
DIAGNOSES = ("P29.30", "P28.5", "P07.36", "P07.37", "Q79.0", "Q21.0", "Q26.2", "J80", "Q25.0", "I27.0", "Q21.1", "P07.30")
PROCEDURES = ("3E0F7SD", "5A1221Z", "5A1945Z", "02Q50ZZ")
BILLERS: tuple[Row, ...] = (
    *({},) * 6,
    *({"rendering_npi": npi} for npi in ("1000000020", "1000000111")),
    *({"rendering_npi": npi, "billing_tin": "91", "rendering_specialty": "37"} for npi in ("1000000020", "1000000111")),
    *({"facility_npi": npi} for npi in ("1000000004", "1000000004", "2000000002")),
    {"place_of_service_code": "11"},
    {"bill_type_code": "0211"},
)
AMOUNTS = ("1200.00", "0.00", "100.01", "999.99", "0.05", "45.5", "7000")


@st.composite
def claims(draw: st.DrawFn, person: Person) -> list[Row]:
    """A few claims, some of them followed by other versions, corrections by negative lines, and repeats."""
    coverage = draw(_coverage())
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 3))):
        second_plan = draw(st.sampled_from((False,) * 5 + (True,)))
        claim = draw(_claim(person, f"{person.member_id}C{number}", draw(_coverage()) if second_plan else coverage))
        rows += claim
        for n in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
            rows += draw(_version(claim, rows, n))
        rows += draw(_corrections(claim))
    return draw(st.permutations(rows[:12])) if draw(st.booleans()) else rows[:12]


@st.composite
def _coverage(draw: st.DrawFn) -> Row:
    line = draw(st.sampled_from((None,) * 2 + ("commercial",) * 6 + ("medicaid",) * 2 + ("medicare", "other")))
    return {"line_of_business": line, "state": draw(st.sampled_from((None, "OR", "OR", "OR", "OR", "OR", "WA", "CA", "OREGON")))}


@st.composite
def _claim(draw: st.DrawFn, person: Person, claim_id: str, coverage: Row) -> list[Row]:
    """One version of a claim with one to four lines."""
    first = draw(st.sampled_from((0, 0, 0, 1, 2, 6, 13, 14, 15, 18, 30, -3)))
    header = {
        **coverage,
        "claim_id": claim_id,
        "member_id": person.member_id,
        "claim_type": draw(st.sampled_from(("institutional", "institutional", "professional", None))),
        "payment_method": draw(st.sampled_from((None, None, "fee_schedule", "percent_of_charge", "drg", "per_diem"))),
        "received_date": str(person.day(first + 40)),
        **draw(st.sampled_from(BILLERS)),
        **draw(_frequency()),
        **draw(_coded(person, first)),
    }
    if draw(st.integers(0, 3)) == 0:
        header |= {"admission_date": str(person.day(first - draw(st.integers(0, 2)))), "discharge_date": str(person.day(first + 6))}
    return [{**header, **draw(_line(person, first, number))} for number in range(1, draw(st.integers(1, 4)) + 1)]


@st.composite
def _frequency(draw: st.DrawFn) -> Row:
    written = draw(
        st.sampled_from(
            ({}, {}, {}, {}, {"frequency_code": "1"}, {"frequency_code": "2"}, {"frequency_code": "0"}, {"frequency_code": "Q"})
        )
    )
    return written or draw(
        st.sampled_from(
            ({}, {}, {"bill_type_code": "0111"}, {"bill_type_code": "113"}, {"bill_type_code": "0115"}, {"bill_type_code": "11X"})
        )
    )


@st.composite
def _coded(draw: st.DrawFn, person: Person, first: int) -> Row:
    """Diagnoses of the claim, and now and then an ICD procedure with or without its date."""
    codes = draw(st.lists(st.sampled_from(DIAGNOSES), max_size=3, unique=True))
    row: Row = {f"diagnosis_code_{n}": code for n, code in enumerate(codes, 1)}
    if draw(st.integers(0, 3)) == 0:
        row["procedure_code_1"] = draw(st.sampled_from(PROCEDURES))
        row["procedure_date_1"] = draw(st.sampled_from((None, str(person.day(first)), str(person.day(-1)))))
    return row


@st.composite
def _line(draw: st.DrawFn, person: Person, first: int, number: int) -> Row:
    begin = person.day(first + draw(st.sampled_from((0, 0, 0, 1, 2, 4))))
    end = draw(st.sampled_from((None, begin, begin, begin + timedelta(days=2), begin + timedelta(days=5), begin + timedelta(days=15))))
    paid = draw(st.sampled_from((*AMOUNTS, *AMOUNTS, None)))
    return {
        "claim_line_number": str(number),
        "claim_line_start_date": str(begin),
        "claim_line_end_date": end and str(end),
        "service_unit_quantity": draw(st.sampled_from(("1", "1", "1", "1", "2", "6", None))),
        **draw(st.sampled_from(SERVICES)),
        "hcpcs_modifier_1": draw(st.sampled_from((None,) * 8 + ("59", "76", "77", "26", "XE"))),
        "claim_status": draw(st.sampled_from((None, "paid", "paid", "paid", "paid", "denied", "pending", "reversed"))),
        "paid_date": draw(st.sampled_from((None, str(begin + timedelta(days=45))))),
        "charge_amount": "9000.00",
        "allowed_amount": draw(st.sampled_from((None, "1500.00"))),
        "paid_amount": paid,
    }


@st.composite
def _version(draw: st.DrawFn, claim: list[Row], sofar: list[Row], number: int) -> list[Row]:
    """A replacement, void or late charge of a claim, pointing to it, to the latest before it, to itself, or to none on file."""
    frequency = draw(st.sampled_from(("7", "07", "0117", "8", "8", "5", "3", "G", "Q")))
    own = claim[0]["claim_id"]
    claim_id = draw(st.sampled_from((f"{own}V{number}", f"{own}V{number}", own)))
    original = draw(st.sampled_from((own, own, sofar[-1]["claim_id"], None, "absent")))
    received = date.fromisoformat(claim[0]["received_date"]) + timedelta(days=draw(st.sampled_from((10, 10, 20, 0, -5))))
    header = {"frequency_code": frequency, "claim_id": claim_id, "original_claim_id": original, "bill_type_code": None}
    header["received_date"] = draw(st.sampled_from((str(received), str(received), None)))
    return [{**line, **header, "paid_amount": draw(st.sampled_from((line["paid_amount"], "77.77")))} for line in claim]


@st.composite
def _corrections(draw: st.DrawFn, claim: list[Row]) -> list[Row]:
    """Nothing mostly; else a negative line, the same line paid or received later, a repeat, or a second copy without a receipt."""
    line = draw(st.sampled_from(claim))
    minus = {"paid_amount": f"-{line['paid_amount'] or '5.00'}", "claim_status": draw(st.sampled_from(("paid", "reversed", None)))}
    less = {"paid_amount": "-10.00"}
    later = {"paid_date": "2026-12-31", "paid_amount": draw(st.sampled_from(("55.55", "0.00")))}
    again = {
        "received_date": draw(st.sampled_from(("2026-10-01", "2026-11-01", None))),
        "paid_amount": draw(st.sampled_from(("55.55", line["paid_amount"]))),
        "claim_status": draw(st.sampled_from(("paid", "reversed", "denied"))),
        "hcpcs_code": draw(st.sampled_from((line.get("hcpcs_code"), "94799"))),
    }
    kinds = (
        [],
        [],
        [],
        [],
        [{**line, **minus}],
        [{**line, **less}],
        [{**line, **minus, "claim_line_number": "9"}],
        [{**line, **minus, "claim_id": f"{line['claim_id']}R", "original_claim_id": line["claim_id"]}],
        [{**line, **later}],
        [{**line, **again}],
        [{**line, **again}, {**line, **minus}],
        [dict(line)],
        [{**line, **minus}, {**line, **later}],
    )
    return draw(st.sampled_from(kinds))
