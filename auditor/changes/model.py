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
    Change.NEW: Word("new", "+", "open", "it was not there before"),
    Change.UNCHANGED: Word("unchanged", "=", "quiet", "it stands as it stood"),
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


KINSHIPS: dict[Kinship, str] = {
    Kinship.SAME: "the same course of therapy",
    Kinship.NEW: "no earlier course is it, or held its days",
    Kinship.GONE: "no later course is it, or holds its days",
    Kinship.MERGED: "earlier courses that have become one; it keeps the identity of the first named",
    Kinship.SPLIT: "part of an earlier course that has come apart",
}


class Cause(StrEnum):
    """Why something differs from one run to the next."""

    DATA = "data"
    POLICY = "policy"
    READING = "reading"
    PROGRAM = "program"
    DAY = "day"


CAUSES: dict[Cause, str] = {
    Cause.DATA: "the extract differs",
    Cause.POLICY: "the policy, or a reference release beside it, differs",
    Cause.READING: "a reading was signed or set otherwise",
    Cause.PROGRAM: "another version of the program made it",
    Cause.DAY: "the day the report speaks from moved on",
}


@dataclass(frozen=True)
class Why:
    """What made a change: causes found by replaying, and those that could not be ruled out because a replay was not to be had."""

    sure: tuple[Cause, ...] = ()
    perhaps: tuple[Cause, ...] = ()

    @property
    def words(self) -> str:
        """Such as ``data and policy``, ``data, perhaps policy`` or ``data or day``; empty where nothing is known."""
        sure = " and ".join(self.sure)
        return f"{sure}, perhaps {' or '.join(self.perhaps)}" if sure and self.perhaps else sure or " or ".join(self.perhaps)


NOT_KNOWN = Why()


@dataclass(frozen=True)
class EpisodeChange:
    """One episode of either run. ``episode_id`` is of the later run, None where it is gone; ``earlier_ids`` are those it came of.

    ``keeps`` is the earlier episode whose identity it has, None where it has a new one. ``what`` names the columns that differ where it is
    updated. Dollars at risk are in cents (low, high); earlier dollars are sums over ``earlier_ids``, and stand once: of an episode that
    came apart they stand with the part that keeps its identity.
    """

    change: Change
    kinship: Kinship
    episode_id: str | None
    earlier_ids: tuple[str, ...]
    determination: str | None
    earlier_determinations: tuple[str, ...]
    at_risk_cents: tuple[int, int]
    earlier_at_risk_cents: tuple[int, int]
    keeps: str | None = None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingChange:
    """One finding of either run, known by its episode's lasting identity, its number and its paragraph.

    Rows of one run that share these are one finding. ``episode_id`` is of the later run; of a resolved finding, of the run that had
    it last; None for lines of no episode. ``what`` names the columns that differ where it is updated; dollars are at most, in cents.
    """

    change: Change
    episode_id: str | None
    finding_id: str
    paragraph: str
    what: tuple[str, ...]
    at_risk_cents: int
    earlier_at_risk_cents: int
    why: Why = NOT_KNOWN


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two runs. ``earlier`` is the name of the earlier one, empty where there was none."""

    earlier: str
    episodes: tuple[EpisodeChange, ...]
    findings: tuple[FindingChange, ...]

    @property
    def in_order(self) -> Changes:
        """The same, by episode and finding, so that equal changes are told equally."""
        return Changes(
            self.earlier,
            tuple(sorted(self.episodes, key=lambda one: (one.episode_id or "", one.earlier_ids))),
            tuple(sorted(self.findings, key=_place)),
        )

    def count(self, change: Change) -> int:
        """How many findings the change befell."""
        return sum(finding.change == change for finding in self.findings)


def _place(one: FindingChange) -> tuple[object, ...]:
    return one.episode_id or "", one.finding_id, one.paragraph, one.change, one.at_risk_cents, one.earlier_at_risk_cents, one.what
