"""What an 835 says of one claim and of its services, and the rows they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

REMIT_COLUMNS = (
    "remit_row", "set_row", "claim_id", "status", "charge", "paid", "filing", "payer_number", "frequency", "drg", "patient_id",
    "insured_id", "first_day", "last_day", "received_date", "paid_date", "trace", "adjusted", "services",
)  # fmt: skip
SERVICE_COLUMNS = (
    "source_row", "remit_row", "service", "modifiers", "revenue", "charge", "paid", "first_day", "last_day", "control", "original_service",
    "allowed", "responsibility_cents", "others",
)  # fmt: skip
PATIENT_GROUP, OTHER_GROUP = "PR", "OA"


@dataclass(slots=True)
class Payment:
    """A service (SVC) of a remittance; ``responsibility`` is what its adjustments leave to the patient, None where one is no amount."""

    row: int
    service: str = ""
    modifiers: str = ""
    revenue: str = ""
    charge: str = ""
    paid: str = ""
    first_day: str = ""
    last_day: str = ""
    control: str = ""
    original: str = ""
    allowed: str = ""
    responsibility: Decimal | None = Decimal(0)
    others: bool = False

    def adjust(self, group: str, amounts: Sequence[str]) -> None:
        """Takes one CAS segment."""
        self.others = self.others or group == OTHER_GROUP
        if group == PATIENT_GROUP and self.responsibility is not None:
            self.responsibility = add_amounts(self.responsibility, amounts)

    def cells(self, remit_row: int) -> tuple[object, ...]:
        """The row, in the order of ``SERVICE_COLUMNS``."""
        return (
            self.row, remit_row, self.service, self.modifiers, self.revenue, self.charge, self.paid, self.first_day, self.last_day,
            self.control, self.original, self.allowed, as_cents(self.responsibility), self.others,
        )  # fmt: skip


@dataclass(slots=True)
class Remit:
    """A claim (CLP) of a remittance; ``trace`` names the payment it belongs to, ``set_row`` its transaction."""

    row: int
    set_row: int
    cells: dict[str, str]
    adjusted: bool = False
    services: list[Payment] = field(default_factory=list)

    def row_cells(self) -> tuple[object, ...]:
        """The row, in the order of ``REMIT_COLUMNS``."""
        known = (self.cells.get(name, "") for name in REMIT_COLUMNS[2:-2])
        return (self.row, self.set_row, *known, self.adjusted, len(self.services))


def add_amounts(total: Decimal, amounts: Sequence[str]) -> Decimal | None:
    """The total and the amounts together; None where one is no amount."""
    try:
        summed = total + sum(Decimal(amount.strip()) for amount in amounts if amount.strip())
    except InvalidOperation:
        return None
    return summed if summed.is_finite() else None


def as_cents(amount: Decimal | None) -> int | None:
    """Whole cents; None for what is no amount, or too large to be one."""
    return None if amount is None or abs(amount) > 10**13 else round(amount * 100)
