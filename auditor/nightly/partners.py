"""What a night asks of the ledger and of the mail; the command line plugs in the real ones, or those that do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from auditor.runs import RunFolder


@dataclass(frozen=True)
class Posted:
    """What a delivery came to, in messages. ``owed`` are tried again; ``troubles`` are sentences without a secret or a member's value."""

    sent: int = 0
    owed: int = 0
    lost: int = 0
    troubles: tuple[str, ...] = ()

    @property
    def undelivered(self) -> int:
        """Messages not known to have arrived."""
        return self.owed + self.lost

    def then(self, later: Posted) -> Posted:
        """This delivery and a later one of the same night."""
        return Posted(self.sent + later.sent, later.owed, self.lost + later.lost, later.troubles)


class Ledger(Protocol):
    """What is remembered from run to run. Each call is a transaction of its own, and may be made again."""

    def last_name(self) -> str | None:
        """The run recorded last."""

    def knows(self, name: str) -> bool:
        """Whether a run of that name was ever recorded."""

    def record(self, run: RunFolder) -> None:
        """Records a run and what it changed; doing so again changes nothing."""

    def findings_by_change(self, name: str) -> dict[str, int]:
        """How many findings of a recorded run were new, unchanged, updated, resolved, reopened."""

    def prune(self, name: str) -> None:
        """Says that the folder of a run is to be removed."""

    def needed(self) -> frozenset[str]:
        """Runs whose folder is needed for the next comparison."""


class Post(Protocol):
    """Who is told. A message that a server may have taken is never sent twice."""

    def deliver(self, run: RunFolder, troubles: tuple[str, ...]) -> Posted:
        """Sends what is owed of a run, and what is still owed of earlier nights; the night's troubles are said in each message."""

    def owed(self) -> int:
        """Messages not known to have arrived."""

    def needed(self) -> frozenset[str]:
        """Runs whose folder is needed for a message."""


class NoLedger:
    """Remembers nothing: only the newest run's folder is compared."""

    def last_name(self) -> str | None:
        """None was recorded."""
        return None

    def knows(self, name: str) -> bool:
        """Nothing is to be recorded."""
        return True

    def record(self, run: RunFolder) -> None:
        """Records nothing."""

    def findings_by_change(self, name: str) -> dict[str, int]:
        """Nothing was compared."""
        return {}

    def prune(self, name: str) -> None:
        """Nothing to say it to."""

    def needed(self) -> frozenset[str]:
        """None."""
        return frozenset()


class NoPost:
    """Tells nobody."""

    def deliver(self, run: RunFolder, troubles: tuple[str, ...]) -> Posted:
        """Sends nothing, and owes nothing."""
        return Posted()

    def owed(self) -> int:
        """None."""
        return 0

    def needed(self) -> frozenset[str]:
        """None."""
        return frozenset()
