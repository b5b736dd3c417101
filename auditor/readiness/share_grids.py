"""Tables of what can be decided and what dollars wait for."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.outcomes import ACTIONS, Action
from auditor.readiness.model import CriterionCount, FacilityCount, Readiness
from auditor.readiness.states import STATES, State
from auditor.report.grids import numbers, texts, wides
from auditor.report.phrases import NOTHING, counted, dollars, listed, shorten
from auditor.report.view import Cell, Grid, Heading

NO_FACILITY = "not named"
NO_DOCUMENT = "none named: other days decide the episode, or no document could"
NEVER = "never: no row of the extract speaks of it"
WEAKEST = 3


def share(part: int, whole: int) -> str:
    """A part of a whole in percent, rounded down, so that only all is 100%."""
    return f"{100 * part // whole}%" if whole else NOTHING


def state_grid(readiness: Readiness) -> Grid:
    """Episodes by state, and their dollars."""
    states = readiness.episodes
    return Grid(
        caption="Episodes, by whether the audit can decide them",
        headings=(*texts("Readiness"), *wides("Meaning"), *numbers("Episodes", "Counted", "Blocked")),
        rows=tuple(
            (
                STATES[State(one.state)],
                STATES[State(one.state)].meaning,
                f"{one.episodes:,}",
                dollars(one.counted_cents),
                dollars(one.blocked_cents),
            )
            for one in states
        ),
        totals=(
            "Sum",
            "",
            f"{sum(one.episodes for one in states):,}",
            dollars(sum(one.counted_cents for one in states)),
            dollars(readiness.blocked_cents),
        ),
        note="Blocked: dollars on days that the record does not settle. Other days of an episode that waits may already be settled.",
    )


def document_grid(readiness: Readiness) -> Grid:
    """Missing kinds of document, most blocked dollars first."""
    return Grid(
        caption="Documents that could settle it",
        headings=(*wides("Document"), *numbers("Episodes", "Blocked", "To send for", "Freed in this order")),
        rows=tuple(
            (
                one.document or NO_DOCUMENT,
                f"{one.episodes:,}",
                *(dollars(cents) for cents in (one.blocked_cents, one.missing_cents, one.freed_cents)),
            )
            for one in readiness.documents
        ),
        totals=("Each dollar once", "", "", "", dollars(sum(one.freed_cents for one in readiness.documents)))
        if readiness.documents
        else (),
        note="An episode may wait for several documents: Blocked counts it under each, the last column once, under the last to come. "
        "What is not to be sent for is here and must be read again, or is held.",
        empty="No episode waits for a document.",
    )


def ask_grid(readiness: Readiness) -> Grid:
    """What to ask of whom, most dollars first."""
    return Grid(
        caption="What to ask of whom",
        headings=(*texts("Facility"), *wides("Document"), *texts("Next step"), *numbers("Episodes", "Blocked")),
        rows=tuple(
            (
                facility_name(one.facility),
                one.document or NO_DOCUMENT,
                ACTIONS[Action(one.action)],
                f"{one.episodes:,}",
                dollars(one.blocked_cents),
            )
            for one in readiness.asks
        ),
        note="Dollars are of the facility's own lines; an episode that waits for two documents is under both.",
        empty="There is nothing to ask of anyone.",
    )


def facility_name(facility: str | None) -> str:
    """The facility as lines or charts name it."""
    return shorten(facility) if facility else NO_FACILITY


def open_grid(readiness: Readiness) -> Grid:
    """The questions that hold decisions up, most episodes first."""
    found = [one for one in readiness.criteria if one.leaf and one.holds_up]
    return Grid(
        caption="Paragraphs whose answer is missed",
        headings=_criterion_headings(readiness),
        rows=tuple(_criterion(one, readiness) for one in sorted(found, key=lambda one: -one.holds_up)),
        note="Asked: episodes whose pathway it belongs to. Holds up: episodes in which nothing above it is settled either.",
        empty="No paragraph holds a decision up.",
    )


def criterion_grid(readiness: Readiness) -> Grid:
    """Every paragraph that is asked."""
    return Grid(
        caption="Every paragraph that is in question",
        headings=_criterion_headings(readiness),
        rows=tuple(_criterion(one, readiness) for one in readiness.criteria if one.in_question),
        note="A paragraph may be open and hold nothing up: another one of its group is met, or it is an exclusion.",
        empty="No paragraph is in question.",
    )


def _criterion_headings(readiness: Readiness) -> tuple[Heading, ...]:
    revision = texts("Revision") if len(readiness.revisions) > 1 else ()
    return (*revision, *wides("Paragraph"), *numbers("Asked", "Decidable", "Share", "Holds up"), *wides("Why not"))


def _criterion(one: CriterionCount, readiness: Readiness) -> tuple[Cell, ...]:
    decided = one.in_question - one.open
    revision = (one.revision,) if len(readiness.revisions) > 1 else ()
    numbers_told = (f"{one.in_question:,}", f"{decided:,}", share(decided, one.in_question), f"{one.holds_up:,}")
    return (*revision, f"{one.key} {one.statement}", *numbers_told, why_not(one))


def why_not(one: CriterionCount) -> str:
    """Why a paragraph is open, by how many episodes; where no row speaks of its fact, what would."""
    if one.never:
        return f"{NEVER}; {listed(one.shown_by)} would"
    return "; ".join(f"{reason} {episodes:,}" for reason, episodes in one.reasons.items()) or NOTHING


def facility_grid(readiness: Readiness) -> Grid:
    """Every facility: what can be decided there, and what most holds it up."""
    return Grid(
        caption="What can be decided at each facility",
        headings=(
            *texts("Facility"),
            *numbers("Episodes", "Decidable", "Waiting", "Blocked", "Lines", "Chart rows"),
            *texts("Most held up by"),
        ),
        rows=tuple(_facility(one, readiness) for one in readiness.facilities),
        note="An episode at two facilities counts at both; blocked dollars are of the facility's own lines and sum to the run's.",
        empty="No facility is named.",
    )


def _facility(one: FacilityCount, readiness: Readiness) -> tuple[Cell, ...]:
    counts = (one.episodes, one.decidable, one.waiting)
    rows = (one.lines, one.chart_rows)
    leaves = {(each.revision, each.key) for each in readiness.criteria if each.leaf}
    worst = sorted(
        (each for each in one.criteria if each.holds_up and (each.revision, each.key) in leaves), key=lambda each: -each.holds_up
    )
    held = ", ".join(f"{each.key} ({each.holds_up:,})" for each in worst[:WEAKEST])
    told = (*(f"{count:,}" for count in counts), dollars(one.blocked_cents), *(f"{count:,}" for count in rows))
    return (facility_name(one.facility), *told, held or NOTHING)


def charting_grid(readiness: Readiness) -> Grid:
    """Which facility charts what the days rest on."""
    labels = readiness.charted_concepts
    return Grid(
        caption="Chart rows of what the days rest on",
        headings=(*texts("Facility"), *numbers(*labels.values())),
        rows=tuple((facility_name(one.facility), *_charted(one.charted.values())) for one in readiness.facilities),
        totals=("Sum", *(f"{sum(one.charted[name] for one in readiness.facilities):,}" for name in labels)),
        empty="No facility is named.",
    )


def _charted(rows: Iterable[int]) -> tuple[Cell, ...]:
    return tuple(f"{count:,}" if count else NOTHING for count in rows)


def facility_criteria_grids(readiness: Readiness) -> tuple[Grid, ...]:
    """Of each facility, every paragraph that is in question there."""
    return tuple(
        Grid(
            caption=f"{facility_name(one.facility)}: {counted(one.episodes, 'episode')}",
            headings=(*texts("Paragraph"), *numbers("Asked", "Decidable", "Share", "Holds up")),
            rows=tuple(
                (
                    each.key,
                    f"{each.in_question:,}",
                    f"{each.in_question - each.open:,}",
                    share(each.in_question - each.open, each.in_question),
                    f"{each.holds_up:,}",
                )
                for each in one.criteria
                if each.in_question
            ),
        )
        for one in readiness.facilities
        if any(each.in_question for each in one.criteria)
    )
