"""Sends messages in rounds: whatever the server would take later is tried again after a pause, and nothing that it may have taken."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from auditor.errors import AuditorError, SettingsRefused
from auditor.mail.replies import NotNow, ServerAtFault
from auditor.mail.server import open_server
from auditor.mail.settings import MailSettings
from auditor.mail.transaction import Fate, Handover, Outcome, hand_over
from auditor.secrets import FetchSecret

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Parcel:
    """One message to be sent. ``write`` makes its bytes, of at most the size given if that can be; ``title`` names it in troubles."""

    message_id: str
    recipient: str
    title: str
    write: Callable[[int], bytes]


class Book(Protocol):
    """Where it is written what became of each message."""

    def begin(self, parcel: Parcel) -> bool:
        """Before the server can take it; False where another has it."""

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        """What became of it."""


@dataclass(frozen=True)
class Post:
    """The server to be used, and how to wait."""

    settings: MailSettings
    secrets: FetchSecret
    pause: Callable[[float], None]


@dataclass
class Tally:
    """What the rounds came to so far: messages by fate, those that wait for another round, and those that someone must mend first.

    ``troubles`` are sentences by message id; under the empty id stands what befell the connection.
    """

    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    waiting: list[Parcel] = field(default_factory=list)
    stuck: list[Parcel] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)

    def trouble_of(self, parcel: Parcel) -> str:
        """Why a message was not sent."""
        return self.troubles.get(parcel.message_id) or self.troubles.get("", "")


def send_all(post: Post, parcels: list[Parcel], book: Book) -> Tally:
    """Sends every parcel that the server takes; each that it did not take is noted in the book with its trouble."""
    tally = Tally(waiting=list(parcels))
    for attempt in range(post.settings.tries):
        if not tally.waiting:
            break
        if attempt:
            post.pause(post.settings.first_pause_seconds * 2 ** (attempt - 1))
        _round(post, tally, book)
    for parcel in (*tally.waiting, *tally.stuck):
        book.settle(parcel, Outcome(Fate.LATER, tally.trouble_of(parcel)))
    if not tally.waiting and not tally.stuck:
        tally.troubles.pop("", None)
    return tally


def _round(post: Post, tally: Tally, book: Book) -> None:
    """Tries every waiting message once. What was not reached comes first in the next, lest one message hold up all."""
    parcels, tally.waiting = tally.waiting, []
    try:
        with open_server(post.settings, post.secrets) as server:
            while parcels and _send(post, server, parcels.pop(0), Record(tally, book)):
                pass
    except NotNow as trouble:
        tally.troubles[""] = str(trouble)
    except (ServerAtFault, SettingsRefused) as trouble:
        tally.troubles[""] = str(trouble)
        tally.stuck += parcels + tally.waiting
        parcels, tally.waiting = [], []
    tally.waiting = parcels + tally.waiting


@dataclass(frozen=True)
class Record:
    """The two places where a fate is noted: this delivery's tally, and the book that outlives it."""

    tally: Tally
    book: Book

    def note(self, parcel: Parcel, outcome: Outcome) -> None:
        """Notes what became of a message that was tried."""
        self.tally.fates[outcome.fate] += 1
        self.tally.troubles.pop(parcel.message_id, None)
        if outcome.trouble:
            self.tally.troubles[parcel.message_id] = f"{parcel.title}: {outcome.trouble}"
        if outcome.fate is Fate.LATER:
            self.tally.waiting.append(parcel)
        if outcome.fate is not Fate.TAKEN:
            self.book.settle(parcel, outcome)

    def set_back(self, parcel: Parcel, trouble: str) -> None:
        """Notes that a message cannot be written until someone mends what hinders it."""
        self.tally.stuck.append(parcel)
        self.tally.troubles[parcel.message_id] = f"{parcel.title}: {trouble}"


def _send(post: Post, server: smtplib.SMTP, parcel: Parcel, record: Record) -> bool:
    """Tries one message; whether the connection is still of use."""
    try:
        content = parcel.write(_largest(post.settings, server))
    except AuditorError as refused:
        record.set_back(parcel, str(refused))
        return True
    except (OSError, ValueError, KeyError):
        record.set_back(parcel, "the run cannot be read. Look whether its folder is whole: `auditor verify` says.")
        return True
    handover = Handover(post.settings.sender, parcel.recipient, content, lambda: record.book.begin(parcel), post.settings.patience_seconds)
    outcome = hand_over(server, handover)
    record.note(parcel, outcome)
    return outcome.usable


def _largest(settings: MailSettings, server: smtplib.SMTP) -> int:
    """The most bytes a message may have: ours, or the server's where it says so and that is less."""
    ours, theirs = int(settings.largest_message_mb * MEGABYTE), server.esmtp_features.get("size", "")
    return min(ours, int(theirs)) if theirs.isdecimal() and int(theirs) else ours
