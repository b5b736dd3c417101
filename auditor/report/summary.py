"""What a run came to, in ten lines for a terminal; no line names a member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from auditor.outcomes import DETERMINATIONS
from auditor.report import overview
from auditor.report.abreast import read_abreast
from auditor.report.build import nothing_to_audit
from auditor.report.cases import Casebook, Rows
from auditor.report.facts import RunFacts
from auditor.report.phrases import counted, spaced
from auditor.report.queues import QUEUES, Queue, queues_of
from auditor.report.schemas import conform
from auditor.report.sensitivity import sensitivity_line
from auditor.report.treatments import in_terms, named, treatments, treatments_of
from auditor.results import result
from auditor.shelf import Frames, Shelf, TableShelf

NEEDED = ("episodes", "lines", "findings", "set_aside")
LABEL_WIDTH = 16


def summary_text(frames: Mapping[str, pd.DataFrame], facts: RunFacts) -> str:
    """The numbers of the report's head as plain text."""
    tables = frames.shelf if isinstance(frames, Frames) else TableShelf({name: conform(result(name), frames[name]) for name in NEEDED})
    return "\n".join(f"{label:<{LABEL_WIDTH}}{text}".rstrip() for label, text in _lines(tables, facts))


def _lines(tables: Shelf, facts: RunFacts) -> Iterator[tuple[str, str]]:
    head = overview.masthead(facts)
    yield "As of", f"{head.as_of}, {head.program}"
    for policy in head.policies:
        yield "Policy", policy
    yield "Read", ", ".join(f"{counted(count.rows_in, 'row')} of {spaced(count.table)}" for count in facts.counts) or "nothing"
    if facts.masking != "none":
        yield "Masked", f"with a {facts.masking}" + ("; tokens hold within this run only" if facts.masking == "key of this run" else "")
    nothing = nothing_to_audit(tables, facts)
    if nothing:
        yield "", nothing
        return
    by_revision = treatments(facts)
    episodes = Casebook(tables, named=lambda episode: named(episode, by_revision)).episodes
    for figure in overview.figures(episodes, overview.money_of(tables)):
        yield figure.label, figure.value
    for told in overview.guideline_sums(episodes, facts):
        yield "Guideline", told
    yield "Determinations", _determinations(episodes)
    if facts.sensitivity is not None:
        yield "On a reading", sensitivity_line(facts.sensitivity, len(episodes))
    yield "Queues", _queues(tables)
    yield (
        "Notices",
        f"{len(overview.notices(facts, tables))}, {counted(tables.count('set_aside'), 'row')} set aside; see the report",
    )


def _determinations(episodes: Rows) -> str:
    held = {name: [row for row in episodes if row["determination"] == name] for name in DETERMINATIONS}
    return _said({in_terms(DETERMINATIONS[name], treatments_of(rows)).word: len(rows) for name, rows in held.items()})


def _queues(tables: Shelf) -> str:
    found: Counter[Queue] = Counter()
    for rows in read_abreast(tables, ("episodes", "findings")):
        found.update(queues_of(rows["episodes"][0], rows["findings"]))
    return _said({queue.name: found[queue] for queue in QUEUES})


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
