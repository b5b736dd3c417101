"""What became of each message: owed, sending, sent, refused, uncertain. A message leaves ``owed`` before a server can have taken it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError

from auditor.ledger.schema import DELIVERIES, RUNS

LONGEST_TROUBLE = 200


class DeliveryState(StrEnum):
    """Where a message stands. Only ``owed`` is ever sent unasked."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class DeliveryRow:
    """One message to one recipient of a group. ``local`` is the part of its Message-ID before the @; ``ordinal`` is the run's place."""

    message_id: str
    run: str
    ordinal: int
    group: str
    state: DeliveryState
    attempts: int
    trouble: str

    @property
    def local(self) -> str:
        """What names the message, whatever the sender's domain."""
        return self.message_id.partition("@")[0]

    @property
    def recipient(self) -> str:
        """The part of it that is the recipient's in every run."""
        return self.local.rpartition(".")[2]


class Store(Protocol):
    """What deliveries need of a ledger: a connection to read with, and one to write with, which is one transaction."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction, committed when it is left without a fault."""


@dataclass(frozen=True)
class Deliveries:
    """The deliveries of one ledger; every call is a transaction of its own, committed when it returns."""

    store: Store

    def run_of(self, run: str) -> str | None:
        """The SHA-256 of the manifest of a recorded run; None where the ledger does not know it."""
        with self.store.reading() as connection:
            return connection.scalar(select(RUNS.c.manifest_sha256).where(RUNS.c.run == run))

    def owe(self, run: str, group: str, message_ids: Iterable[str], now: datetime) -> int:
        """Adds messages that are not there yet, as owed; how many were new."""
        return sum(self._add(run, group, one, now) for one in message_ids)

    def _add(self, run: str, group: str, message_id: str, now: datetime) -> bool:
        row = {"message_id": message_id, "run": run, "recipients": group, "state": DeliveryState.OWED.value, "updated_at": _stored(now)}
        known = select(DELIVERIES.c.message_id).where(
            DELIVERIES.c.message_id.startswith(f"{message_id.partition('@')[0]}@", autoescape=True)
        )
        try:
            with self.store.writing() as connection:
                if connection.scalar(known) is not None:
                    return False
                connection.execute(DELIVERIES.insert().values(**row))
        except IntegrityError:
            return False
        return True

    def rows(self, *states: DeliveryState, run: str | None = None) -> tuple[DeliveryRow, ...]:
        """Messages in these states (any, where none is given), of one run or all: earliest run first, then least tried."""
        query = select(DELIVERIES, RUNS.c.ordinal).join(RUNS, RUNS.c.run == DELIVERIES.c.run)
        if states:
            query = query.where(DELIVERIES.c.state.in_([state.value for state in states]))
        if run is not None:
            query = query.where(DELIVERIES.c.run == run)
        with self.store.reading() as connection:
            found = connection.execute(query.order_by(RUNS.c.ordinal, DELIVERIES.c.attempts, DELIVERIES.c.message_id)).all()
        return tuple(_row(one) for one in found)

    def begin(self, message_id: str, now: datetime) -> bool:
        """From owed to sending, committed before the message leaves; False where another has it."""
        values = {"state": DeliveryState.SENDING.value, "attempts": DELIVERIES.c.attempts + 1, "updated_at": _stored(now)}
        with self.store.writing() as connection:
            return self._change(connection, message_id, (DeliveryState.OWED,), values)

    def settle(self, message_id: str, state: DeliveryState, trouble: str, now: datetime) -> None:
        """What became of a message that was owed or being sent."""
        values = {"state": state.value, "last_trouble": trouble[:LONGEST_TROUBLE], "updated_at": _stored(now)}
        with self.store.writing() as connection:
            self._change(connection, message_id, (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.UNCERTAIN), values)

    def abandon_sending(self, trouble: str, now: datetime) -> int:
        """Messages whose sender died while sending become uncertain; how many. The caller holds the lock that every sender holds."""
        values = {"state": DeliveryState.UNCERTAIN.value, "last_trouble": trouble, "updated_at": _stored(now)}
        with self.store.writing() as connection:
            return connection.execute(update(DELIVERIES).where(DELIVERIES.c.state == DeliveryState.SENDING.value).values(**values)).rowcount

    def force(self, run: str, group: str, now: datetime) -> int:
        """A person's wish: every message of a run to a group is owed again; how many."""
        where = (DELIVERIES.c.run == run) & (DELIVERIES.c.recipients == group) & (DELIVERIES.c.state != DeliveryState.OWED.value)
        with self.store.writing() as connection:
            return connection.execute(
                update(DELIVERIES).where(where).values(state=DeliveryState.OWED.value, updated_at=_stored(now))
            ).rowcount

    @staticmethod
    def _change(connection: Connection, message_id: str, from_states: tuple[DeliveryState, ...], values: Mapping[str, object]) -> bool:
        where = (DELIVERIES.c.message_id == message_id) & DELIVERIES.c.state.in_([state.value for state in from_states])
        return connection.execute(update(DELIVERIES).where(where).values(**values)).rowcount == 1


def _row(row: Row[tuple[object, ...]]) -> DeliveryRow:
    told = row._mapping
    return DeliveryRow(
        message_id=str(told["message_id"]),
        run=str(told["run"]),
        ordinal=int(str(told["ordinal"])),
        group=str(told["recipients"]),
        state=DeliveryState(str(told["state"])),
        attempts=int(str(told["attempts"])),
        trouble=str(told["last_trouble"]),
    )


def _stored(now: datetime) -> datetime:
    """UTC without its zone, as the ledger keeps times."""
    return now.astimezone(UTC).replace(tzinfo=None)
