"""The criteria rows of one episode as the outline they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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

    @property
    def outcome(self) -> Outcome:
        """The paragraph's outcome."""
        return Outcome(self.row["outcome"])

    def holds(self, key: str | None) -> bool:
        """Whether the paragraph of that key is this one or below it."""
        return self.key == key or any(member.holds(key) for member in self.members)


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
