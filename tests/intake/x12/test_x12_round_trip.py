"""Random claims, written as 837 in random legal signs, come back as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from draws import draws
from hypothesis import given
from hypothesis import strategies as st
from interchanges import INSTITUTIONAL, PROFESSIONAL, Row, Signs, interchange, read

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# A sign may be anything that no value of the file holds.
USABLE = "*|^~!%>:;\\{}[]<+=\x1c\x1d\x1e\x1f\t"
LINE_ENDS = ("", "\n", "\r", "\r\n")

codes = st.text(LETTERS, min_size=3, max_size=7)
numbers = st.text(LETTERS + "-", min_size=1, max_size=12).filter(lambda text: text.strip("-") == text)
days = st.dates(date(2005, 1, 1), date(2035, 12, 31))
amounts = st.decimals(Decimal("0.00"), Decimal("99999.99"), places=2)
npis = st.text("0123456789", min_size=10, max_size=10)


def one_blank(text: str) -> str:
    """Runs of blanks are read as one."""
    return " ".join(text.split())


@st.composite
def signs(draw: Any) -> Signs:
    element, component, segment, repetition = draw(st.permutations(USABLE))[:4]
    if draw(st.booleans()):
        return Signs(element, component, draw(st.sampled_from("\n\r")), repetition, "")
    return Signs(element, component, segment, repetition, draw(st.sampled_from(LINE_ENDS)))


@dataclass(frozen=True)
class Made:
    """A random claim: its segments, and the rows it should become."""

    text: str
    rows: list[Row]


@st.composite
def claims(draw: Any, institutional: bool, number: int) -> Made:
    claim_id, member = f"{draw(numbers)}{number}", draw(numbers)
    diagnoses = draw(st.lists(codes, min_size=1, max_size=30, unique=True))
    frequency, place, original = draw(st.sampled_from("123457")), draw(st.sampled_from(("11", "21", "13"))), draw(st.none() | numbers)
    version = draw(st.booleans())
    first, other = ("ABK", "ABF") if version else ("BK", "BF")
    lines, rows = [], []
    total = Decimal(0)
    for line in range(1, draw(st.integers(1, 4)) + 1):
        start = draw(days)
        end = start + timedelta(days=draw(st.integers(0, 40)))
        service = draw(codes)
        modifiers = draw(st.lists(st.text(LETTERS, min_size=2, max_size=2), max_size=4))
        words = draw(st.none() | st.text(LETTERS + " '/-.,#é", min_size=1, max_size=30).map(one_blank).filter(bool))
        charge, units = draw(amounts), str(draw(st.integers(1, 99)))
        total += charge
        composite = ":".join(["HC", service, *modifiers, *[""] * (4 - len(modifiers) if words else 0), *([words] if words else [])])
        dates = f"D8*{start:%Y%m%d}" if start == end else f"RD8*{start:%Y%m%d}-{end:%Y%m%d}"
        billed = f"SV2*0410*{composite}*{charge}*UN*{units}" if institutional else f"SV1*{composite}*{charge}*UN*{units}***1"
        lines.append(f"LX*{line}\n{billed}\nDTP*472*{dates}\n")
        modified = {f"hcpcs_modifier_{n}": modifier for n, modifier in enumerate(modifiers, 1)}
        rows.append(
            {"claim_line_number": str(line), "claim_line_start_date": start.isoformat(), "claim_line_end_date": end.isoformat()}
            | {"hcpcs_code": service, "charge_amount": str(charge), "service_unit_quantity": units, "line_description": words}
            | {"revenue_center_code": "0410" if institutional else None}
            | modified
        )
    head = {"claim_id": claim_id, "member_id": member, "frequency_code": frequency, "original_claim_id": original}
    head |= {"claim_type": "institutional" if institutional else "professional"}
    head |= {"bill_type_code": place + frequency} if institutional else {"place_of_service_code": place}
    head |= {"diagnosis_code_type": "icd10cm" if version else "icd9cm"}
    head |= {f"diagnosis_code_{n}": code for n, code in enumerate(diagnoses[:25], 1)}
    npi = draw(npis)
    text = "\n".join(
        [
            "HL*1**20*1",
            f"NM1*85*2*BILLER*****XX*{npi}",
            "HL*2*1*22*0",
            "SBR*P*18*******CI",
            f"NM1*IL*1*DOE*JO****MI*{member}",
            f"CLM*{claim_id}*{total}***{place}:{'A' if institutional else 'B'}:{frequency}*Y*A*Y*Y",
            *([f"REF*F8*{original}"] if original else []),
            "HI*" + "*".join(f"{other if n else first}:{code}" for n, code in enumerate(diagnoses)),
            *lines,
        ]
    )
    return Made(text, [head | {"billing_npi": npi} | row for row in rows])


@draws(12, 100)
@given(st.data(), signs())
def test_claims_come_back_as_they_were(data: st.DataObject, drawn: Signs) -> None:
    kinds = data.draw(st.lists(st.booleans(), min_size=1, max_size=3))
    made = [data.draw(claims(kind, number)) for number, kind in enumerate(kinds)]
    transactions = [(INSTITUTIONAL if kind else PROFESSIONAL, one.text) for kind, one in zip(kinds, made, strict=True)]
    found = read(interchange(*transactions, signs=drawn))
    assert not found.aside
    expected = [row for one in made for row in one.rows]
    assert len(found.lines) == len(expected)
    for row, wanted in zip(found.lines, expected, strict=True):
        assert {name: row[name] for name in wanted} == wanted
        assert row["diagnosis_code_25"] == wanted.get("diagnosis_code_25")
