"""How ready an episode is: what the audit would say of it, without saying what."""

from __future__ import annotations

from enum import StrEnum

from auditor.outcomes import Action, Determination, Word


class State(StrEnum):
    """Whether an episode can be decided, and what it waits for if not. Every episode is in one state."""

    DECIDABLE = "decidable"
    RECORDS = "waits_for_records"
    READER = "waits_for_a_reader"
    DATA = "waits_for_data"
    NOT_SHOWN = "ino_not_shown"
    NOT_ASKED = "not_asked"


STATES: dict[State, Word] = {
    State.DECIDABLE: Word("can be decided", "✓", "good", "the records at hand settle it"),
    State.RECORDS: Word("waits for records", "?", "open", "a document that could settle it is not here"),
    State.READER: Word("waits for a reader", "◆", "review", "records that conflict, suggest or are preliminary must be read by a nurse"),
    State.DATA: Word("waits for data", "✕", "bad", "held until its birth date is mended"),
    State.NOT_SHOWN: Word("iNO not shown", "?", "open", "the member could have had it, and no record shows it"),
    State.NOT_ASKED: Word("not asked", "–", "quiet", "nothing suggests iNO, other rules decide, or the policy is silent on the use"),
}

# Dollars wait in these; what they wait for is told.
WAITING = (State.RECORDS, State.READER, State.DATA, State.NOT_SHOWN)

# … and in these, for a document that is not here.
NOT_HERE = (State.RECORDS, State.NOT_SHOWN)

_NOT_ASKED = (Determination.NOT_INO, Determination.DECIDED_ELSEWHERE, Determination.POLICY_SILENT)
_WAITS = {Action.NURSE_REVIEW: State.READER, Action.HOLD: State.DATA}


def state_of(determination: Determination, action: Action) -> State:
    """The state of an episode that the audit gives this determination and this next action."""
    if determination in _NOT_ASKED:
        return State.NOT_ASKED
    if determination == Determination.INO_NOT_SHOWN:
        return State.NOT_SHOWN
    if determination == Determination.INSUFFICIENT_DOCUMENTATION:
        return _WAITS.get(action, State.RECORDS)
    return State.DECIDABLE


def state_rows() -> list[tuple[str, str, str, bool, bool, bool]]:
    """Every determination and next action with its state, and whether that is decidable, waits, and waits for what is not here."""
    states = {(one, action): state_of(one, action) for one in Determination for action in Action}
    return [
        (one.value, action.value, state.value, state == State.DECIDABLE, state in WAITING, state in NOT_HERE)
        for (one, action), state in states.items()
    ]
