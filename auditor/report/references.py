"""Where a page shows what a statement rests on."""

from __future__ import annotations

from auditor.report.clauses import Cite, Clause
from auditor.report.view import ClauseView, Reference

# The parts of a page, by what they show.
HEADLINE, FACTS, SETTLE, LINES = "headline", "facts", "settle", "lines"
FIELD_PLACES = {"determination": HEADLINE, "documents": SETTLE}
WORDS = {"day": "days", "line": "lines"}


def anchor(cite: Cite) -> str:
    """The place of what is cited."""
    match cite.kind:
        case "evidence":
            return cite.key
        case "paragraph" | "day" | "finding":
            return f"{cite.kind[0]}-{cite.key}"
        case "line":
            return LINES
        case "field":
            return FIELD_PLACES.get(cite.key, FACTS)


def view_clause(clause: Clause) -> ClauseView:
    """A statement with its links: to each entry, paragraph and finding, and the first of its days; what stands at the head needs none."""
    links: dict[str, str] = {}
    for cite in clause.cites:
        links.setdefault(WORDS.get(cite.kind, cite.key), anchor(cite))
    shown = tuple(Reference(f"#{place}", word) for word, place in links.items() if place != HEADLINE)
    return ClauseView(clause.text + clause.mark, shown)
