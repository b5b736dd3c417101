"""One episode with every row about it: what an episode page and ``auditor explain`` are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from auditor.report.abreast import Abreast, read_abreast
from auditor.report.abreast import Row as Row
from auditor.report.abreast import Rows as Rows
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW, COUNTED
from auditor.report.phrases import masked
from auditor.shelf import Shelf

# What a run keeps in memory of every episode; all else is read when its turn comes.
BRIEF = ("episode_id", "determination", "therapy_days", "policy_revision", COUNTED, AT_RISK_LOW, AT_RISK_HIGH)
# What makes a case, by the table it is read from.
PARTS = {
    "criteria": "criteria",
    "evidence": "evidence",
    "days": "therapy_days",
    "findings": "findings",
    "lines": "lines",
    "measurements": "measurements",
    "settling": "settling",
}


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
    settling: Rows = ()

    @property
    def episode_id(self) -> str:
        """The episode's name."""
        return str(self.episode["episode_id"])


def mask_member(case: Case) -> Case:
    """The case with its member by the last characters."""
    return replace(case, episode=case.episode | {"member_id": masked(case.episode["member_id"])})


@dataclass(frozen=True)
class Casebook:
    """The cases of a run, read from its result tables in the order of their names; ``labels`` are the words for each concept.

    ``named`` says what an episode's guideline is about.
    """

    tables: Shelf
    labels: Mapping[str, str] = field(default_factory=dict)
    named: Callable[[Row], Row] = lambda episode: episode

    def __iter__(self) -> Iterator[Case]:
        return map(self.case, read_abreast(self.tables, ("episodes", *PARTS.values())))

    def case(self, rows: Abreast) -> Case:
        """The case of one episode's rows."""
        [episode] = rows["episodes"]
        parts = {part: rows[table] for part, table in PARTS.items()}
        return Case(self.named(episode), **parts | {"evidence": labelled(rows["evidence"], self.labels)})

    @cached_property
    def episodes(self) -> Rows:
        """Every episode in brief: those of most dollars at risk first, then by name."""
        words: dict[Any, Any] = {}  # each told once, since there are few and a row has several
        found = (row for batch in self.tables.batches("episodes", BRIEF) for row in batch.to_pylist())
        rows = [self.named({name: words.setdefault(value, value) for name, value in row.items()}) for row in found]
        return tuple(sorted(rows, key=lambda row: (-(row[AT_RISK_HIGH] or 0), row["episode_id"])))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each episode in that order."""
        return {row["episode_id"]: place for place, row in enumerate(self.episodes)}


def labelled(evidence: Rows, labels: Mapping[str, str]) -> Rows:
    """Rows of evidence with the words, as ``label``, that people have for what each is; a code is its own."""
    return tuple(row | {"label": labels.get(row["what"], row["what"])} for row in evidence)
