"""What mail is sent from, and what a delivery came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.changes import Changes
from auditor.ledger.deliveries import Store
from auditor.mail.rounds import Tally
from auditor.mail.settings import MailSettings
from auditor.mail.transaction import Fate
from auditor.outcomes import ExitCode
from auditor.runs import RunFolder
from auditor.secrets import FetchSecret


@dataclass(frozen=True)
class Desk:
    """Everything that mail needs. ``store`` is the ledger. ``runs`` is the folder of runs; its lock is held by whoever delivers.

    ``changes`` tells what changed from the run before to this one; None for a first run. ``at`` tells
    the time, with its zone: messages bear that at which they are sent.
    """

    store: Store
    runs: Path
    settings: MailSettings
    secrets: FetchSecret
    changes: Callable[[RunFolder], Changes | None]
    at: Callable[[], datetime]
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Delivered:
    """What one delivery came to, in messages (one a recipient). ``troubles`` are sentences for the log; they hold no secret.

    ``owed`` are tried again by the next delivery; ``refused`` and ``uncertain`` are those that became so now, and are not.
    """

    sent: int = 0
    owed: int = 0
    refused: int = 0
    uncertain: int = 0
    troubles: tuple[str, ...] = ()

    def and_also(self, other: Delivered) -> Delivered:
        """Both together."""
        return Delivered(
            sent=self.sent + other.sent,
            owed=self.owed + other.owed,
            refused=self.refused + other.refused,
            uncertain=self.uncertain + other.uncertain,
            troubles=tuple(dict.fromkeys((*self.troubles, *other.troubles))),
        )

    @property
    def exit_code(self) -> ExitCode:
        """Not delivered, where any message is not known to have arrived."""
        return ExitCode.NOT_DELIVERED if self.owed or self.refused or self.uncertain else ExitCode.AUDITED


def came_to(tally: Tally | None, abandoned: int, owed: int, troubles: tuple[str, ...] = ()) -> Delivered:
    """What rounds came to, if any were made: ``abandoned`` messages are uncertain too, and so many are ``owed`` after them."""
    fates, told = (tally.fates, tally.troubles) if tally else (dict.fromkeys(Fate, 0), {})
    return Delivered(
        sent=fates[Fate.SENT],
        owed=owed,
        refused=fates[Fate.REFUSED],
        uncertain=fates[Fate.UNCERTAIN] + abandoned,
        troubles=tuple(dict.fromkeys((*told.values(), *troubles))),
    )
