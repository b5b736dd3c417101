"""What a comparison of two runs says: of each episode, and of each finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.outcomes import Word


class Change(StrEnum):
    """What became of a finding, or of an episode, since the earlier run."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    RESOLVED = "resolved"
    REOPENED = "reopened"


CHANGES: dict[Change, Word] = {
    Change.NEW: Word("new", "＋", "open", "it was not there before"),
    Change.UNCHANGED: Word("unchanged", "＝", "quiet", "it stands as it stood"),
    Change.UPDATED: Word("updated", "△", "review", "it was there, and something of it differs"),
    Change.RESOLVED: Word("resolved", "✓", "good", "it was there, and is no more"),
    Change.REOPENED: Word("reopened", "↺", "bad", "it had been resolved, and is there again"),
}


class Kinship(StrEnum):
    """How an episode came of those of the earlier run."""

    SAME = "same"
    NEW = "new"
    GONE = "gone"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True)
class EpisodeChange:
    """One episode of either run. ``episode_id`` is of the later run, None where it is gone; ``earlier_ids`` are those it came of.

    Dollars at risk are in cents; those of the earlier run are sums over ``earlier_ids``.
    """

    change: Change
    kinship: Kinship
    episode_id: str | None
    earlier_ids: tuple[str, ...]
    determination: str | None
    earlier_determinations: tuple[str, ...]
    at_risk_cents: tuple[int, int]
    earlier_at_risk_cents: tuple[int, int]


@dataclass(frozen=True)
class FindingChange:
    """One finding of either run, known by its episode's lasting identity, its number and its paragraph.

    ``what`` names the columns that differ where it is updated; dollars are at most, in cents.
    """

    change: Change
    episode_id: str | None
    finding_id: str
    paragraph: str
    what: tuple[str, ...]
    at_risk_cents: int
    earlier_at_risk_cents: int


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two runs. ``earlier`` is the name of the earlier one."""

    earlier: str
    episodes: tuple[EpisodeChange, ...]
    findings: tuple[FindingChange, ...]
