"""Writes the claim lines of a curated member: one bill after another, day by day, with its versions and its amounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zlib import crc32

import numpy as np

from auditor.samples.cases import Case, Entry, Row, World

CENT = Decimal("0.01")
ORIGINAL = "1"
ADMITTED, DISCHARGED = -1, 4  # days from the start of iNO, and from the last day billed
RECEIVED, PAID = (9, 20), (10, 21)  # days after the last day billed, and after that


@dataclass(frozen=True)
class Bill:
    """One version of one claim: the member, the kind of bill, what the member's YAML changes, and its claim id."""

    case: Case
    kind: Entry
    entry: Entry
    claim_id: str

    @property
    def days(self) -> range:
        """Days billed, counted from the start of iNO."""
        first, last = self.entry["days"]
        return range(int(first), int(last) + 1)

    @property
    def frequency(self) -> str:
        """Original, replacement, void, or a part of a longer stay."""
        return str(self.entry.get("frequency", ORIGINAL))

    def units(self, position: int) -> Decimal:
        """Units of the day at that position."""
        units = self.entry.get("units")
        return Decimal(1) if units is None else Decimal(units[position])


def claim_rows(case: Case, world: World, seed: int) -> list[Row]:
    """The rows of ``claim_lines`` of one member, in the order of its bills."""
    rng = np.random.default_rng([seed, crc32(case.member_id.encode()), 1])
    rows = []
    for number, entry in enumerate(case.get("bills", ()), start=1):
        bill = Bill(case, world.bills[entry["bill"]], entry, _claim_id(case, entry.get("id", f"{number:02d}")))
        head = _head(bill, world) | _dates(bill, rng)
        share = Decimal(world.coverages[case["coverage"]]["share"])
        rows += [head | line | entry.get("set", {}) for line in _lines(bill, share)]
    return rows


def _claim_id(case: Case, number: str) -> str:
    return f"C{case.number}-{number}"


def _head(bill: Bill, world: World) -> Row:
    """What every line of the version says."""
    case, coverage = bill.case, world.coverages[bill.case["coverage"]]
    head = {
        "claim_id": bill.claim_id,
        "member_id": case.member_id,
        **{key: coverage[key] for key in ("line_of_business", "state", "plan")},
        **bill.kind["fields"],
        **_billers(bill, world),
        "claim_status": bill.entry.get("status", "paid"),
        **_codes(bill),
    }
    if "bill_type" in bill.kind:
        head |= {"bill_type_code": bill.kind["bill_type"] + bill.frequency} | _stay(bill)
    else:
        head["frequency_code"] = bill.frequency
    return head | ({"original_claim_id": _claim_id(case, bill.entry["original"])} if "original" in bill.entry else {})


def _billers(bill: Bill, world: World) -> Row:
    place = world.facilities[bill.entry.get("at", bill.case["at"])]
    if "bill_type" in bill.kind:
        return {"facility_npi": place["npi"], "billing_npi": place["npi"], "billing_tin": place["tin"]}
    return {
        "facility_npi": place["npi"],
        "billing_npi": place["group_npi"],
        "billing_tin": place["group_tin"],
        "rendering_npi": place["clinician_npi"],
    }


def _codes(bill: Bill) -> Row:
    """Diagnoses, and the ICD procedures of an inpatient claim."""
    row = {f"diagnosis_code_{n}": code.replace(".", "") for n, code in enumerate(bill.case.get("diagnoses", ()), start=1)}
    if "bill_type" in bill.kind:
        for n, procedure in enumerate(bill.case.get("procedures", ()), start=1):
            row |= {f"procedure_code_{n}": procedure["code"], f"procedure_date_{n}": bill.case.day(int(procedure["day"])).isoformat()}
    return row


def _stay(bill: Bill) -> Row:
    """Admission, not before the day of birth, and discharge."""
    billed = max(int(entry["days"][1]) for entry in bill.case["bills"])
    first, last = (int(day) for day in bill.entry.get("stay", bill.kind.get("stay", (ADMITTED, billed + DISCHARGED))))
    admitted = max(bill.case.day(first).isoformat(), bill.case.births[0][:10])
    return {"admission_date": admitted, "discharge_date": bill.case.day(last).isoformat()}


def _dates(bill: Bill, rng: np.random.Generator) -> Row:
    """When the plan received and paid the version: as given, else some weeks after its last day."""
    received = bill.case.day(bill.days[-1]) + timedelta(days=int(rng.integers(*RECEIVED)))
    received = date.fromisoformat(bill.entry.get("received", received.isoformat()))
    paid = received + timedelta(days=int(rng.integers(*PAID)))
    return {"received_date": received.isoformat(), "paid_date": bill.entry.get("paid", paid.isoformat())}


def _lines(bill: Bill, share: Decimal) -> Iterator[Row]:
    """The version's lines: those of its first day, then of each later one; a span is one line over all its days."""
    number = 0
    days = [bill.days[0]] if "span" in bill.entry else list(bill.days)
    for position, day in enumerate(days):
        for line in bill.kind.get("later", bill.kind["first"]) if position else bill.kind["first"]:
            number += 1
            yield {"claim_line_number": str(number), **_line(bill, line, position, share), **_span(bill, day)}


def _span(bill: Bill, day: int) -> Row:
    last = bill.days[-1] if "span" in bill.entry else day
    return {"claim_line_start_date": bill.case.day(day).isoformat(), "claim_line_end_date": bill.case.day(last).isoformat()}


def _line(bill: Bill, line: Entry, position: int, share: Decimal) -> Row:
    units = Decimal(len(bill.days)) if "span" in bill.entry else bill.units(position)
    billed = Decimal(bill.entry.get("price", line["charge"])) * units * int(bill.entry.get("sign", 1))
    allowed = _cents(billed * Decimal(line["allowed"]) / Decimal(line["charge"]))
    paid = Decimal(0) if bill.entry.get("status") == "denied" else _cents(allowed * share)
    said = {key: value for key, value in line.items() if key not in ("charge", "allowed")}
    return {
        **said,
        "service_unit_quantity": str(units),
        "charge_amount": str(_cents(billed)),
        "allowed_amount": str(allowed),
        "paid_amount": str(_cents(paid)),
    }


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
