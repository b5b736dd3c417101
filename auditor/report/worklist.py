"""The worklist: one row an episode, most dollars at risk first."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.outcomes import ACTIONS, DETERMINATIONS, Action, Determination
from auditor.report.cases import Casebook, Row, Rows
from auditor.report.episode import episode_at_risk
from auditor.report.findings import rank
from auditor.report.phrases import NOTHING, iso_day, listed, shorten
from auditor.report.queues import QUEUES, Queue, queues_of
from auditor.report.view import QueueTab, WorklistRow


def queues_by_episode(book: Casebook) -> dict[str, tuple[Queue, ...]]:
    """The queues of every episode."""
    return {episode["episode_id"]: queues_of(episode, book.findings.of(episode["episode_id"])) for episode in book.episodes}


def queue_tabs(queues: Mapping[str, tuple[Queue, ...]]) -> tuple[QueueTab, ...]:
    """Every queue with the number of its episodes; none is left out, so that an empty queue is seen to be empty."""
    counts = {queue: sum(queue in found for found in queues.values()) for queue in QUEUES}
    return tuple(QueueTab(queue.key, queue.name, queue.meaning, f"{count:,}") for queue, count in counts.items())


def what_is_open(episode: Row, findings: Rows) -> str:
    """What is missing where records are missing; else the gravest finding."""
    if episode["documents"]:
        return f"Missing: {listed(episode['documents'])}"
    gravest = min(findings, key=rank, default=None)
    return str(gravest["name"]) if gravest else NOTHING


def worklist_row(episode: Row, findings: Rows, queues: tuple[Queue, ...], inside: bool) -> WorklistRow:
    """One episode in the list; ``inside`` says whether its section is part of the report."""
    name = str(episode["episode_id"])
    return WorklistRow(
        episode_id=name,
        href=f"#{name}" if inside else f"episodes/{name}.html",
        member=shorten(episode["member_id"]),
        start=iso_day(episode["start_day"]),
        days=str(episode["therapy_days"] or 0),
        line_of_business=" ".join(shorten(episode[name]) for name in ("line_of_business", "state") if episode[name]) or NOTHING,
        facilities=shorten(listed(episode["facilities"])) or NOTHING,
        determination=DETERMINATIONS[Determination(episode["determination"])],
        what=shorten(what_is_open(episode, findings)),
        at_risk=episode_at_risk(episode),
        next_action=ACTIONS[Action(episode["next_action"])],
        queues=" ".join(queue.key for queue in queues),
    )
