"""The rows of the extract under a paragraph: what each shows, and rows that say the same told once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import md5
from operator import itemgetter

from auditor.outcomes import REASONS, Outcome, Reason
from auditor.report.cases import Row, Rows
from auditor.report.phrases import NOTHING, counted, days_between, iso_day, iso_minute, number_ranges, shorten, spaced, span
from auditor.report.view import EvidenceLine

LINES_SHOWN = 8
STANCES = {"present": "shows it present", "absent": "shows it absent", "range": "gives a value", "none": "settles nothing"}
SIDES = {Outcome.MET: "for", Outcome.NOT_MET: "against"}
IMPOSSIBLE = "conflicting"
STANDINGS = {
    "inside": "",
    "outside": "outside the window",
    "imprecise": "too coarse in time",
    "preliminary": "preliminary",
    IMPOSSIBLE: "cannot be true",
}
CANNOT_BE = "a row that it rests on cannot be true"
TOO_LATE = "after the start"
SAME = ("stance", "standing", "strength", "what", "status", "low", "high", "document_id", "source_table", "source_file")


@dataclass(frozen=True)
class Entry:
    """Rows of the extract that say the same of one fact, told once."""

    rows: Rows

    @property
    def row(self) -> Row:
        """The first of its rows."""
        return self.rows[0]

    @cached_property
    def entry_id(self) -> str:
        """Made of what the rows say, so that it stays the same whatever else the record holds."""
        said = "\n".join([str(self.row["fact"]), *(str(self.row[name]) for name in SAME)])
        return f"e-{md5(said.encode(), usedforsecurity=False).hexdigest()[:8]}"

    @property
    def decides(self) -> bool:
        """Whether it can settle its fact."""
        return _decides(self.row)

    @property
    def source(self) -> str:
        """The file and rows."""
        rows = f"row{'s' if len(self.rows) > 1 else ''} {number_ranges(row['source_row'] for row in self.rows)}"
        return f"{shorten(self.row['source_file'])} {rows}"

    @property
    def days(self) -> str:
        """The day or days at the facility that it is from."""
        days = sorted({row["day"] for row in self.rows if row["day"]})
        return days_between(days[0], days[-1]) if days else ""

    @property
    def when(self) -> str:
        """Its day or days; of one row the instant, and beside it the day at the facility where that is another; or the facility's clock."""
        # runs of earlier versions have no column for the facility's clock
        at, day, clock = (self.row.get(name) if len(self.rows) == 1 else None for name in ("at", "day", "clock"))
        if not at:
            return f"{self.days} {clock}" if clock else self.days
        return iso_minute(at) if at.date() == day else f"{self.days} ({iso_minute(at)})"


Entries = tuple[Entry, ...]


@dataclass(frozen=True)
class Told:
    """The evidence under one paragraph, and what is said of the rest."""

    lines: tuple[EvidenceLine, ...] = ()
    note: str = ""


def name_of(row: Row) -> str:
    """What a row of evidence is, in people's words where there are any."""
    return spaced(row.get("label") or row["what"])


def reason_words(reason: Reason, entries: Entries) -> str:
    """Why a paragraph is unknown, in words; rows that disagree are told apart from one that cannot be true."""
    impossible = reason is Reason.CONFLICTING and any(is_impossible(entry.row) for entry in entries)
    return CANNOT_BE if impossible else REASONS[reason]


def is_impossible(row: Row) -> bool:
    """Whether a row of evidence cannot be true."""
    return bool(row["standing"] == IMPOSSIBLE)


def is_too_late(row: Row) -> bool:
    """Whether it cannot be true because what is counted to the start comes after it."""
    return is_impossible(row) and row["high"] is not None and row["high"] < 0


def entries_by_fact(rows: Rows) -> Mapping[str, Entries]:
    """Evidence by the fact it speaks of; what can decide comes first, then by day."""
    return {fact: entries_of(found) for fact, found in evidence_by_fact(rows).items()}


def evidence_by_fact(rows: Rows) -> Mapping[str, Rows]:
    """Rows by the fact they speak of; what can decide comes first, then by day."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_weight):
        found.setdefault(row["fact"], []).append(row)
    return {fact: tuple(group) for fact, group in found.items()}


def entries_of(rows: Rows) -> Entries:
    """Rows of one fact, those that say the same together."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(_same(row), []).append(row)
    return tuple(Entry(tuple(group)) for group in groups.values())


_same = itemgetter(*SAME)


def _weight(row: Row) -> tuple[bool, str]:
    return not _decides(row), iso_day(row["day"])


def _decides(row: Row) -> bool:
    return bool(row["standing"] == "inside" and row["strength"] == "decides" and row["stance"] != "none")


def tell_evidence(entries: Entries, outcome: Outcome, cited: Collection[str] = (), *, anchored: bool = True) -> Told:
    """Entries as they bear on a paragraph of that outcome: the first of them, and those ``cited``; a page anchors each once."""
    shown = [entry for place, entry in enumerate(entries) if place < LINES_SHOWN or entry.entry_id in cited]
    more = len(entries) - len(shown)
    lines = tuple(_line(entry, outcome, anchored) for entry in shown)
    return Told(lines, f"{counted(more, 'more entry', 'more entries')} in evidence.csv." if more else "")


def _line(entry: Entry, outcome: Outcome, anchored: bool) -> EvidenceLine:
    row = entry.row
    stance = STANCES[row["stance"]]
    return EvidenceLine(
        entry_id=entry.entry_id,
        anchor=entry.entry_id if anchored else "",
        side=SIDES.get(outcome, stance) if entry.decides else stance,
        what=name_of(row) or NOTHING,
        details="; ".join(detail for detail in _details(entry) if detail),
        source=entry.source,
    )


def _details(entry: Entry) -> tuple[str, ...]:
    row = entry.row
    document = shorten(row["document_id"])
    return (
        f"{spaced(row['fact'])} {value}" if (value := span(row["low"], row["high"])) else "",
        f"status {spaced(row['status'])}" if row["status"] else "",
        entry.when,
        f"document {document}" if document else "",
        f"{STANDINGS[row['standing']]}: {TOO_LATE}" if is_too_late(row) else STANDINGS[row["standing"]],
        "suggests only" if row["strength"] == "suggests" else "",
    )
