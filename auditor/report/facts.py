"""What the pipeline knows of a run besides its result tables: the policy, the inputs, and what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from auditor.letters import NO_PLAN, LetterPlan
from auditor.policy.model import TREATMENT, Policy, Reading
from auditor.report.phrases import NOTHING, masked, shorten
from auditor.report.quantities import QUANTITIES, quantities_read
from auditor.report.sensitivity import Tried


@dataclass(frozen=True)
class RevisionFacts:
    """One policy revision that was applied. ``exclusions`` are the keys of its experimental uses; ``review_by`` may be unplanned.

    ``treatment`` is what the guideline is about, ``notice`` what every report on it says first, ``read`` what it reads of each day's chart.
    """

    title: str
    payer: str
    revision: str
    source: str
    review_by: date | None
    exclusions: tuple[str, ...]
    readings: tuple[Reading, ...]
    effective: date | None = None
    treatment: str = TREATMENT
    notice: str | None = None
    read: tuple[str, ...] = QUANTITIES

    def reading(self, name: str) -> Reading | None:
        """The reading of that name, if the policy has one."""
        return next((reading for reading in self.readings if reading.name == name), None)


@dataclass(frozen=True)
class InputFile:
    """One file that was read: its name without folders, the canonical table it fed, its rows, its SHA-256 in hex, and its size."""

    name: str
    table: str
    rows: int
    sha256: str
    bytes: int = 0


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
class Recipe:
    """What another run needs to come to the same. ``readings_set`` are what-if values; ``rules`` are the files of configs it went by;
    ``beside`` are further guidelines.

    ``places`` says where each file of the extract lay, read or passed over, and ``reference`` where the reference releases did.
    """

    policy: str
    profile: str
    time_zone: str | None
    readings_set: Mapping[str, Any]
    rules: Mapping[str, bytes]
    places: Mapping[str, Path]
    reference: Path | None
    beside: tuple[str, ...] = ()
    sensitivity: str = "none"


# Papers that tell of an extract and hold none of it; the manifest lists them with all other files that were not read.
PAPERS = ("readme", "license", "changelog")


def without_papers(files: Iterable[str]) -> tuple[str, ...]:
    """The files that might have held something of an extract."""
    return tuple(file for file in files if not paper_of(file))


def paper_of(file: str) -> str:
    """Which of the papers a file is by its name; empty where it is none."""
    return next((paper for paper in PAPERS if file.lower().startswith(paper)), "")


@dataclass(frozen=True)
class RunFacts:
    """A run, apart from its result tables. ``notices`` are sentences; ``not_read`` names files that were passed over, and why.

    ``letters`` is how the plan writes requests and letters. ``releases`` are the coding edits that were applied, and where they come from.
    ``recipe`` is what doing it again needs. ``masking`` says under which key tokens stand for identifiers; ``show_members`` whether pages
    and the workbook name members in full. ``compared_with`` names the run whose differences the report tells. ``fingerprints`` are
    SHA-256 by what they are of: the inputs, the policy, the readings, the program; empty where nobody took them. ``labels`` are people's
    words for each concept. ``sensitivity`` are the readings that were tried otherwise; None where none was.
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
    masking: Literal["none", "lasting key", "key of this run"] = "none"
    recipe: Recipe | None = None
    compared_with: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    letters: LetterPlan = NO_PLAN
    show_members: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    sensitivity: tuple[Tried, ...] | None = None

    @property
    def names_members(self) -> bool:
        """Whether pages may name members in full: somebody asked for it, or they are tokens already."""
        return self.show_members or self.masking != "none"

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The files not read that might have held something; papers beside an extract did not."""
        return without_papers(self.not_read)

    def unread_as(self, say: Callable[[str], str]) -> tuple[str, ...]:
        """The files not read under other names, a paper still known as one."""
        return tuple(f"{paper_of(file)} {say(file)}".lstrip() for file in self.not_read)

    def member(self, name: str | None) -> str:
        """A member as pages say it: in full where they may, else by the last characters."""
        return (shorten(name) if self.names_members else masked(name)) if name else NOTHING

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
        effective=policy.effective,
        treatment=policy.treatment,
        notice=policy.notice,
        read=quantities_read(policy),
    )
