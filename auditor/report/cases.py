"""One episode with every row about it: what an episode page and ``auditor explain`` are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Row = dict[str, Any]
Rows = tuple[Row, ...]
# What a chart needs of the measurements, which are many.
CHARTED = ["episode_id", "quantity", "day", "hour", "readings", "low", "high"]


@dataclass(frozen=True)
class Case:
    """One episode and the rows of the other result tables that belong to it, each in its table's order."""

    episode: Row
    criteria: Rows
    evidence: Rows
    days: Rows
    findings: Rows
    lines: Rows
    measurements: Rows

    @property
    def episode_id(self) -> str:
        """The episode's name."""
        return str(self.episode["episode_id"])


@dataclass(frozen=True)
class RowsByEpisode:
    """A table sorted by episode, and the place (first row, rows) of each episode in it."""

    table: pa.Table
    places: Mapping[str | None, tuple[int, int]]

    def of(self, episode_id: str | None) -> Rows:
        """The rows of one episode; those that belong to none under None."""
        first, rows = self.places.get(episode_id, (0, 0))
        return tuple(self.table.slice(first, rows).to_pylist())


def rows_by_episode(table: pa.Table) -> RowsByEpisode:
    """The table's rows by episode, in the order they have; an empty name is no name."""
    runs = pc.call_function("run_end_encode", [table["episode_id"].combine_chunks()]) if table.num_rows else None
    names = [name or None for name in runs.values.to_pylist()] if runs is not None else []
    if runs is None or len(set(names)) < len(names):
        return _gathered_by_episode(table)
    ends = runs.run_ends.to_pylist()
    return RowsByEpisode(table, {name: (first, end - first) for name, first, end in zip(names, [0, *ends], ends, strict=False)})


def _gathered_by_episode(table: pa.Table) -> RowsByEpisode:
    """The same where rows of an episode stand apart."""
    groups: dict[str | None, list[int]] = {}
    for place, name in enumerate(table["episode_id"].to_pylist()):
        groups.setdefault(name or None, []).append(place)
    order = [place for group in groups.values() for place in group]
    places, first = {}, 0
    for name, group in groups.items():
        places[name] = (first, len(group))
        first += len(group)
    return RowsByEpisode(table.take(pa.array(order, pa.int64())), places)


@dataclass(frozen=True)
class Casebook:
    """The cases of a run: those of most dollars at risk first, then by name."""

    episodes: Rows
    criteria: RowsByEpisode
    evidence: RowsByEpisode
    days: RowsByEpisode
    findings: RowsByEpisode
    lines: RowsByEpisode
    measurements: RowsByEpisode
    labels: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Case]:
        return (self.case(episode) for episode in self.episodes)

    def case(self, episode: Row, charted: bool = True) -> Case:
        """The case of one row of ``episodes``; without what was charted day by day, where only a page would show it."""
        name = episode["episode_id"]
        return Case(
            episode=episode,
            criteria=self.criteria.of(name),
            evidence=labelled(self.evidence.of(name), self.labels),
            days=self.days.of(name) if charted else (),
            findings=self.findings.of(name),
            lines=self.lines.of(name),
            measurements=self.measurements.of(name) if charted else (),
        )


def labelled(evidence: Rows, labels: Mapping[str, str]) -> Rows:
    """Rows of evidence with the words, as ``label``, that people have for what each is; a code is its own."""
    return tuple(row | {"label": labels.get(row["what"], row["what"])} for row in evidence)


def casebook(
    tables: Mapping[str, pa.Table], labels: Mapping[str, str] | None = None, named: Callable[[Row], Row] = lambda episode: episode
) -> Casebook:
    """The cases of the result tables; ``labels`` are the words for each concept, ``named`` says what an episode's guideline is about."""
    episodes = sorted(map(named, tables["episodes"].to_pylist()), key=lambda row: (-(row["at_risk_high_cents"] or 0), row["episode_id"]))
    return Casebook(
        episodes=tuple(episodes),
        criteria=rows_by_episode(tables["criteria"]),
        evidence=rows_by_episode(tables["evidence"]),
        days=rows_by_episode(tables["therapy_days"]),
        findings=rows_by_episode(tables["findings"]),
        lines=rows_by_episode(tables["lines"]),
        measurements=rows_by_episode(tables["measurements"].select(CHARTED)),
        labels=labels or {},
    )
