"""What a night came to: the one noun that the heartbeat, the metrics and the command line speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.outcomes import ExitCode

PUBLISHED, UNCHANGED = "published", "unchanged"
GOOD = (ExitCode.AUDITED, ExitCode.NOTHING_TO_AUDIT)


@dataclass(frozen=True)
class Account:
    """One night. ``run`` is the run it published, ``latest`` the newest one there is; ``why`` is a sentence where it is wanted.

    ``manifest`` is that of the newest run. ``findings`` counts what that run changed. ``clock_behind`` is in seconds.
    ``undelivered`` is None where the ledger could not be asked.
    """

    night: str
    name: str
    outcome: str
    exit_code: ExitCode
    began: datetime
    ended: datetime
    why: str = ""
    run: str = ""
    latest: str = ""
    manifest: Mapping[str, object] = field(default_factory=dict, repr=False)
    findings: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    undelivered: int | None = None
    pruned: tuple[str, ...] = ()
    clock_behind: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the night did what it was there for."""
        return self.exit_code in GOOD
