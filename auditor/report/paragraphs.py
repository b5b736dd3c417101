"""What each paragraph alone stops: the episodes, and their dollars, that fail or wait by it and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow.compute as pc

from auditor.outcomes import Determination, Outcome
from auditor.report.cases import Row
from auditor.report.grids import numbers, texts, wides
from auditor.report.phrases import dollars, shorten
from auditor.report.view import Grid
from auditor.result_columns import ResultColumn, ResultTable
from auditor.shelf import Shelf

# Decided by other rules: what a paragraph of this policy stops there is no one's dollars.
ELSEWHERE = (Determination.DECIDED_ELSEWHERE, Determination.POLICY_SILENT)
HELD = ("not_supported_cents", "records_needed_cents", "medical_review_cents")

PARAGRAPHS = ResultTable(
    "paragraphs",
    "one paragraph that alone stops some episode",
    (
        ResultColumn("key", "text", "the paragraph"),
        ResultColumn("statement", "text", "the paragraph in our words"),
        ResultColumn(
            "failing_episodes", "integer", "episodes that fail by it alone: not met, or an exclusion that stands; all else is met"
        ),
        ResultColumn("failing_cents", "cents", "dollars of their days that are not supported, wait, or are in review"),
        ResultColumn("waiting_episodes", "integer", "episodes that wait for it alone: it is unknown, and all else is met"),
        ResultColumn("waiting_cents", "cents", "dollars of their days that are not supported, wait, or are in review"),
    ),
    ("key",),
)


@dataclass(frozen=True)
class SingleFailure:
    """One paragraph, the episodes that fail or wait by it alone, and the dollars of these, in cents."""

    key: str
    statement: str
    failing_episodes: int = 0
    failing_cents: int = 0
    waiting_episodes: int = 0
    waiting_cents: int = 0

    def counting(self, fails: bool, cents: int) -> SingleFailure:
        """With one more episode."""
        failing, waiting = (1, 0) if fails else (0, 1)
        return SingleFailure(
            self.key,
            self.statement,
            self.failing_episodes + failing,
            self.failing_cents + failing * cents,
            self.waiting_episodes + waiting,
            self.waiting_cents + waiting * cents,
        )


def single_failures(tables: Shelf) -> tuple[SingleFailure, ...]:
    """Paragraphs that alone stop an episode, most dollars first, then in outline order."""
    held = _held(tables)
    found: dict[str, SingleFailure] = {}
    first: dict[str, tuple[int, str]] = {}
    for row in _alone(tables):
        key, place = row["key"], (row["ordinal"], row["episode_id"])
        if row["episode_id"] not in held:
            continue
        so_far = found.get(key, SingleFailure(key, row["statement"]))
        if place < first.setdefault(key, place):
            first[key], so_far = place, replace(so_far, statement=row["statement"])
        found[key] = so_far.counting(row["outcome"] != Outcome.UNKNOWN, held[row["episode_id"]])
    return tuple(sorted(found.values(), key=lambda one: (-(one.failing_cents + one.waiting_cents), first[one.key])))


def _held(tables: Shelf) -> dict[str, int]:
    """The dollars of each episode that a paragraph of this policy could hold."""
    rows = (row for batch in tables.batches("episodes", ("episode_id", "determination", *HELD)) for row in batch.to_pylist())
    return {row["episode_id"]: sum(row[name] or 0 for name in HELD) for row in rows if row["determination"] not in ELSEWHERE}


def _alone(tables: Shelf) -> Iterator[Row]:
    for batch in tables.batches("criteria", ("episode_id", "ordinal", "key", "statement", "outcome", "alone")):
        yield from batch.filter(pc.field("alone")).to_pylist()


def paragraph_grid(failures: tuple[SingleFailure, ...]) -> Grid:
    """The same as a table of the report."""
    return Grid(
        caption="Only this paragraph",
        headings=(
            *texts("Paragraph"),
            *wides("What it asks"),
            *numbers("Fail by it alone", "Dollars held", "Wait for it alone", "Dollars waiting"),
        ),
        rows=tuple(
            (
                one.key,
                shorten(one.statement),
                f"{one.failing_episodes:,}",
                dollars(one.failing_cents),
                f"{one.waiting_episodes:,}",
                dollars(one.waiting_cents),
            )
            for one in failures
        ),
        note="Episodes in which everything else is met: were this one paragraph met, or this exclusion not there, they would be supported. "
        "An episode stands under one paragraph, unless either of two alternatives would do.",
        empty="No episode is stopped by one paragraph alone.",
    )
