"""The episodes of a run as a message counts them, and which of them a group is told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq

from auditor.mail.settings import NOT_GIVEN, MailGroup
from auditor.report.cases import Rows
from auditor.report.queues import Queue, queues_of
from auditor.runs import RunFolder

EPISODE_COLUMNS = (
    "episode_id",
    "line_of_business",
    "determination",
    "next_action",
    "documents",
    "rows_set_aside",
    "therapy_days",
    "counted_cents",
    "at_risk_low_cents",
    "at_risk_high_cents",
)
FINDING_COLUMNS = ("episode_id", "action", "state")


@dataclass(frozen=True)
class Entry:
    """One episode: its plan's kind, its queues, its days on iNO, and its dollars in cents. It bears no name."""

    line_of_business: str
    queues: tuple[Queue, ...]
    therapy_days: int
    counted: int
    low: int
    high: int


Entries = Mapping[str, Entry]


def entries_of(run: RunFolder) -> dict[str, Entry]:
    """Every episode of a run by its id, in the order of the table."""
    findings: dict[str, list[dict[str, str]]] = {}
    for finding in _rows(run, "findings", FINDING_COLUMNS):
        findings.setdefault(finding["episode_id"] or "", []).append(finding)
    return {
        row["episode_id"]: Entry(
            line_of_business=row["line_of_business"] or NOT_GIVEN,
            queues=queues_of(row, findings.get(row["episode_id"], ())),
            therapy_days=row["therapy_days"] or 0,
            counted=row["counted_cents"] or 0,
            low=row["at_risk_low_cents"] or 0,
            high=row["at_risk_high_cents"] or 0,
        )
        for row in _rows(run, "episodes", EPISODE_COLUMNS)
    }


def _rows(run: RunFolder, table: str, columns: tuple[str, ...]) -> Rows:
    return tuple(pq.read_table(run.path / "tables" / f"{table}.parquet", columns=list(columns)).to_pylist())


def is_told(group: MailGroup, entry: Entry) -> bool:
    """Whether an episode is of the group's lines of business and stands in one of its queues."""
    of_business = not group.lines_of_business or entry.line_of_business in group.lines_of_business
    return of_business and (not group.queues or any(queue.key in group.queues for queue in entry.queues))
