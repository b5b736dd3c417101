"""The mail of runs: what is owed, what was sent, and what to do about what was not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from auditor.changes import Changes
from auditor.mail.settings import MailSettings
from auditor.outcomes import ExitCode
from auditor.runs import RunFolder
from auditor.secrets import FetchSecret


@dataclass(frozen=True)
class Desk:
    """Everything that mail needs. ``runs`` is the folder of runs; its lock is held by whoever delivers.

    ``changes`` tells what changed from the run before to this one; None for a first run. ``now`` bears its zone.
    """

    engine: Engine
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


def owe(desk: Desk, run: RunFolder) -> int:
    """Notes in the ledger that every group is owed a message of this recorded run; how many are new. May be called again."""
    raise NotImplementedError


def deliver_pending(desk: Desk, troubles: tuple[ExitCode, ...] = ()) -> Delivered:
    """Sends what is owed, of this run and of earlier ones. ``troubles`` of the night are said in every message."""
    raise NotImplementedError


def deliver_again(desk: Desk, run: RunFolder, group: str) -> Delivered:
    """Sends a run's message to a group again, because a person asked for it, whatever became of it before."""
    raise NotImplementedError


def runs_owed(desk: Desk) -> frozenset[str]:
    """Names of runs whose folder is still needed for a message; retention leaves them."""
    raise NotImplementedError


def tell_trouble(desk: Desk, trouble: ExitCode) -> Delivered:
    """A short message to every group that a night made no run, and why.

    Nothing of it is recorded, and what could not be sent is not owed: the caller calls it once a night.
    """
    raise NotImplementedError
