"""A statement of the rationale and what it rests on, and how paragraphs and evidence are put in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.outcomes import OUTCOMES, Outcome, Reason
from auditor.report.branches import Branch
from auditor.report.cases import Row, Rows
from auditor.report.day_ranges import runs_of_days
from auditor.report.evidence import TOO_LATE, Entries, Entry, is_too_late, name_of, reason_words
from auditor.report.phrases import counted, shorten, spaced, span

ENTRIES_NAMED = 2
DAYS_NAMED = 3
TOLD_IN_WEEKS = "gestational"
CiteKind = Literal["evidence", "paragraph", "day", "finding", "line", "field"]
STANDING_OF: dict[Reason, tuple[str, ...]] = {
    Reason.OUTSIDE_WINDOW: ("outside",),
    Reason.PRELIMINARY: ("preliminary",),
    Reason.IMPRECISE: ("imprecise", "inside"),
    Reason.SUGGESTIVE: ("inside",),
    Reason.CONFLICTING: ("inside", "conflicting"),
}


@dataclass(frozen=True)
class Cite:
    """What a statement rests on: an entry of evidence, a paragraph, a day, a finding, a claim line, or a field of the episode."""

    kind: CiteKind
    key: str


@dataclass(frozen=True)
class Clause:
    """One statement: its words, what stands after it, and what it rests on."""

    text: str
    cites: tuple[Cite, ...]
    mark: str = ";"


def cites_of(kind: CiteKind, keys: Iterable[object]) -> tuple[Cite, ...]:
    """One cite a key."""
    return tuple(Cite(kind, str(key)) for key in keys)


@dataclass(frozen=True)
class Witness:
    """The evidence and days of a case, as paragraphs ask for them."""

    entries: Mapping[str, Entries]
    days: Rows

    def paragraph(self, branch: Branch) -> Clause:
        """That a paragraph has its outcome, and the datum that says so; a group stands for those below it."""
        leaves = tuple(branch.leaves()) if branch.members else (branch,)
        entries, days = self._entries(leaves), self._days(branch)
        past = "" if branch.row["fact"] in (*self.entries, *(self.days or ({},))[0]) else "days past it, "
        said = "; ".join([*(tell_entry(entry) for entry in entries), *([past + tell_days(days)] if days else [])])
        keys = [branch.key, *(leaf.key for leaf in leaves if leaf is not branch)]
        cites = (*cites_of("paragraph", keys), *cites_of("evidence", (entry.entry_id for entry in entries)))
        text = f"{named(branch.row)} {_held(branch, len(leaves), entries)}{': ' if said else ''}{said}"
        return Clause(text, (*cites, *cites_of("day", (row["day"] for row in days))))

    def _entries(self, leaves: tuple[Branch, ...]) -> Entries:
        """What the leaves rest on, the first of each leaf before the second of any; no phrase twice."""
        found = [tuple(_telling(leaf, self.entries.get(str(leaf.row["fact"]), ()))) for leaf in leaves]
        in_turn = [each[place] for place in range(ENTRIES_NAMED) for each in found if len(each) > place]
        return tuple({tell_entry(entry): entry for entry in reversed(in_turn)}[phrase] for phrase in _firsts(in_turn))

    def _days(self, branch: Branch) -> Rows:
        """Days that a paragraph rests on which is asked of each day, or of their number."""
        fact = branch.row["fact"]
        if not fact or self.entries.get(str(fact)) or branch.outcome == Outcome.MET:
            return ()
        if self.days and fact in self.days[0]:
            return tuple(row for row in self.days if row[fact] == branch.outcome)
        return tuple(row for row in self.days if row["past_limit"])


def _firsts(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(tell_entry(entry) for entry in entries))[:ENTRIES_NAMED]


def named(row: Row) -> str:
    """A paragraph by its key and its words."""
    return f"{row['key']} “{shorten(row['statement']).rstrip('.')}”"


def _held(branch: Branch, leaves: int, entries: Entries) -> str:
    """The outcome in words; the reason of an unknown as it is told everywhere."""
    each = "any" if branch.outcome == Outcome.NOT_MET else "each"
    held = f"is {OUTCOMES[branch.outcome].word}" + (f" in {each} of its {counted(leaves, 'paragraph')}" if branch.members else "")
    reason = branch.row["reason"]
    return f"{held}, {reason_words(Reason(reason), entries)}" if branch.outcome == Outcome.UNKNOWN and reason in set(Reason) else held


def _telling(leaf: Branch, entries: Entries) -> Iterator[Entry]:
    """The entries that hold a leaf where it is, what was charted before what was billed."""
    charted_first = sorted(entries, key=lambda entry: entry.row["source_table"] == "claim_lines")
    if leaf.outcome != Outcome.UNKNOWN:
        yield from (entry for entry in charted_first if entry.decides)
        return
    reason = leaf.row["reason"]
    standings = STANDING_OF.get(Reason(reason), ()) if reason in set(Reason) else ()
    fitting = [entry for entry in charted_first if entry.row["standing"] in standings and entry.row["stance"] != "none"]
    if reason == Reason.CONFLICTING:
        sides = {(entry.row["stance"], entry.row["low"], entry.row["high"]): entry for entry in reversed(fitting)}
        fitting = [entry for entry in fitting if entry in sides.values()]
    yield from fitting


def tell_entry(entry: Entry) -> str:
    """An entry of evidence in words: what it says, of when, and where that stands. A birth date is not repeated."""
    row = entry.row
    document = shorten(row["document_id"])
    place = f"{'claim' if row['source_table'] == 'claim_lines' else 'document'} {document}" if document else entry.source
    said = f"{tell_range(row)} by {name_of(row)}" if row["stance"] == "range" else name_of(row)
    said = f"{name_of(row)} {TOO_LATE}" if is_too_late(row) else said
    status = f"{spaced(row['status'])} " if row["status"] not in (None, "present") else ""
    return ", ".join(part for part in (status + said, "" if row["source_table"] == "members" else entry.days, place) if part)


def tell_range(row: Row) -> str:
    """The value that an entry gives, in the unit that its fact is named for; a gestational age in weeks and days."""
    fact, ends = str(row["fact"]), [end for end in (row["low"], row["high"]) if end is not None]
    if fact.startswith(TOLD_IN_WEEKS):
        return " to ".join(dict.fromkeys(f"{int(end) // 7} weeks {int(end) % 7} days" for end in ends))
    unit, said = fact.rsplit("_", 1)[-1], span(*ends[:1], *ends[-1:]) if ends else "no value"
    return f"{said} {unit.removesuffix('s') if said == '1' else unit}" if ends else said


def tell_days(days: Rows) -> str:
    """Days as ranges of dates."""
    ranges = runs_of_days([row["day"] for row in days])
    more = len(ranges) - DAYS_NAMED
    return ", ".join([*ranges[:DAYS_NAMED], f"and {more} more ranges"] if more > 0 else ranges)
