"""How ready an extract is, as one frozen object of counts: no member, no date, no measurement, no verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class FileCount:
    """A file: records read, and the canonical ``rows`` they made, which are those in scope, out of scope and set aside together."""

    file: str
    table: str
    records: int
    rows: int
    in_scope: int
    out_of_scope: int
    set_aside: int


@dataclass(frozen=True)
class SetAside:
    """Rows of a file that could not be trusted, for one reason; ``first_row`` is where to look, ``mend`` what to do."""

    file: str
    table: str
    column: str
    reason: str
    rows: int
    first_row: int
    mend: str


@dataclass(frozen=True)
class Clock:
    """How clock times are placed on the facility's calendar.

    ``zone`` is the time zone given, if any; ``placed_by`` is zone, offset (the times carry their own), local (neither; taken as the
    facility's own clock) or none (no clock time). ``chart_rows`` in scope, and of them ``with_clock`` time; births likewise.
    """

    zone: str | None
    placed_by: str
    chart_rows: int
    with_clock: int
    births: int
    births_with_clock: int


@dataclass(frozen=True)
class Members:
    """Who could be matched with whom. ``in_scope`` are members with a listed line or a sign of iNO; the extract's others follow.

    ``near_member_rows`` and ``near_charts`` are members in scope without such rows whose id would be found if case, punctuation and
    leading zeros were left aside.
    """

    in_scope: int
    with_claims: int
    with_member_row: int
    with_birth_date: int
    with_several_birth_dates: int
    with_chart: int
    with_charted_ino: int
    near_member_rows: int
    near_charts: int
    in_claims: int
    in_members: int
    in_charts: int
    charts_without_claims: int


@dataclass(frozen=True)
class ColumnFill:
    """A column on which the audit leans, in one file: rows in scope, how many fill it, and what its lack costs."""

    file: str
    table: str
    column: str
    rows: int
    filled: int
    lack: str


@dataclass(frozen=True)
class Measurement:
    """A measurement of the policy in the chart rows in scope, by what its rows can be used for.

    ``unknown_unit`` rows bear a unit that the concept does not name and are read as if in its own; ``impossible`` values are not
    used; ``first_file`` and ``first_row`` lie where the first of either is.
    """

    concept: str
    label: str
    unit: str | None
    rows: int
    members: int
    without_value: int
    unknown_unit: int
    impossible: int
    first_file: str | None
    first_row: int | None


@dataclass(frozen=True)
class UnknownConcept:
    """Chart rows under a name that no concept bears; the name itself is not told, only where it is and the ``nearest`` right one."""

    file: str
    first_row: int
    rows: int
    nearest: str | None


@dataclass(frozen=True)
class CodedRows:
    """Chart rows in scope that name a code and no concept, and how many of these a value set knows."""

    rows: int
    known: int


@dataclass(frozen=True)
class StateCount:
    """Episodes in one state: their counted dollars, and those of them on days that the record does not settle."""

    state: str
    episodes: int
    counted_cents: int
    blocked_cents: int


@dataclass(frozen=True)
class CriterionCount:
    """One paragraph of one revision, over the episodes of which the audit asks it.

    ``asked`` and ``decidable`` count every episode with iNO shown; ``in_question`` and ``open`` those for which it matters: the
    policy decides, and the paragraph's pathway is one the record is about. ``holds_up`` counts the open ones under which nothing above
    is settled either, so that their answer is missed; an exclusion holds nothing up. ``reasons`` say why the open ones are. ``rows``
    speak of its fact, anywhere among the members in scope; ``shown_by`` is what would. ``never``: it is asked, and no row does.
    """

    revision: str
    key: str
    depth: int
    statement: str
    leaf: bool
    asked: int
    decidable: int
    in_question: int
    open: int
    holds_up: int
    reasons: dict[str, int]
    rows: int
    shown_by: tuple[str, ...]
    never: bool


@dataclass(frozen=True)
class FacilityCriterion:
    """One paragraph over the episodes of one facility, counted as in ``CriterionCount``."""

    revision: str
    key: str
    asked: int
    decidable: int
    in_question: int
    open: int
    holds_up: int


@dataclass(frozen=True)
class FacilityCount:
    """A facility as lines or charts name it; None where they name none. An episode at two facilities counts at both.

    ``blocked_cents`` are of its own lines, so that they sum to the run's. ``charted`` counts chart rows of each concept that shows
    iNO or the daily need of oxygen, by its name.
    """

    facility: str | None
    episodes: int
    decidable: int
    waiting: int
    lines: int
    blocked_cents: int
    chart_rows: int
    charted: dict[str, int]
    criteria: tuple[FacilityCriterion, ...]


@dataclass(frozen=True)
class DocumentCount:
    """A kind of document that episodes, or some of their days, wait for; None where the audit names none.

    ``blocked_cents`` are of every episode that waits for it, so these overlap; ``missing_cents`` of those for which it is to be sent
    for, not only read again or held; ``alone_cents`` of those that wait for nothing else; ``freed_cents`` of those that it completes
    if documents arrive in this order, and these sum to all that is blocked.
    """

    document: str | None
    episodes: int
    blocked_cents: int
    missing_cents: int
    alone_cents: int
    freed_cents: int


@dataclass(frozen=True)
class Ask:
    """What to ask of one facility: a document for some episodes, or a step of our own first (``action``).

    ``blocked_cents`` are of the facility's own lines; an episode that waits for two documents is under both.
    """

    facility: str | None
    document: str | None
    action: str
    episodes: int
    blocked_cents: int


@dataclass(frozen=True)
class Readiness:
    """How ready an extract is. Lists are in the order in which they are told; the most urgent first.

    ``charted_concepts`` are the labels of what ``FacilityCount.charted`` counts.
    ``decidable`` has a row for every paragraph and episode that the audit decides (``episode_id``, ``key``); it is for callers, and
    no rendering shows it.
    """

    program: str
    profile: str
    as_of: str
    policy: str
    revisions: tuple[str, ...]
    nothing_to_audit: bool
    episodes: tuple[StateCount, ...]
    asks: tuple[Ask, ...]
    documents: tuple[DocumentCount, ...]
    criteria: tuple[CriterionCount, ...]
    facilities: tuple[FacilityCount, ...]
    charted_concepts: dict[str, str]
    members: Members
    clock: Clock
    measurements: tuple[Measurement, ...]
    unknown_concepts: tuple[UnknownConcept, ...]
    coded_rows: CodedRows
    columns: tuple[ColumnFill, ...]
    files: tuple[FileCount, ...]
    set_aside: tuple[SetAside, ...]
    notices: tuple[str, ...]
    not_read: tuple[str, ...]
    decidable: pd.DataFrame = field(compare=False, repr=False)

    @property
    def blocked_cents(self) -> int:
        """Dollars on days that the record does not settle, in cents, each once."""
        return sum(state.blocked_cents for state in self.episodes)
