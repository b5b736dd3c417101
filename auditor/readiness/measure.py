"""Counts how ready an extract is, from the results of its audit and the tables they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditor.engine import Connection
from auditor.intake import Reading
from auditor.policy import RuleBook
from auditor.readiness.arrival import clock, column_fills, file_counts, measurements, members, set_aside, unknown_concepts
from auditor.readiness.blocks import asks, document_counts
from auditor.readiness.model import CodedRows, Readiness, StateCount
from auditor.readiness.rows import Laid, lay
from auditor.readiness.shares import charted_concepts, criterion_counts, facility_counts
from auditor.readiness.states import State
from auditor.report.facts import RunFacts


@dataclass(frozen=True)
class Audited:
    """What an audit was made with and what it found: its rules, what it read, its result frames, and the facts of the run."""

    book: RuleBook
    reading: Reading
    frames: Mapping[str, pd.DataFrame]
    facts: RunFacts


def measure(connection: Connection, audited: Audited) -> Readiness:
    """How ready the extract is. The connection holds the audit's tables, and was watched while it ran."""
    laid, facts = lay(connection, audited.book, audited.frames), audited.facts
    return Readiness(
        program=f"auditor {facts.version}",
        profile=facts.profile,
        as_of=facts.as_of.isoformat(),
        policy=facts.revisions[-1].title,
        revisions=tuple(revision.revision for revision in facts.revisions),
        nothing_to_audit=audited.frames["episodes"].empty and audited.frames["lines"].empty,
        episodes=state_counts(laid),
        asks=asks(laid),
        documents=document_counts(laid),
        criteria=criterion_counts(laid, audited.book),
        facilities=facility_counts(laid),
        charted_concepts=charted_concepts(laid),
        members=members(laid),
        clock=clock(laid, audited.reading.time_zone),
        measurements=measurements(laid),
        unknown_concepts=unknown_concepts(laid, audited.book),
        coded_rows=CodedRows(**laid.ask("coded_rows")[0]),
        columns=column_fills(laid),
        files=file_counts(laid, facts),
        set_aside=set_aside(laid),
        notices=facts.notices,
        not_read=facts.not_read,
        decidable=laid.frame("decidable"),
    )


def state_counts(laid: Laid) -> tuple[StateCount, ...]:
    """Every state, also those in which no episode is."""
    found = {row["state"]: row for row in laid.ask("states")}
    nothing = {"episodes": 0, "counted_cents": 0, "blocked_cents": 0}
    return tuple(StateCount(**{**nothing, **found.get(state.value, {}), "state": state.value}) for state in State)
