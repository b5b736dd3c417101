"""What a change of rules comes to: which episodes change from what to what, and dollars by paragraph and line of business."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from auditor.changes import Change, Changes, EpisodeChange
from auditor.changes.compare import compare_runs

Frames = Mapping[str, pd.DataFrame]
# Dollars at risk, low and high, in cents.
AtRisk = tuple[int, int]
LOW, HIGH = "at_risk_low_cents", "at_risk_high_cents"
NOT_THERE = "no such episode"
NOBODY = (0, 0, 0)


@dataclass(frozen=True)
class Tally:
    """One group under both rules: how many it holds, and its dollars at risk."""

    group: str
    count_before: int
    count_after: int
    before: AtRisk
    after: AtRisk


@dataclass(frozen=True)
class Move:
    """Episodes that went from one determination to another (or stayed, and changed in days or dollars)."""

    before: str
    after: str
    episodes: int
    dollars_before: AtRisk
    dollars_after: AtRisk


@dataclass(frozen=True)
class Shift:
    """Everything that a change of rules comes to over one extract. ``paragraphs`` count findings, ``lines`` episodes by line of business.

    Tallies that are alike under both rules are left out; ``total`` is of all episodes.
    """

    before: str
    after: str
    total: Tally
    moves: tuple[Move, ...]
    paragraphs: tuple[Tally, ...]
    lines: tuple[Tally, ...]
    changes: Changes

    @property
    def changed(self) -> tuple[EpisodeChange, ...]:
        """The episodes of either side that are not as they were, the most dollars moved first."""
        found = [episode for episode in self.changes.episodes if episode.change is not Change.UNCHANGED]
        return tuple(sorted(found, key=lambda one: (-moved(one), one.episode_id or "", one.earlier_ids)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.changed and not self.paragraphs and not self.lines


def moved(episode: EpisodeChange) -> int:
    """Cents by which either end of the dollars at risk moved, the larger."""
    pairs = zip(episode.at_risk_cents, episode.earlier_at_risk_cents, strict=True)
    return max(abs(after - before) for after, before in pairs)


def find_shift(names: tuple[str, str], before: Frames, after: Frames) -> Shift:
    """What differs between the result frames of one extract under two sets of rules, called ``names``."""
    changes = compare_runs(before, after, names[0])
    [total] = tally("all episodes", None, before["episodes"], after["episodes"])
    return Shift(
        *names,
        total=total,
        moves=tuple(_moves(changes.episodes)),
        paragraphs=tuple(_differing(tally("no paragraph", "paragraph", before["findings"], after["findings"]))),
        lines=tuple(_differing(tally("not given", "line_of_business", before["episodes"], after["episodes"]))),
        changes=changes,
    )


def tally(otherwise: str, column: str | None, before: pd.DataFrame, after: pd.DataFrame) -> list[Tally]:
    """Counts and dollars at risk by a column, or of all rows together; ``otherwise`` names the group of rows without one."""
    sides = [_sums(frame, column, otherwise) for frame in (before, after)]
    groups = sorted(set(sides[0]) | set(sides[1])) or [otherwise]
    counted = [(group, sides[0].get(group, NOBODY), sides[1].get(group, NOBODY)) for group in groups]
    return [Tally(group, was[0], now[0], was[1:], now[1:]) for group, was, now in counted]


def _sums(frame: pd.DataFrame, column: str | None, otherwise: str) -> dict[str, tuple[int, int, int]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    groups = frame[column].tolist() if column else [otherwise] * len(frame)
    for group, low, high in zip(groups, frame[LOW].tolist(), frame[HIGH].tolist(), strict=True):
        one = sums[otherwise if pd.isna(group) else str(group)]
        one[0] += 1
        one[1] += 0 if pd.isna(low) else int(low)
        one[2] += 0 if pd.isna(high) else int(high)
    return {group: (count, low, high) for group, (count, low, high) in sums.items()}


def _differing(tallies: Iterable[Tally]) -> list[Tally]:
    return [one for one in tallies if (one.count_before, one.before) != (one.count_after, one.after)]


def _moves(episodes: Iterable[EpisodeChange]) -> list[Move]:
    groups: dict[tuple[str, str], list[EpisodeChange]] = defaultdict(list)
    for episode in episodes:
        if episode.change is not Change.UNCHANGED:
            was = " and ".join(dict.fromkeys(episode.earlier_determinations)) if episode.earlier_ids else NOT_THERE
            groups[was, episode.determination or NOT_THERE].append(episode)
    return [_move(was, now, group) for (was, now), group in sorted(groups.items())]


def _move(was: str, now: str, group: list[EpisodeChange]) -> Move:
    sides = ([one.earlier_at_risk_cents for one in group], [one.at_risk_cents for one in group])
    before, after = [(sum(low for low, _ in side), sum(high for _, high in side)) for side in sides]
    return Move(was, now, len(group), before, after)
