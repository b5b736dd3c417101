"""What of a run can be compared: its courses with their days and lines, and its findings, one a course, number and paragraph."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Lines that no course explains, of one member, are a course of this kind: findings about them need something to belong to.
LOOSE = "loose"
# The result tables that are compared.
COMPARED = ("episodes", "lines", "therapy_days", "findings")
Days = frozenset[date]
Row = dict[str, Any]

EPISODE_COLUMNS = (
    *("episode_id", "member_id", "kind", "basis", "facilities", "line_of_business", "start_day", "end_day", "therapy_days"),
    *("determination", "next_action", "at_risk_low_cents", "at_risk_high_cents"),
)
LINE_COLUMNS = ("line_key", "member_id", "claim_id", "claim_line_number", "facility_npi", "episode_id", "first_day", "last_day")
FINDING_COLUMNS = (
    *("episode_id", "finding_id", "paragraph", "state", "severity", "action", "says", "line_key", "first_day", "last_day"),
    *("days", "at_risk_low_cents", "at_risk_high_cents", "policy_revision"),
)
COURSE_TEXTS = ("episode_id", "kind", "basis", "determination", "next_action", "line_of_business", "start_day", "end_day")
COURSE_NUMBERS = ("therapy_days", "at_risk_low_cents", "at_risk_high_cents")
FINDING_WORDS = ("state", "action", "policy_revision")
FINDING_SUMS = ("days", "at_risk_low_cents", "at_risk_high_cents")


@dataclass(frozen=True)
class CourseFacts:
    """What a run says of a course. ``facility`` is that of its first line that names one, else the first charted."""

    episode_id: str | None
    kind: str
    basis: str | None = None
    determination: str | None = None
    next_action: str | None = None
    facility: str | None = None
    line_of_business: str | None = None
    start_day: date | None = None
    end_day: date | None = None
    therapy_days: int = 0
    at_risk_low_cents: int = 0
    at_risk_high_cents: int = 0


@dataclass(frozen=True)
class FindingFacts:
    """What a run says of a finding. Of several rows: their states, actions and revisions joined, the gravest severity, sums of dollars."""

    state: str
    severity: str
    action: str
    says_sha256: str
    policy_revision: str
    rows: int
    first_day: date | None
    last_day: date | None
    days: int
    at_risk_low_cents: int
    at_risk_high_cents: int


@dataclass(frozen=True)
class Course:
    """One course of a run. ``name`` is unique within the snapshot; ``member`` and ``lines`` may be tokens."""

    name: str
    member: str
    days: Days
    lines: frozenset[str]
    facts: CourseFacts

    @property
    def label(self) -> str:
        """What the run calls it, empty for lines of no course."""
        return self.facts.episode_id or ""


@dataclass(frozen=True, order=True)
class FindingKey:
    """What a finding is known by: the name of its course, its number and its paragraph."""

    course: str
    finding_id: str
    paragraph: str


@dataclass(frozen=True)
class Snapshot:
    """The courses of a run by name, and what it says of each finding."""

    courses: Mapping[str, Course]
    findings: Mapping[FindingKey, FindingFacts]


EMPTY = Snapshot({}, {})


MARKED = re.compile(r"E([A-Z]+)[0-9a-f]{12}")


def mark_of(episode_id: str) -> str:
    """The mark by which a guideline tells its episodes from those of others; empty where it has none."""
    found = MARKED.fullmatch(episode_id)
    return found[1] if found else ""


def differing(earlier: object, later: object) -> tuple[str, ...]:
    """The columns in which two facts of a kind differ."""
    return tuple(one.name for one in fields(earlier) if getattr(earlier, one.name) != getattr(later, one.name))  # type: ignore[arg-type]


def read_snapshot(frames: Mapping[str, pd.DataFrame], veil: Callable[[str, str], str] = lambda kind, value: value) -> Snapshot:
    """The snapshot of a run's result frames. ``veil`` (kind, value) puts tokens in place of members (M) and claim lines (L)."""
    episodes, lines = _rows(frames["episodes"], EPISODE_COLUMNS), _rows(frames["lines"], LINE_COLUMNS)
    days = _group(_rows(frames["therapy_days"], ("episode_id", "day")), "episode_id")
    of_course = _group(lines, "episode_id")
    members = {row["line_key"]: veil("M", row["member_id"]) for row in lines}
    courses = {row["episode_id"]: _course(row, days[row["episode_id"]], of_course[row["episode_id"]], veil) for row in episodes}
    findings = _group(_with_courses(_rows(frames["findings"], FINDING_COLUMNS), members), "course", "finding_id", "paragraph")
    told = {FindingKey(*key): _finding(rows) for key, rows in sorted(findings.items())}
    loose = {key.course: _loose(key.course) for key in told if key.course not in courses}
    return Snapshot(courses | loose, told)


