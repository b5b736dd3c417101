"""Writes the sample's money as 835: one transaction for each day on which the plan paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby

from auditor.samples.cases import Row
from auditor.samples.x12_claims import FILING
from auditor.samples.x12_segments import PAYMENT, Segment, composite, interchange, plain_date

PAID, DENIED, REVERSED = "1", "4", "22"
CONTRACTUAL, PATIENT = ("CO", "45"), ("PR", "2")
VOID = "8"
DRG = "790"  # any group will do: that there is one says how the stay was priced


def write_payments(rows: Sequence[Row]) -> str:
    """The file of payments."""
    paid = sorted(_paid_rows(rows), key=lambda row: row["paid_date"])
    return interchange(PAYMENT, [_transaction(day, list(of_day)) for day, of_day in groupby(paid, key=lambda row: row["paid_date"])])


def _paid_rows(rows: Sequence[Row]) -> Iterator[Row]:
    """Every row but copies; the charge of what is paid anew is the line's, whatever the row says."""
    seen: list[Row] = []
    charges: dict[tuple[str, str], str] = {}
    for row in rows:
        if row in seen:
            continue
        seen.append(row)
        line = row["claim_id"], row["claim_line_number"]
        charges.setdefault(line, row["charge_amount"])
        yield row if row["charge_amount"].startswith("-") else row | {"charge_amount": charges[line]}


def _transaction(day: str, rows: Sequence[Row]) -> Iterator[Segment]:
    total = sum((_amount(row["paid_amount"]) * _sign(row) for row in rows), Decimal(0))
    yield ("BPR", "I", str(total), "C", "ACH", *[""] * 11, plain_date(day))
    yield ("TRN", "1", f"SAMPLE{plain_date(day)}", "1000000000")
    yield ("DTM", "405", plain_date(day))
    yield ("N1", "PR", "SAMPLE PAYER")
    yield ("N1", "PE", "SAMPLE BILLER", "XX", rows[0]["billing_npi"])
    yield ("LX", "1")
    for _, of_claim in groupby(rows, key=lambda row: (row["claim_id"], _status(row), row["received_date"])):
        yield from _claim(list(of_claim))


def _claim(rows: Sequence[Row]) -> Iterator[Segment]:
    head = rows[0]
    total = [sum((_amount(row[name]) * _sign(row) for row in rows), Decimal(0)) for name in ("charge_amount", "paid_amount")]
    paid = head["paid_amount"] if len(rows) == 1 and _sign(head) == 1 else str(total[1])
    frequency = head.get("frequency_code") or head["bill_type_code"][-1]
    place = head.get("place_of_service_code") or head["bill_type_code"][1:3]
    drg = DRG if head.get("payment_method") == "drg" else ""
    filing, number = FILING[head["line_of_business"]], head["claim_id"]
    yield ("CLP", number, _status(head), str(total[0]), paid, "", filing, number, place, frequency, "", drg)
    yield ("NM1", "QC", "1", "SAMPLE", "MEMBER", "", "", "", "MI", head["member_id"])
    yield ("DTM", "050", plain_date(head["received_date"]))
    for row in rows:
        yield from _service(row)


def _service(row: Row) -> Iterator[Segment]:
    sign = _sign(row)
    charge, allowed, paid = (_amount(row[name]) * sign for name in ("charge_amount", "allowed_amount", "paid_amount"))
    written = row["paid_amount"] if sign == 1 else str(paid)
    code, revenue = row.get("hcpcs_code", ""), row.get("revenue_center_code", "")
    service = composite("HC", code, row.get("hcpcs_modifier_1", "")) if code else composite("NU", revenue)
    yield ("SVC", service, str(charge), written, revenue if code else "", row["service_unit_quantity"])
    yield from _dates(row)
    if _status(row) == DENIED:
        yield ("CAS", "CO", "50", str(charge))
    else:
        yield from (("CAS", *why, str(left)) for why, left in ((CONTRACTUAL, charge - allowed), (PATIENT, allowed - paid)) if left)
    yield ("REF", "6R", row["claim_line_number"])
    yield ("AMT", "B6", str(allowed))


def _dates(row: Row) -> Iterator[Segment]:
    first, last = row["claim_line_start_date"], row["claim_line_end_date"]
    if first == last:
        yield ("DTM", "472", plain_date(first))
    else:
        yield from (("DTM", "150", plain_date(first)), ("DTM", "151", plain_date(last)))


def _status(row: Row) -> str:
    if row["claim_status"] == "denied":
        return DENIED
    return REVERSED if row["charge_amount"].startswith("-") or _sign(row) < 0 else PAID


def _sign(row: Row) -> int:
    """A void takes back what its original was paid."""
    return -1 if (row.get("frequency_code") or row["bill_type_code"][-1:]) == VOID else 1


def _amount(text: str) -> Decimal:
    """The amount; nothing for a cell that is wrong on purpose."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
