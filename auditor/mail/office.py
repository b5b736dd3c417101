"""What mail is sent from, and what a delivery came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.changes import Changes
from auditor.ledger.deliveries import Store
from auditor.mail.settings import MailSettings
from auditor.outcomes import ExitCode
from auditor.runs import RunFolder
from auditor.secrets import FetchSecret


@dataclass(frozen=True)
class Desk:
    """Everything that mail needs. ``store`` is the ledger. ``runs`` is the folder of runs; its lock is held by whoever delivers.

    ``changes`` tells what changed from the run before to this one; None for a first run. ``now`` bears its zone.
    """

    store: Store
    runs: Path
    settings: MailSettings
    secrets: FetchSecret
    changes: Callable[[RunFolder], Changes | None]
    now: datetime
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

    @property
    def exit_code(self) -> ExitCode:
        """Not delivered, where any message is not known to have arrived."""
        return ExitCode.NOT_DELIVERED if self.owed or self.refused or self.uncertain else ExitCode.AUDITED
