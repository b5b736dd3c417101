"""The clock on a facility's wall: local times with their offset, winter and summer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone


@dataclass(frozen=True)
class Clock:
    """Hours from UTC in ``standard`` and ``summer`` time, and the spans of dates between which summer time runs."""

    standard: int
    summer: int
    summers: tuple[tuple[date, date], ...]

    def read(self, wall: datetime) -> datetime:
        """The wall time with its offset."""
        in_summer = wall.replace(tzinfo=_zone(self.summer))
        return in_summer if self._is_summer(in_summer) else wall.replace(tzinfo=_zone(self.standard))

    def later(self, moment: datetime, hours: float) -> datetime:
        """What this clock shows so many hours after a moment, to the minute."""
        instant = moment.astimezone(UTC) + timedelta(minutes=round(hours * 60))
        return instant.astimezone(_zone(self.summer if self._is_summer(instant) else self.standard))

    def _is_summer(self, moment: datetime) -> bool:
        return any(_turn(first, self.standard) <= moment < _turn(last, self.summer) for first, last in self.summers)


def _zone(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))


def _turn(day: date, hours: int) -> datetime:
    """Clocks turn at two in the morning, by the time they then show."""
    return datetime.combine(day, time(2), _zone(hours))


def written(moment: datetime) -> str:
    """The moment as an extract writes it: to the minute, with its offset."""
    return moment.isoformat(timespec="minutes")
