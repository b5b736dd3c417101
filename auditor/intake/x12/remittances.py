"""Reads the segments of an 835 into payments: what was paid, adjusted, denied or taken back, claim by claim and service by service.

Reasons of adjustments have no canonical column: what they leave to the patient becomes part of the allowed amount, and the rest is left
out, as are remarks, quantities, and adjustments of a provider's balance (PLB), which belong to no claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.errors import ExtractRefused
from auditor.intake.x12.delimiters import split_composite
from auditor.intake.x12.remittance import Payment, Remit
from auditor.intake.x12.store import FileStore
from auditor.intake.x12.values import as_day, element, whole_code
from auditor.intake.x12.words import load_words

MOST_SERVICES = 20_000
PEOPLE = {"QC": "patient_id", "IL": "insured_id"}
SOCIAL_SECURITY = "34"  # a number that no claim gives, so that it can neither fit nor contradict
PROCEDURE, REVENUE, CUT_OFF = "HC", "NU", "cut_off"


class RemittanceReader:
    """Reads one 835 transaction after another; ``takes`` has what takes a segment, by its name."""

    def __init__(self, name: str, store: FileStore) -> None:
        self.name = name
        self.store = store
        self.component = ""
        self.balance_adjustments = 0
        self._statuses = load_words().statuses
        self.begin(0)
        self.takes: dict[str, Callable[[int, Sequence[str]], None]] = {
            "BPR": self._payment, "TRN": self._trace, "CLP": self._claim, "CAS": self._adjustment, "NM1": self._named, "DTM": self._date,
            "SVC": self._service, "REF": self._reference, "AMT": self._amount, "PLB": self._balance,
        }  # fmt: skip

    def begin(self, row: int) -> None:
        """A new transaction, whose ST is the segment of that number."""
        self._set_row, self._paid_date, self._issued, self._trace_number = row, "", "", ""
        self._open: Remit | None = None

    def finish(self, cut_off: bool = False) -> None:
        """Ends the claim that is open; ``cut_off`` where its transaction never ended, so that some of it may be lost."""
        remit, self._open = self._open, None
        if remit is not None:
            remit.cells |= {"status": CUT_OFF} if cut_off else {}
            remit.cells |= {"paid_date": self._paid_date or self._issued, "trace": self._trace_number}
            self.store.add_remit(remit)

    def _payment(self, number: int, elements: Sequence[str]) -> None:
        self._paid_date = as_day(element(elements, 16))

    def _trace(self, number: int, elements: Sequence[str]) -> None:
        self._trace_number = "|".join((element(elements, 2), element(elements, 3)))

    def _claim(self, number: int, elements: Sequence[str]) -> None:
        self.finish()
        names = {"claim_id": 1, "charge": 3, "paid": 4, "filing": 6, "payer_number": 7, "drg": 11}
        cells = {name: element(elements, place) for name, place in names.items()}
        cells["status"] = self._statuses.get(element(elements, 2), "paid")
        cells["frequency"] = whole_code(element(elements, 9))
        self._open = Remit(number, self._set_row, cells)

    def _last(self) -> Payment | None:
        return self._open.services[-1] if self._open is not None and self._open.services else None

    def _adjustment(self, number: int, elements: Sequence[str]) -> None:
        if (service := self._last()) is not None:
            service.adjust(element(elements, 1), elements[3::3])
        elif self._open is not None:
            self._open.adjusted = True

    def _named(self, number: int, elements: Sequence[str]) -> None:
        name = PEOPLE.get(element(elements, 1))
        if self._open is not None and name and element(elements, 9) and element(elements, 8) != SOCIAL_SECURITY:
            self._open.cells.setdefault(name, element(elements, 9))

    def _date(self, number: int, elements: Sequence[str]) -> None:
        kind, day = element(elements, 1), as_day(element(elements, 2))
        if (service := self._last()) is not None and kind in ("472", "150", "151"):
            service.first_day = day if kind != "151" else service.first_day
            service.last_day = day if kind != "150" else service.last_day
        elif self._open is not None:
            name = {"232": "first_day", "233": "last_day", "050": "received_date"}.get(kind)
            self._open.cells |= {name: day} if name else {}
        elif kind == "405":
            self._issued = day

    def _service(self, number: int, elements: Sequence[str]) -> None:
        if self._open is None:
            return
        if len(self._open.services) >= MOST_SERVICES:
            raise ExtractRefused(f"{self.name}, segment {number}: a claim of more than {MOST_SERVICES:,} services; the file is damaged")
        kind, code, modifiers = self._procedure(element(elements, 1))
        payment = Payment(number, charge=element(elements, 2), paid=element(elements, 3), revenue=element(elements, 4))
        payment.service, payment.modifiers = (code, modifiers) if kind == PROCEDURE else ("", "")
        payment.revenue = code if kind == REVENUE else payment.revenue
        payment.original = self._procedure(element(elements, 6))[1]
        self._open.services.append(payment)

    def _procedure(self, composite: str) -> tuple[str, str, str]:
        """Qualifier, code and modifiers of a service."""
        parts = [part.strip() for part in split_composite(composite, self.component)]
        return parts[0], parts[1] if len(parts) > 1 else "", ":".join(part for part in parts[2:6] if part)

    def _reference(self, number: int, elements: Sequence[str]) -> None:
        if (service := self._last()) is not None and element(elements, 1) == "6R":
            service.control = element(elements, 2)

    def _amount(self, number: int, elements: Sequence[str]) -> None:
        if (service := self._last()) is not None and element(elements, 1) == "B6":
            service.allowed = element(elements, 2)

    def _balance(self, number: int, elements: Sequence[str]) -> None:
        self.finish()
        self.balance_adjustments += len([amount for amount in elements[4::2] if amount.strip()])