def _rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[Row]:
    import pyarrow as pa

    found: list[Row] = pa.Table.from_pandas(frame[list(columns)], preserve_index=False).to_pylist()
    return found


def _group(rows: Iterable[Row], *names: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[names[0]] if len(names) == 1 else tuple(row[name] or "" for name in names)].append(row)
    return groups


def _course(episode: Row, days: list[Row], lines: list[Row], veil: Callable[[str, str], str]) -> Course:
    texts: Row = {name: episode[name] for name in COURSE_TEXTS}
    numbers: Row = {name: episode[name] or 0 for name in COURSE_NUMBERS}
    named = sorted((line["first_day"], line["line_key"], line["facility_npi"]) for line in lines if line["facility_npi"])
    return Course(
        name=episode["episode_id"],
        member=veil("M", episode["member_id"]),
        days=_days(episode, days, lines),
        lines=frozenset(veil("L", f"{line['claim_id']}\0{line['claim_line_number']}") for line in lines),
        facts=CourseFacts(
            facility=named[0][-1] if named else next(iter(episode["facilities"] or ()), None),
            **texts,
            **numbers,
        ),
    )


def _days(episode: Row, days: list[Row], lines: list[Row]) -> Days:
    """Its days; those of its lines where it has none; those from its start to its end where it has no lines either."""
    if days:
        return frozenset(row["day"] for row in days)
    ranges = [(line["first_day"], line["last_day"]) for line in lines] or [(episode["start_day"], episode["end_day"])]
    return frozenset(day for first, last in ranges for day in days_between(first, last))


def days_between(first: date | None, last: date | None) -> Iterator[date]:
    """Every day from the first to the last, both included; none where the first is not known."""
    if first is not None:
        yield from (first + timedelta(step) for step in range((max(last or first, first) - first).days + 1))


def _with_courses(findings: list[Row], members: Mapping[int, str]) -> Iterator[Row]:
    for row in findings:
        yield row | {"course": row["episode_id"] or loose_name(members.get(row["line_key"], ""))}


def loose_name(member: str) -> str:
    """The name of the course of a member's lines that no course explains; no episode has such a name."""
    return f"{LOOSE}:{member}"


def _loose(name: str) -> Course:
    return Course(name, name.removeprefix(f"{LOOSE}:"), frozenset(), frozenset(), CourseFacts(None, LOOSE))


def _finding(rows: list[Row]) -> FindingFacts:
    says = "\n".join(sorted({row["says"] or "" for row in rows}))
    words: Row = {name: ",".join(sorted({row[name] for row in rows if row[name]})) for name in FINDING_WORDS}
    sums: Row = {name: sum(row[name] or 0 for row in rows) for name in FINDING_SUMS}
    return FindingFacts(
        **words,
        **sums,
        severity=min(row["severity"] or "" for row in rows),
        says_sha256=hashlib.sha256(says.encode()).hexdigest(),
        rows=len(rows),
        first_day=min((row["first_day"] for row in rows if row["first_day"]), default=None),
        last_day=max((row["last_day"] for row in rows if row["last_day"]), default=None),
    )
