"""The clock of a night, handed down by the command line: the time of day, a count of seconds that never goes back, and sleep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """``at`` tells it, with its zone. ``tick`` counts seconds for durations, whatever becomes of the time of day."""

    at: Callable[[], datetime]
    tick: Callable[[], float]
    sleep: Callable[[float], None]

    def day(self) -> str:
        """Today, as run names begin."""
        return self.at().date().isoformat()

    def hence(self, seconds: float) -> datetime:
        """The time of day in so many seconds."""
        return self.at() + timedelta(seconds=seconds)
