"""What the pipeline knows of a run besides its result tables: the policy, the inputs, and what became of every row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from auditor.policy.model import Policy, Reading


@dataclass(frozen=True)
class RevisionFacts:
    """One policy revision that was applied. ``exclusions`` are the keys of its experimental uses; ``review_by`` may be unplanned."""

    title: str
    payer: str
    revision: str
    source: str
    review_by: date | None
    exclusions: tuple[str, ...]
    readings: tuple[Reading, ...]

    def reading(self, name: str) -> Reading | None:
        """The reading of that name, if the policy has one."""
        return next((reading for reading in self.readings if reading.name == name), None)


@dataclass(frozen=True)
class InputFile:
    """One file that was read: its name without folders, the canonical table it fed, its rows, and its SHA-256 in hex."""

    name: str
    table: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class TableCount:
    """Where the rows of one canonical table went: ``rows_in`` is the sum of the other three."""

    table: str
    rows_in: int
    in_scope: int
    out_of_scope: int
    set_aside: int


@dataclass(frozen=True)
class LineTotal:
    """The in-scope claim lines of one disposition, and the dollars they carry in the extract, in cents."""

    disposition: str
    lines: int
    cents: int


@dataclass(frozen=True)
class ReleaseUse:
    """A release of reference files, or the table shipped with the program, and for how many days of service it was asked.

    ``covered`` are days that it speaks for; the others are in quarters for which no release is installed.
    """

    kind: str
    setting: str
    release: str
    files: tuple[str, ...]
    sha256: tuple[str, ...]
    days: int
    covered: int
    quarters_without: tuple[str, ...]


@dataclass(frozen=True)
class RunFacts:
    """A run, apart from its result tables. ``notices`` are sentences; ``not_read`` names files that were passed over, and why.

    ``releases`` are the coding edits that were applied, and where they come from; ``show_members`` says whether episode pages name
    the member in full.
    """

    revisions: tuple[RevisionFacts, ...]
    as_of: date
    version: str
    profile: str
    inputs: tuple[InputFile, ...]
    counts: tuple[TableCount, ...]
    line_totals: tuple[LineTotal, ...]
    notices: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    releases: tuple[ReleaseUse, ...] = ()
    show_members: bool = False

    def revision(self, name: str | None) -> RevisionFacts | None:
        """The revision of that name; None before the first one."""
        return next((revision for revision in self.revisions if revision.revision == name), None)


def revision_facts(policy: Policy) -> RevisionFacts:
    """What a report says of a policy revision."""
    return RevisionFacts(
        title=policy.title,
        payer=policy.payer,
        revision=policy.revision,
        source=policy.source,
        review_by=policy.review_by,
        exclusions=tuple(root.key for root in policy.experimental),
        readings=tuple(policy.readings.values()),
    )
