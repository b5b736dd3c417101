"""The work queues: whose desk an episode lies on. An episode stands in the queue of its next action and of its findings' actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.outcomes import ACTIONS, UNDECIDED, Action, Determination
from auditor.report.cases import Row


@dataclass(frozen=True)
class Queue:
    """One queue: its key, its name, whose work it is, and the actions that lead into it."""

    key: str
    name: str
    meaning: str
    actions: tuple[Action, ...] = ()


CODING = Queue("coding", "Coding ready", "edits that need no chart", (Action.CODING_ADJUSTMENT,))
DIRECTOR = Queue("director", "Medical director", "the guideline leaves it to the medical director", (Action.MEDICAL_DIRECTOR,))
NURSE = Queue("nurse", "Nurse review", "records that conflict, suggest or are preliminary", (Action.NURSE_REVIEW,))
RECORDS = Queue("records", "Records requests", "documents that could settle it are not here", (Action.REQUEST_RECORDS,))
CASE_REVIEW = Queue("case_review", "Case review", "never denied without review of the case", (Action.CASE_REVIEW,))
SILENT = Queue("silent", "Policy silent", "the guideline lists the code and says nothing of the use")
DATA = Queue("data", "Data quality", "held until the data are mended, or rows of the member were set aside", (Action.HOLD,))
CLEAN = Queue("clean", "Clean", "criteria met, and no one has anything left to do")
NO_WORK = Queue("no_work", "Nothing to do", "not iNO, or decided by other rules")

NOT_DOCUMENTED = "U"

QUEUES = (CODING, DIRECTOR, NURSE, RECORDS, CASE_REVIEW, SILENT, DATA, CLEAN, NO_WORK)


def asks_for_records(episode: Row) -> bool:
    """Whether records are requested: it is undecided, documents would settle it, and its data need not be mended first."""
    is_open = episode["determination"] in UNDECIDED and episode["next_action"] != Action.HOLD
    return is_open and episode["documents"] is not None and len(episode["documents"]) > 0


def leading_findings(episode: Row, findings: Iterable[Row]) -> list[Row]:
    """Findings that bring the episode into queues: one that only says what is not documented does so where records are requested."""
    asked = asks_for_records(episode)
    return [row for row in findings if asked or row["action"] != Action.REQUEST_RECORDS or row["state"] != NOT_DOCUMENTED]


def queues_of(episode: Row, findings: Iterable[Row]) -> tuple[Queue, ...]:
    """The queues of one episode, in the order of ``QUEUES``; every episode stands in one at least."""
    actions = {episode["next_action"], *(finding["action"] for finding in leading_findings(episode, findings))}
    also = {
        RECORDS: asks_for_records(episode),
        SILENT: episode["determination"] == Determination.POLICY_SILENT,
        DATA: bool(episode["rows_set_aside"]),
    }
    found = [queue for queue in QUEUES if actions.intersection(queue.actions) or also.get(queue)]
    met = episode["determination"] == Determination.CRITERIA_MET
    return tuple(found) or ((CLEAN,) if met else (NO_WORK,))


def next_words(row: Row) -> str:
    """Who does what next, in words; the guideline leaves an episode as paid, yet its findings may still hold dollars."""
    action = Action(row["next_action"])
    return f"{ACTIONS[action]}, but for its findings" if action is Action.PAY and row["at_risk_high_cents"] else ACTIONS[action]
