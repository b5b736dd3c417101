"""When a decision lapses: what was decided, and what the next run does to what it was decided of, as a table."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import RowMapping

from auditor.changes import Change, Kinship
from auditor.ledger.retell import split
from auditor.review import Decision


class Night(StrEnum):
    """What a run does to a finding, or an episode, of which something was decided."""

    UNCHANGED = "unchanged"
    MINOR = "changed in days or counts, or for fewer dollars"
    DOLLARS_ROSE = "more dollars at risk"
    FACTS_CHANGED = "says something else"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    JOINED = "merged or came apart"
    DATE_PASSED = "the date came"


# Columns that change what a person decided of; the rest are days, counts and dollars.
MATERIAL = frozenset({"state", "severity", "action", "says_sha256", "determination", "next_action", "kind"})

STANDS, LAPSES = False, True
RULES: dict[Decision, dict[Night, bool]] = {
    Decision.UPHELD: {
        Night.UNCHANGED: STANDS,
        Night.MINOR: STANDS,
        Night.DOLLARS_ROSE: STANDS,  # more of what was agreed with
        Night.FACTS_CHANGED: LAPSES,
        Night.RESOLVED: STANDS,
        Night.REOPENED: LAPSES,
        Night.JOINED: LAPSES,
        Night.DATE_PASSED: STANDS,
    },
    Decision.OVERTURNED: {
        Night.UNCHANGED: STANDS,
        Night.MINOR: STANDS,
        Night.DOLLARS_ROSE: LAPSES,
        Night.FACTS_CHANGED: LAPSES,
        Night.RESOLVED: STANDS,
        Night.REOPENED: LAPSES,
        Night.JOINED: LAPSES,
        Night.DATE_PASSED: STANDS,
    },
    Decision.RECORDS_REQUESTED: {
        Night.UNCHANGED: STANDS,
        Night.MINOR: STANDS,
        Night.DOLLARS_ROSE: STANDS,  # the same documents settle them
        Night.FACTS_CHANGED: LAPSES,
        Night.RESOLVED: LAPSES,  # they came, or are needed no more
        Night.REOPENED: LAPSES,
        Night.JOINED: LAPSES,
        Night.DATE_PASSED: STANDS,
    },
    Decision.ACCEPTED_UNTIL: {
        Night.UNCHANGED: STANDS,
        Night.MINOR: STANDS,
        Night.DOLLARS_ROSE: LAPSES,
        Night.FACTS_CHANGED: LAPSES,
        Night.RESOLVED: STANDS,
        Night.REOPENED: LAPSES,
        Night.JOINED: LAPSES,
        Night.DATE_PASSED: LAPSES,
    },
    Decision.NOT_PURSUED: {
        Night.UNCHANGED: STANDS,
        Night.MINOR: STANDS,
        Night.DOLLARS_ROSE: LAPSES,
        Night.FACTS_CHANGED: LAPSES,
        Night.RESOLVED: STANDS,
        Night.REOPENED: LAPSES,
        Night.JOINED: LAPSES,
        Night.DATE_PASSED: STANDS,
    },
}


def night_of(row: RowMapping | None) -> Night:
    """What a run did, by its row of ``run_findings`` or ``run_courses``; no row: nothing."""
    if row is None:
        return Night.UNCHANGED
    if row.get("kinship") in (Kinship.MERGED, Kinship.SPLIT):
        return Night.JOINED
    match Change(row["change"]):
        case Change.RESOLVED:
            return Night.RESOLVED
        case Change.REOPENED:
            return Night.REOPENED
        case Change.UPDATED:
            return _how_updated(row)
        case _:
            return Night.UNCHANGED


def _how_updated(row: RowMapping) -> Night:
    if MATERIAL.intersection(split(row["what"])):
        return Night.FACTS_CHANGED
    return Night.DOLLARS_ROSE if row["at_risk_high_cents"] > row["earlier_high_cents"] else Night.MINOR
