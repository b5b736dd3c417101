"""The real post, as a night asks it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.mail import Desk, deliver_pending, messages_owed, owe, runs_owed, tell_trouble
from auditor.nightly.partners import Posted
from auditor.outcomes import ExitCode
from auditor.runs import RunFolder


@dataclass(frozen=True)
class Mailed:
    """A desk with a ledger that remembers what was sent."""

    desk: Desk

    def deliver(self, run: RunFolder) -> Posted:
        """Sends what is owed of a run, and what is still owed of earlier ones."""
        owe(self.desk, run)
        came = deliver_pending(self.desk)
        return Posted(came.sent, came.owed, came.refused + came.uncertain, came.troubles)

    def owed(self) -> int:
        """Messages that wait to be sent."""
        return messages_owed(self.desk)

    def needed(self) -> frozenset[str]:
        """Runs whose folder is needed for a message."""
        return runs_owed(self.desk)


def alarm(desk: Desk, trouble: ExitCode, run: str = "") -> tuple[str, ...]:
    """Says by mail that a night made no run, or could not go on after this one. The ledger is not asked.

    What could not be sent comes back as sentences.
    """
    return tell_trouble(desk, trouble, run).troubles
