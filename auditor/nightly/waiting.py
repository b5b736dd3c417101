"""Waits for the extract to be there, whole and new; two looks some seconds apart must find the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auditor.errors import NotArrived
from auditor.nightly.arrival import Hashed, Look, hash_look, look, moved
from auditor.nightly.clock import Clock
from auditor.nightly.journal import Journal
from auditor.nightly.settings import ExtractPart

HOUR, MINUTE = 3600, 60


@dataclass(frozen=True)
class Found:
    """What has arrived, whole; ``same`` where the last run was made of the very same."""

    hashed: Hashed
    same: bool


@dataclass(frozen=True)
class Wait:
    """How a night waits: for what, by which clock, and what it asks of files that are whole (``same`` as the last run's?)."""

    extract: ExtractPart
    clock: Clock
    journal: Journal
    same: Callable[[Hashed], bool]


def wait_until_whole(wait: Wait) -> Found:
    """The extract, once it is whole. NotArrived where that does not come about in ``wait_minutes``."""
    ends = wait.clock.tick() + wait.extract.wait_minutes * MINUTE
    while True:
        found, doubts = _try(wait)
        if found is not None:
            return found
        if wait.clock.tick() >= ends:
            raise NotArrived(f"{'; '.join(doubts)}. Nothing whole and new by {_time(wait.clock.at())}; see that the extract is delivered.")
        wait.journal.notice(f"waiting: {'; '.join(doubts)}")
        wait.clock.sleep(min(wait.extract.poll_seconds, max(0.0, ends - wait.clock.tick())))


def _try(wait: Wait) -> tuple[Found | None, tuple[str, ...]]:
    """One try: what has arrived, or why it cannot be used yet."""
    first = look(wait.extract)
    if first.doubts:
        return None, first.doubts
    try:
        hashed = hash_look(first)
    except OSError:
        return None, ("a file went away, or cannot be read, while we looked",)
    if doubt := _unrest(wait, first):
        return None, (doubt,)
    same = wait.same(hashed)
    if same and (doubt := _late(wait, first)):
        return None, (doubt,)
    return Found(hashed, same), ()


def _unrest(wait: Wait, first: Look) -> str:
    """What changed between the first look and a second; a marker is believed at once, else some seconds must pass."""
    if wait.extract.marker is None:
        wait.clock.sleep(wait.extract.quiet_seconds)
    second = look(wait.extract)
    return moved(first, second) or "; ".join(second.doubts)


def _late(wait: Wait, looked: Look) -> str:
    """Why the same files as last time are late and not just unchanged; empty where they are not."""
    allowed = wait.extract.late_after_hours
    age = (wait.clock.at().timestamp() - looked.newest) / HOUR
    if allowed is None or age <= allowed:
        return ""
    return f"nothing new: the newest file is {age:,.0f} hours old, and {allowed:g} are allowed"


def _time(now: datetime) -> str:
    return now.strftime("%H:%M on %Y-%m-%d")
