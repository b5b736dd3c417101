"""Readiness as a page of tables, the same for a terminal and a browser: every text made, nothing left to reckon."""

from __future__ import annotations

from auditor.readiness import arrival_grids, share_grids
from auditor.readiness.model import Readiness
from auditor.readiness.notices import notices
from auditor.readiness.states import WAITING, State
from auditor.report.phrases import counted, dollars
from auditor.report.sheet import Section, Sheet
from auditor.report.view import Figure

NOTHING = "The extract was read, and holds no line of the listed services and no sign of iNO: there is nothing to audit."


def readiness_page(readiness: Readiness) -> Sheet:
    """The page of an extract."""
    return Sheet(
        eyebrow="Before the audit",
        title="How ready is this extract?",
        stamp=(
            ("As of", readiness.as_of),
            (
                "Policy",
                f"{readiness.policy}, {'revisions' if len(readiness.revisions) > 1 else 'revision'} {', '.join(readiness.revisions)}",
            ),
            ("Made by", f"{readiness.program}, profile {readiness.profile}"),
        ),
        nothing=NOTHING if readiness.nothing_to_audit else "",
        figures=() if readiness.nothing_to_audit else figures(readiness),
        heed="Before these counts are used",
        notices=notices(readiness),
        sections=sections(readiness),
        footer="Counts of an extract and of what can be decided from it; no verdict. It names facilities and files, and no member.",
    )


def sections(readiness: Readiness) -> tuple[Section, ...]:
    """What can be decided first, then whom to ask for what, then why, then what arrived."""
    audited = (
        Section("decide", "What can be decided", (share_grids.state_grid(readiness),)),
        Section("ask", "What to ask for first", (share_grids.document_grid(readiness), share_grids.ask_grid(readiness))),
        Section("criteria", "What holds decisions up", (share_grids.open_grid(readiness),), (share_grids.criterion_grid(readiness),)),
        Section(
            "facilities",
            "By facility",
            (share_grids.facility_grid(readiness), share_grids.charting_grid(readiness)),
            share_grids.facility_criteria_grids(readiness),
        ),
    )
    arrived = (
        Section("members", "Members and clocks", (arrival_grids.member_grid(readiness), arrival_grids.clock_grid(readiness))),
        Section("columns", "Columns and measurements", (arrival_grids.column_grid(readiness), arrival_grids.measurement_grid(readiness))),
        Section("rows", "Files and rows", (arrival_grids.file_grid(readiness), arrival_grids.set_aside_grid(readiness))),
    )
    return arrived if readiness.nothing_to_audit else (*audited, *arrived)


def figures(readiness: Readiness) -> tuple[Figure, ...]:
    """The four numbers that an analyst looks for first."""
    states = {state.state: state.episodes for state in readiness.episodes}
    waiting = sum(states[state] for state in WAITING)
    asked = states[State.DECIDABLE] + waiting
    rows, aside = sum(file.rows for file in readiness.files), sum(file.set_aside for file in readiness.files)
    members = readiness.members
    return (
        Figure(
            "Can be decided",
            f"{states[State.DECIDABLE]:,} of {counted(asked, 'episode')}",
            f"{waiting:,} wait; the policy is not asked of {states[State.NOT_ASKED]:,} more",
        ),
        Figure("Dollars blocked", dollars(readiness.blocked_cents), "on days that the records at hand do not settle"),
        Figure("Members charted", f"{members.with_chart:,} of {members.in_scope:,}", f"{members.with_birth_date:,} have a birth date"),
        Figure("Rows set aside", f"{aside:,} of {rows:,}", "each with its reason below"),
    )
