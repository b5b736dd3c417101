"""The words of a reviewer's decision, and one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auditor.outcomes import Word


class Decision(StrEnum):
    """What a reviewer decided of a finding, or of a whole episode."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    RECORDS_REQUESTED = "records_requested"
    ACCEPTED_UNTIL = "accepted_until"
    NOT_PURSUED = "not_pursued"


DECISIONS: dict[Decision, Word] = {
    Decision.UPHELD: Word("upheld", "✓", "good", "a person read it and agrees"),
    Decision.OVERTURNED: Word("overturned", "✕", "bad", "a person read it and does not agree"),
    Decision.RECORDS_REQUESTED: Word("records requested", "?", "open", "documents were asked for; it waits for them"),
    Decision.ACCEPTED_UNTIL: Word("accepted until a date", "◆", "review", "left as it is until the date given"),
    Decision.NOT_PURSUED: Word("not pursued", "–", "quiet", "right or wrong, nobody will act on it"),
}

# Decisions that set aside what the program says, so that a reason is wanted with them.
NEEDS_REASON = frozenset({Decision.OVERTURNED, Decision.ACCEPTED_UNTIL, Decision.NOT_PURSUED})


@dataclass(frozen=True)
class Disposition:
    """One decision about one finding of one episode; about the whole episode where ``finding_id`` and ``paragraph`` are None.

    ``until`` is given with ``accepted_until`` alone. ``why`` is the reviewer's words, and may hold what must not leave the plan.
    """

    run: str
    episode_id: str
    finding_id: str | None
    paragraph: str | None
    decision: Decision
    who: str
    when: date
    why: str
    until: date | None = None
