"""The rows of the extract under a paragraph: what each shows, and rows that say the same told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.outcomes import Outcome
from auditor.report.cases import Row, Rows
from auditor.report.phrases import NOTHING, counted, days_between, iso_day, iso_minute, number_ranges, shorten, spaced, span
from auditor.report.view import EvidenceLine

LINES_SHOWN = 8
STANCES = {"present": "shows it present", "absent": "shows it absent", "range": "gives a value", "none": "settles nothing"}
SIDES = {Outcome.MET: "for", Outcome.NOT_MET: "against"}
STANDINGS = {
    "inside": "",
    "outside": "outside the window",
    "imprecise": "too coarse in time",
    "preliminary": "preliminary",
    "conflicting": "cannot be true",
}
SAME = ("stance", "standing", "strength", "what", "status", "low", "high", "document_id", "source_table", "source_file")


@dataclass(frozen=True)
class Told:
    """The evidence under one paragraph, and what is said of the rest."""

    lines: tuple[EvidenceLine, ...] = ()
    note: str = ""


def evidence_by_fact(rows: Rows) -> Mapping[str, Rows]:
    """Evidence by the fact it speaks of; what can decide comes first, then by day."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_weight):
        found.setdefault(row["fact"], []).append(row)
    return {fact: tuple(group) for fact, group in found.items()}


def _weight(row: Row) -> tuple[bool, str]:
    return not _decides(row), iso_day(row["day"])


def _decides(row: Row) -> bool:
    return bool(row["standing"] == "inside" and row["strength"] == "decides" and row["stance"] != "none")


def tell_evidence(rows: Rows, outcome: Outcome) -> Told:
    """Rows as they bear on a paragraph of that outcome."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in SAME), []).append(row)
    lines = tuple(_line(group, outcome) for group in groups.values())
    more = len(lines) - LINES_SHOWN
    return Told(lines[:LINES_SHOWN], f"{counted(more, 'more entry', 'more entries')} in evidence.csv." if more > 0 else "")


def _line(rows: list[Row], outcome: Outcome) -> EvidenceLine:
    row = rows[0]
    stance = STANCES[row["stance"]]
    return EvidenceLine(
        side=SIDES.get(outcome, stance) if _decides(row) else stance,
        what=spaced(row["what"]) or NOTHING,
        details="; ".join(detail for detail in _details(rows) if detail),
        source=f"{shorten(row['source_file'])} row{'s' if len(rows) > 1 else ''} {number_ranges(row['source_row'] for row in rows)}",
    )


def _details(rows: list[Row]) -> tuple[str, ...]:
    row = rows[0]
    value, document = span(row["low"], row["high"]), shorten(row["document_id"])
    return (
        f"{spaced(row['fact'])} {value}" if value else "",
        f"status {spaced(row['status'])}" if row["status"] else "",
        _when(rows),
        f"document {document}" if document else "",
        STANDINGS[row["standing"]],
        "suggests only" if row["strength"] == "suggests" else "",
    )


def _when(rows: list[Row]) -> str:
    days = sorted({row["day"] for row in rows if row["day"]})
    if len(days) == 1 and len(rows) == 1 and rows[0]["at"]:
        return iso_minute(rows[0]["at"])
    return days_between(days[0], days[-1]) if days else ""
