"""The state machine of a finding, and of an episode: what its state and what a run says make of it, as a table."""

from __future__ import annotations

from enum import StrEnum

from auditor.changes.model import Change


class State(StrEnum):
    """Where a finding or an episode stands after a run."""

    NEVER = "never"
    OPEN = "open"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What the next run says of it, beside what was last said."""

    SEEN_ALIKE = "seen alike"
    SEEN_OTHERWISE = "seen otherwise"
    NOT_SEEN = "not seen"


# The state after, and what to call the step; None where there is nothing to say. What was never seen has nothing to be alike to.
STEPS: dict[tuple[State, Event], tuple[State, Change | None]] = {
    (State.NEVER, Event.SEEN_ALIKE): (State.OPEN, Change.NEW),
    (State.NEVER, Event.SEEN_OTHERWISE): (State.OPEN, Change.NEW),
    (State.NEVER, Event.NOT_SEEN): (State.NEVER, None),
    (State.OPEN, Event.SEEN_ALIKE): (State.OPEN, Change.UNCHANGED),
    (State.OPEN, Event.SEEN_OTHERWISE): (State.OPEN, Change.UPDATED),
    (State.OPEN, Event.NOT_SEEN): (State.RESOLVED, Change.RESOLVED),
    (State.RESOLVED, Event.SEEN_ALIKE): (State.OPEN, Change.REOPENED),
    (State.RESOLVED, Event.SEEN_OTHERWISE): (State.OPEN, Change.REOPENED),
    (State.RESOLVED, Event.NOT_SEEN): (State.RESOLVED, None),
}


def step(state: State, event: Event) -> Change | None:
    """What to call the step."""
    return STEPS[state, event][1]
