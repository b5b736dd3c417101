"""What the templates are given: one frozen report, with every text, symbol and length already made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from auditor.outcomes import Word

Cell = str | Word


@dataclass(frozen=True)
class Heading:
    """A column's heading; ``numeric`` and ``interval`` stand flush right, ``day`` is never broken, ``wide`` holds running text."""

    text: str
    kind: Literal["text", "day", "numeric", "interval", "wide"] = "text"


@dataclass(frozen=True)
class Grid:
    """A plain table: rows of as many cells as headings, a row of totals or none, and a note under it.

    ``narrows`` are filters of the worklist, one a row, that leave what the row counts; empty in a table that leads nowhere.
    ``anchors`` are places on the page, one a row and empty for none; none at all where nothing leads to its rows.
    """

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[str, ...] = ()
    note: str = ""
    empty: str = ""
    narrows: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One of the numbers at the head of the report."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Shape:
    """A piece of a day strip. ``kind`` is rect, text, or a path drawn as ``text`` says; ``role`` names its look in the style sheet."""

    kind: Literal["rect", "text", "path"]
    role: str
    x: str
    y: str
    width: str = ""
    height: str = ""
    text: str = ""


@dataclass(frozen=True)
class StripCell:
    """One day of the strip: what it shows in a sentence, and its shapes."""

    title: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Strip:
    """One row of days. ``lanes`` are the names of its rows at the left."""

    label: str
    width: str
    height: str
    lanes: tuple[Shape, ...]
    cells: tuple[StripCell, ...]


@dataclass(frozen=True)
class EvidenceLine:
    """One entry of evidence under a paragraph. ``side`` is for, against, or what it shows where the paragraph is undecided.

    ``anchor`` is its place on the page; empty where the page has shown it before.
    """

    entry_id: str
    anchor: str
    side: str
    what: str
    details: str
    source: str


@dataclass(frozen=True)
class CriterionNode:
    """One paragraph with those below it. ``note`` says why it is unknown or where its failure goes; ``depth`` counts from its part."""

    depth: str
    key: str
    statement: str
    outcome: Word
    note: str
    evidence: tuple[EvidenceLine, ...]
    evidence_note: str
    members: tuple[CriterionNode, ...]


@dataclass(frozen=True)
class OutlinePart:
    """One part of the guideline: the paragraph it stands under, or a title; ``pathways`` stand side by side above ``members``."""

    title: str
    head: CriterionNode | None
    pathways: tuple[CriterionNode, ...]
    members: tuple[CriterionNode, ...]


@dataclass(frozen=True)
class Mark:
    """A piece of a plot. ``kind`` is path or text; ``role`` names its look in the style sheet; lengths in pixels."""

    kind: Literal["path", "text"]
    role: str
    x: str = ""
    y: str = ""
    path: str = ""
    text: str = ""
    title: str = ""


@dataclass(frozen=True)
class Reference:
    """A link to a place on the same page."""

    href: str
    text: str


@dataclass(frozen=True)
class ClauseView:
    """One statement of the rationale, and links to what it rests on."""

    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class TrendView:
    """The chart of readings over time, with a description, and the table that says the same."""

    title: str
    description: str
    width: str
    height: str
    marks: tuple[Mark, ...]
    legend: tuple[str, ...]
    grid: Grid


@dataclass(frozen=True)
class EpisodeView:
    """One episode page, or one episode section of the report."""

    episode_id: str
    title: str
    member: str
    determination: Word
    at_risk: str
    next_action: str
    rationale: tuple[ClauseView, ...]
    facts: tuple[tuple[str, str], ...]
    strips: tuple[Strip, ...]
    legend: tuple[Word, ...]
    days: Grid
    trend: TrendView | None
    outline: tuple[OutlinePart, ...]
    findings: Grid
    information: Grid
    lines: Grid
    documents: tuple[str, ...]
    decisions: tuple[str, ...]
    rests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Masthead:
    """What was audited, when, and under what: the head of every page. ``policies`` has a sentence a revision.

    ``masked`` says what masking replaced and what it left; empty where the run is not masked. ``notices`` are what the guidelines that a
    page is about want said first; the report itself has them among its own.
    """

    title: str
    as_of: str
    policies: tuple[str, ...]
    program: str
    masked: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Funnel:
    """A funnel plot, and a sentence that says what it shows."""

    label: str
    width: str
    height: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class FacilityMeasure:
    """One measure of all facilities: its plot, or in words why there is none, and its table. ``anchor`` is its place on the page."""

    anchor: str
    label: str
    funnel: Funnel | None
    no_funnel: str
    grid: Grid


@dataclass(frozen=True)
class FacilityPage:
    """The comparison of facilities. ``standings`` are the words of the last column."""

    masthead: Masthead
    summary: str
    standings: tuple[Word, ...]
    measures: tuple[FacilityMeasure, ...]


@dataclass(frozen=True)
class EpisodePage:
    """One episode as a page of its own."""

    masthead: Masthead
    episode: EpisodeView
