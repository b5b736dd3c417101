"""Random rows written as FHIR by the sample's writer, which is not the reader, come back as they were."""

from __future__ import annotations

import random
from datetime import timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from draws import draws
from fhir_files import read_paths
from hypothesis import given
from hypothesis import strategies as st

from auditor.samples.fhir import write_fhir

Rows = list[dict[str, Any]]

NAMES = st.text("ABC123-.", min_size=1, max_size=8).filter(lambda name: name.strip("."))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=12)
DAYS = st.dates().map(str)
CENTS = st.integers(-(10**9), 10**9).map(lambda cents: f"{cents / 100:.2f}")
CLOCKS = st.datetimes(timezones=st.sampled_from([-7, -6, 0, 5.5]).map(lambda hours: timezone(timedelta(hours=hours)))).map(
    lambda moment: moment.replace(microsecond=0).isoformat()
)
CODES = st.from_regex(r"[A-Z][0-9]{2}[0-9A-Z]{0,4}", fullmatch=True)
SERVICES = st.from_regex(r"[0-9A-Z][0-9]{4}", fullmatch=True)
CONDITIONS = {"pphn": "Condition", "ards": "Condition"}
STATUSES = st.sampled_from(["present", "absent", "preliminary", "entered_in_error"])


@st.composite
def claim_lines(draw: st.DrawFn) -> Rows:
    """Lines of some claims, each claim a group of rows, as an extract has them."""
    rows: Rows = []
    for claim in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        head = {
            "claim_id": claim, "member_id": draw(NAMES), "line_of_business": draw(st.sampled_from(["commercial", "medicaid", "other"])),
            "plan": draw(st.sampled_from(["Plan A", "Plan B"])),
            "state": "OR", "claim_type": draw(st.sampled_from(["professional", "institutional"])),
            "claim_status": draw(st.sampled_from(["paid", "denied", "reversed", "pending"])), "billing_npi": draw(NAMES),
            "billing_tin": "1", "facility_npi": draw(NAMES), "received_date": draw(DAYS), "paid_date": draw(DAYS),
            "original_claim_id": draw(st.just("") | NAMES), "bill_type_code": draw(st.sampled_from(["", "0111", "0117"])),
            "rendering_npi": draw(st.just("") | NAMES), "payment_method": draw(st.sampled_from(["", "drg", "per_diem"])),
            **{f"diagnosis_code_{n}": code for n, code in enumerate(draw(st.lists(CODES, max_size=9, unique=True)), 1)},
        }  # fmt: skip
        for number in range(1, draw(st.integers(1, 3)) + 1):
            rows.append(head | draw(lines(number)))
    return rows


@st.composite
def lines(draw: st.DrawFn, number: int) -> dict[str, str]:
    modifiers = draw(st.lists(st.sampled_from(["26", "59", "XU"]), max_size=4))
    return {
        "claim_line_number": str(number), "claim_line_start_date": draw(DAYS), "claim_line_end_date": draw(DAYS),
        "hcpcs_code": draw(SERVICES), "revenue_center_code": draw(st.sampled_from(["", "0410", "0271"])),
        "service_unit_quantity": draw(st.sampled_from(["1", "24", "0.5"])), "unit_of_measure": draw(st.sampled_from(["", "HR", "DA"])),
        "line_description": draw(st.just("") | WORDS), "ndc_code": draw(st.just("") | st.from_regex("[0-9]{11}", fullmatch=True)),
        "charge_amount": draw(CENTS), "allowed_amount": draw(CENTS), "paid_amount": draw(st.just("") | CENTS),
        **{f"hcpcs_modifier_{n}": code for n, code in enumerate(modifiers, 1)},
    }  # fmt: skip


@st.composite
def events(draw: st.DrawFn) -> Rows:
    rows: Rows = []
    for _ in range(draw(st.integers(1, 12))):
        row = {"member_id": draw(NAMES), "start": draw(CLOCKS | DAYS), "facility": draw(NAMES), "document_id": draw(NAMES)}
        if draw(st.booleans()):
            row |= {"concept": draw(st.sampled_from(sorted(CONDITIONS))), "status": draw(STATUSES), "text": draw(WORDS)}
        else:
            row |= {"code_system": "loinc", "code": "59408-5", "value": draw(st.integers(0, 100).map(str)), "unit": "%"}
        rows.append(row)
    return rows


def written_and_read(tables: dict[str, Rows]) -> Any:
    with TemporaryDirectory() as folder:
        write_fhir(Path(folder) / "fhir", {"claim_lines": [], "members": [], "events": [], **tables})
        paths = sorted((Path(folder) / "fhir").iterdir())
        random.Random(len(paths)).shuffle(paths)
        return read_paths(Path(folder), paths)


def as_read(rows: Rows, names: set[str]) -> list[list[tuple[str, str]]]:
    """Rows as sorted cells: amounts as numbers, empty cells left out, codes without their dots."""
    return sorted(sorted((name, plain(name, value)) for name, value in row.items() if name in names and value) for row in rows)


def plain(name: str, value: str) -> str:
    if name.endswith(("_amount", "_quantity")):
        return f"{float(value):.2f}"
    return value.replace(".", "") if name.startswith("diagnosis_code_") else value


@draws(8, 60)
@given(claim_lines())
def test_claim_lines_come_back(rows: Rows) -> None:
    names = {name for row in rows for name in row} - {"billing_tin", "original_claim_id"}
    found = written_and_read({"claim_lines": rows})["claim_lines"]
    assert as_read(found, names) == as_read(rows, names)
    assert as_read(found, {"claim_id", "claim_line_number", "original_claim_id"}) == as_read(
        rows, {"claim_id", "claim_line_number", "original_claim_id"}
    )


@draws(8, 60)
@given(events())
def test_events_come_back(rows: Rows) -> None:
    names = {"member_id", "start", "document_id", "concept", "code_system", "code", "status", "text", "value", "unit"}
    expected = [row | ({} if "status" in row else {"status": "present"}) for row in rows]
    assert as_read(written_and_read({"events": rows})["events"], names) == as_read(expected, names)
