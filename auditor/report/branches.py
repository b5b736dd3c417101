"""The criteria rows of one episode as the outline they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.outcomes import Outcome
from auditor.report.cases import Row, Rows


@dataclass(frozen=True)
class Branch:
    """One paragraph and those below it."""

    row: Row
    members: tuple[Branch, ...]

    @property
    def key(self) -> str:
        """The paragraph's key."""
        return str(self.row["key"])

    @cached_property
    def outcome(self) -> Outcome:
        """The paragraph's outcome."""
        return Outcome(self.row["outcome"])

    def leaves(self) -> Iterator[Branch]:
        """The paragraphs at or below it that ask a fact and are asked."""
        if self.outcome != Outcome.NOT_APPLICABLE:
            if self.row["fact"]:
                yield self
            for member in self.members:
                yield from member.leaves()

    @cached_property
    def referred(self) -> bool:
        """Whether its failure is the medical director's: by its own consequence, or because every failure below it is."""
        failed = [member for member in self.members if member.outcome == Outcome.NOT_MET]
        below = bool(failed) and all(member.referred for member in failed)
        return self.outcome == Outcome.NOT_MET and (bool(self.row["referred"]) or below)


def branches(criteria: Rows) -> tuple[Branch, ...]:
    """The roots of the outline. Rows are in outline order; each deeper row belongs to the last shallower one."""
    if not criteria:
        return ()
    depth = criteria[0]["depth"]
    starts = [place for place, row in enumerate(criteria) if row["depth"] <= depth]
    ends = [*starts[1:], len(criteria)]
    return tuple(Branch(criteria[start], branches(criteria[start + 1 : end])) for start, end in zip(starts, ends, strict=True))


def leaves_at(branch: Branch, wanted: Outcome, pathway: str | None) -> Iterator[Row]:
    """The leaves that hold a paragraph at an outcome: reached through paragraphs of that outcome, on the deciding pathway alone."""
    if branch.outcome != wanted:
        return
    if branch.row["fact"]:
        yield branch.row
    chosen = [member for member in branch.members if member.key == pathway] or branch.members
    for member in chosen:
        yield from leaves_at(member, wanted, pathway)
