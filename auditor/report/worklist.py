"""The worklist: one row an episode, most dollars at risk first, with the queues and filters that narrow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from auditor.outcomes import ACTIONS, DETERMINATIONS
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW
from auditor.report.cases import Row, Rows
from auditor.report.episode import episode_at_risk
from auditor.report.findings import rank
from auditor.report.grids import numbers, texts, total, wides
from auditor.report.phrases import NOTHING, dollars, iso_day, listed, shorten
from auditor.report.queues import QUEUES, Queue, next_words
from auditor.report.report_view import Choice, Filter, QueueTab, WorklistRow
from auditor.report.treatments import determination_of, say, treatments_of
from auditor.report.view import Grid

NOT_STATED = "not stated"


def queue_tabs(rows: Iterable[WorklistRow]) -> tuple[QueueTab, ...]:
    """Every queue with the number of its episodes in the list; none is left out, so that an empty queue is seen to be empty."""
    counts = Counter(key for row in rows for key in row.queues.split())
    return tuple(QueueTab(queue.key, queue.name, queue.meaning, f"{counts[queue.key]:,}") for queue in QUEUES)


def queue_grid(episodes: Rows, queues: Mapping[str, tuple[Queue, ...]]) -> Grid:
    """Every queue with its episodes and their dollars; an episode may stand in several, so that no sum is drawn."""
    held = {queue: [row for row in episodes if queue in queues[row["episode_id"]]] for queue in QUEUES}
    return Grid(
        caption="Work queues",
        headings=(*texts("Queue"), *wides("What lies there"), *numbers("Episodes", "At risk, low", "At risk, high")),
        rows=tuple(
            (
                queue.name,
                say(queue.meaning, treatments_of(episodes)),
                f"{len(rows):,}",
                dollars(total(rows, AT_RISK_LOW)),
                dollars(total(rows, AT_RISK_HIGH)),
            )
            for queue, rows in held.items()
        ),
        note="An episode stands in the queue of its next action and of its findings' actions, so one may be counted twice.",
        narrows=tuple(f"queue={queue.key}" for queue in held),
    )


def what_is_open(episode: Row, findings: Rows) -> str:
    """What is missing where records are missing; else the gravest finding."""
    if episode["documents"]:
        return f"Missing: {listed(episode['documents'])}"
    gravest = min(findings, key=rank, default=None)
    return str(gravest["name"]) if gravest else NOTHING


def worklist_row(episode: Row, findings: Rows, queues: tuple[Queue, ...], inside: bool) -> WorklistRow:
    """One episode in the list; ``inside`` says whether its card is part of the report."""
    name = str(episode["episode_id"])
    return WorklistRow(
        episode_id=name,
        href=f"#{name}" if inside else page_of(name),
        member=shorten(episode["member_id"]),
        start=iso_day(episode["start_day"]),
        days=str(episode["therapy_days"] or 0),
        line_of_business=business_of(episode),
        facilities=shorten(listed(episode["facilities"])) or NOTHING,
        determination=determination_of(episode),
        what=shorten(what_is_open(episode, findings)),
        at_risk=episode_at_risk(episode),
        next_action=next_words(episode),
        queues=" ".join(queue.key for queue in queues),
        business=shorten(episode["line_of_business"]) or NOT_STATED,
        facility="\n".join(map(shorten, episode["facilities"] or ())) or NOT_STATED,
        determined=episode["determination"],
        action=episode["next_action"],
        low=str(episode[AT_RISK_LOW] or 0),
        high=str(episode[AT_RISK_HIGH] or 0),
    )


def page_of(episode_id: str) -> str:
    """Where an episode's own page lies, from the report."""
    return f"episodes/{episode_id}.html"


def business_of(episode: Row) -> str:
    """The line of business and the state in short."""
    return " ".join(shorten(episode[name]) for name in ("line_of_business", "state") if episode[name]) or NOTHING


def worklist_filters(rows: Iterable[WorklistRow]) -> tuple[Filter, ...]:
    """The filters beside the queues, each with the values that occur in the list and how often."""
    rows = tuple(rows)
    said = {str(key): dict.fromkeys(row.determination.word for row in rows if row.determined == key) for key in DETERMINATIONS}
    determinations = {key: " or ".join(words) for key, words in said.items()}
    actions = {str(key): word for key, word in ACTIONS.items()}
    return (
        _filter("business", "Line of business", Counter(row.business for row in rows), sorted),
        _filter("facility", "Facility", Counter(one for row in rows for one in dict.fromkeys(row.facility.split("\n"))), sorted),
        _filter("determination", "Determination", Counter(row.determined for row in rows), lambda _: determinations, determinations),
        _filter("action", "Next action", Counter(row.action for row in rows), lambda _: actions, actions),
    )


def _filter(
    key: str,
    label: str,
    counts: Counter[str],
    ordered: Callable[[Iterable[str]], Iterable[str]],
    words: Mapping[str, str] | None = None,
) -> Filter:
    said = words or {}
    return Filter(key, label, tuple(Choice(one, f"{said.get(one, one)} ({counts[one]:,})") for one in ordered(counts) if counts[one]))
