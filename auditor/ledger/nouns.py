"""What the ledger gives back: runs, the links of their chain, requests, history and yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from auditor.changes import Change, Kinship, Why
from auditor.review import Disposition
from auditor.runs.fingerprints import Fingerprints


@dataclass(frozen=True)
class RunRecord:
    """One recorded run, ``ordinal`` in the order recorded. ``values_sha256`` is of the values of all readings; ``pruned`` says that its
    folder was removed; dollars are in cents."""

    run: str
    ordinal: int
    as_of: date
    recorded_at: datetime
    program_version: str
    fingerprints: Fingerprints
    values_sha256: str
    manifest_sha256: str
    chain_sha256: str
    counted_cents: int
    at_risk_cents: tuple[int, int]
    pruned: bool


@dataclass(frozen=True)
class Request:
    """A document asked of a facility for one episode; ``answered_run`` is the run that first had it."""

    run: str
    episode_id: str
    facility: str
    document: str
    requested_on: date
    due_on: date
    answered_run: str | None = None


@dataclass(frozen=True)
class Standing:
    """A disposition and where it stands: the run in which it lapsed and why, empty while it stands."""

    disposition: Disposition
    lapsed_run: str | None
    lapsed_why: str

    @property
    def stands(self) -> bool:
        """Whether it is still in force."""
        return self.lapsed_run is None


@dataclass(frozen=True)
class CourseNight:
    """What became of an episode in one run; ``earlier_ids`` are those it came of."""

    run: str
    change: Change
    kinship: Kinship
    episode_id: str
    earlier_ids: tuple[str, ...]
    what: tuple[str, ...]
    determination: str | None
    start_day: date | None
    end_day: date | None
    at_risk_cents: tuple[int, int]


@dataclass(frozen=True)
class FindingNight:
    """What became of a finding in one run; nights on which it stood as it stood are left out."""

    run: str
    change: Change
    finding_id: str
    paragraph: str
    why: Why
    what: tuple[str, ...]
    severity: str
    at_risk_cents: tuple[int, int]


@dataclass(frozen=True)
class CourseHistory:
    """All that is remembered of one episode, earliest first; ``merged_into`` is what it is now part of."""

    course: str
    merged_into: str | None
    nights: tuple[CourseNight, ...]
    findings: tuple[FindingNight, ...]
    dispositions: tuple[Standing, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class RunNight:
    """One run, and how many findings were new, unchanged, updated, resolved and reopened in it."""

    record: RunRecord
    counts: dict[Change, int]


@dataclass(frozen=True)
class Yield:
    """What came of the review of one finding, or of one facility's findings. Each finding counts once, by its last decision.

    ``raised`` are findings ever raised; ``reviewed`` those upheld or overturned; ``waiting`` those with another decision.
    """

    name: str
    raised: int
    reviewed: int
    upheld: int
    overturned: int
    waiting: int

    @property
    def share(self) -> float | None:
        """Upheld of reviewed; None where nothing was reviewed."""
        return self.upheld / self.reviewed if self.reviewed else None


@dataclass(frozen=True)
class Yields:
    """Yields by finding and by facility."""

    by_finding: tuple[Yield, ...]
    by_facility: tuple[Yield, ...]
