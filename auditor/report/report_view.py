"""What the template of report.html is given, beside the tables and words that every page shares."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.outcomes import Word
from auditor.report.view import Figure, Grid, Masthead, Shape


@dataclass(frozen=True)
class BarPart:
    """One stretch of the bar of counted dollars: its place and width of 1000, its word, and its dollars."""

    x: str
    width: str
    word: Word
    amount: str


@dataclass(frozen=True)
class PageLink:
    """Another file of the run, and what it is called."""

    href: str
    text: str


@dataclass(frozen=True)
class QueueTab:
    """One queue as a filter of the worklist, with the number of its episodes."""

    key: str
    name: str
    meaning: str
    count: str


@dataclass(frozen=True)
class Choice:
    """One value that a filter can ask for, and how it is said."""

    value: str
    text: str


@dataclass(frozen=True)
class Filter:
    """One filter of the worklist. ``key`` names it in the address."""

    key: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class WorklistRow:
    """One episode in the worklist. ``queues`` are keys, spaced; ``what`` is what is missing, or the gravest finding.

    From ``business`` on are what its filters compare: facilities one a line, dollars at risk in whole cents.
    """

    episode_id: str
    href: str
    member: str
    start: str
    days: str
    line_of_business: str
    facilities: str
    determination: Word
    what: str
    at_risk: str
    next_action: str
    queues: str
    business: str
    facility: str
    determined: str
    action: str
    low: str
    high: str


@dataclass(frozen=True)
class Worklist:
    """The rows that the report holds, the queues and filters that narrow them, and a note where it does not hold all."""

    rows: tuple[WorklistRow, ...]
    queues: tuple[QueueTab, ...]
    filters: tuple[Filter, ...]
    note: str


@dataclass(frozen=True)
class DayCells:
    """The days of a course as cells, each with its verdict's symbol; ``label`` says the same in words."""

    label: str
    width: str
    height: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class CardParagraph:
    """One paragraph that holds an episode where it is. ``why`` is the reason it is unknown, in brackets, or empty."""

    key: str
    outcome: Word
    statement: str
    why: str


@dataclass(frozen=True)
class Card:
    """One episode in short: enough to know what it is about and what to do. ``href`` is its page."""

    episode_id: str
    href: str
    member: str
    title: str
    facts: str
    determination: Word
    at_risk: str
    next_action: str
    rationale: str
    cells: DayCells | None
    paragraphs: tuple[CardParagraph, ...]
    paragraphs_note: str
    findings: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True)
class ChangedEpisode:
    """One episode that differs from the earlier run; ``href`` is empty where it is gone. Money is that at risk."""

    change: Word
    episode_id: str
    href: str
    kinship: str
    before: tuple[Word, ...]
    after: Word | None
    at_risk_before: str
    at_risk_after: str
    findings: str


@dataclass(frozen=True)
class ChangeSection:
    """What changed since an earlier run."""

    earlier: str
    counts: Grid
    episodes: tuple[ChangedEpisode, ...]
    note: str


@dataclass(frozen=True)
class Report:
    """The whole report. ``nothing`` says so where there was nothing to audit, and is empty otherwise."""

    masthead: Masthead
    nothing: str
    beside: tuple[PageLink, ...]
    figures: tuple[Figure, ...]
    bar: tuple[BarPart, ...]
    determinations: Grid
    queues: Grid
    findings: Grid
    buckets: Grid
    tables: Grid
    dispositions: Grid
    notices: tuple[str, ...]
    changes: ChangeSection | None
    worklist: Worklist
    cards: tuple[Card, ...]
    cards_note: str
    loose_findings: Grid
    loose_lines: Grid
    set_aside: Grid
    paragraphs: Grid
    sensitivity: Grid | None
    readings: Grid
    inputs: Grid
