"""The real post, as a night asks it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.mail import Delivered, Desk, deliver_pending, messages_owed, owe, runs_owed, tell_trouble
from auditor.nightly.partners import Posted
from auditor.outcomes import ExitCode
from auditor.runs import RunFolder


@dataclass(frozen=True)
class Mailed:
    """A desk with a ledger that remembers what was sent."""

    desk: Desk

    def deliver(self, run: RunFolder, troubles: tuple[str, ...]) -> Posted:
        """Sends what is owed of a run, and what is still owed of earlier nights; the night's troubles are said in each message."""
        owe(self.desk, run)
        return _posted(deliver_pending(self.desk, tuple(f"{one[:1].upper()}{one[1:]}" for one in troubles)))

    def owed(self) -> int:
        """Messages that wait to be sent."""
        return messages_owed(self.desk)

    def needed(self) -> frozenset[str]:
        """Runs whose folder is needed for a message."""
        return runs_owed(self.desk)


def alarm(desk: Desk, trouble: ExitCode, run: str = "") -> Posted:
    """Says by mail that a night made no run, or could not go on after this one. The ledger is not asked."""
    return _posted(tell_trouble(desk, trouble, run))


def _posted(came: Delivered) -> Posted:
    return Posted(came.sent, came.owed, came.refused + came.uncertain, came.troubles)
