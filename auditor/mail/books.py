"""Where it is written what became of the message of a run: in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auditor.ledger.deliveries import Deliveries, DeliveryState
from auditor.mail.rounds import Parcel
from auditor.mail.transaction import Fate, Outcome

STATES = {
    Fate.SENT: DeliveryState.SENT,
    Fate.LATER: DeliveryState.OWED,
    Fate.REFUSED: DeliveryState.REFUSED,
    Fate.UNCERTAIN: DeliveryState.UNCERTAIN,
}


@dataclass(frozen=True)
class LedgerBook:
    """The ledger's deliveries, each step committed before the next."""

    deliveries: Deliveries
    at: Callable[[], datetime]

    def begin(self, parcel: Parcel) -> bool:
        """Committed as being sent; False where another process has it."""
        return self.deliveries.begin(parcel.message_id, self.at())

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        """What became of it."""
        self.deliveries.settle(parcel.message_id, STATES[outcome.fate], outcome.trouble, self.at())
