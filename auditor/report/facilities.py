"""The page that compares facilities: a table that says everything, and a funnel plot a measure that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from auditor.outcomes import STANDINGS, Standing, Word
from auditor.report.cases import Row, Rows
from auditor.report.facts import RunFacts
from auditor.report.funnel import draw_funnel
from auditor.report.grids import numbers, texts
from auditor.report.overview import masthead
from auditor.report.phrases import NOTHING, counted, measured, shorten
from auditor.report.view import Cell, FacilityMeasure, FacilityPage, Grid

NOT_COMPARED = (Standing.TOO_FEW, Standing.WITHHELD)


def facility_page(providers: pa.Table, facts: RunFacts) -> FacilityPage:
    """The whole page, measures in the order of the plan and facilities by their numbers."""
    rows: Rows = tuple(providers.to_pylist())
    measures: dict[int, list[Row]] = {}
    for row in rows:
        measures.setdefault(row["ordinal"], []).append(row)
    facilities = {row["facility"] for row in rows}
    enough = {row["facility"] for row in rows if row["standing"] not in NOT_COMPARED}
    titles = list(dict.fromkeys(revision.title for revision in facts.revisions))
    alone = f" Episodes of {titles[0]} alone." if len(titles) > 1 else ""
    return FacilityPage(
        masthead=masthead(facts, [revision for revision in facts.revisions if revision.title == titles[0]]),
        summary=f"{counted(len(facilities), 'facility', 'facilities')}, {len(enough)} with enough episodes to compare.{alone}",
        standings=tuple(word for standing, word in STANDINGS.items() if standing != Standing.WITHHELD or facts.masking != "none"),
        measures=tuple(_measure(f"measure-{number}", measures[place]) for number, place in enumerate(sorted(measures), 1)),
    )


def _measure(anchor: str, rows: Sequence[Row]) -> FacilityMeasure:
    first = rows[0]
    compared = [row for row in rows if row["standing"] not in NOT_COMPARED]
    peers = measured(first["peers"], first["unit"])
    grid = Grid(
        caption=first["label"],
        headings=(*texts("Facility"), *numbers("Episodes", "Value", "Lowest by chance", "Highest by chance"), *texts("Standing")),
        rows=tuple(_cells(row) for row in rows),
        note=f"All episodes together: {peers}.",
    )
    silent = _nothing_to_plot(compared, peers)
    return FacilityMeasure(anchor, first["label"], None if silent else draw_funnel(compared, peers), silent, grid)


def _nothing_to_plot(compared: Sequence[Row], peers: str) -> str:
    """Why a plot would say nothing: no facility to compare, or all at the one value that chance allows; empty where it would."""
    if not compared:
        return "No facility has enough episodes to compare."
    if len({row[name] for row in compared for name in ("value", "low", "high", "peers")}) == 1:
        return f"{peers} at every facility with enough episodes, as in all episodes together: there is nothing to tell apart."
    return ""


def _cells(row: Row) -> tuple[Cell, ...]:
    word: Word = STANDINGS[row["standing"]]
    return (
        shorten(row["facility"]),
        NOTHING if row["episodes"] is None else f"{row['episodes']:,}",
        *(measured(row[name], row["unit"]) for name in ("value", "low", "high")),
        word,
    )
