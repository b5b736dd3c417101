"""Changes as a file and as values of JSON: one row a finding that differs, its dollars in dollars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from auditor.changes.model import Change, Changes, EpisodeChange, FindingChange, Kinship
from auditor.money import file_dollars

CHANGES_CSV = "changes.csv"
COLUMNS = (
    *("of", "change", "kinship", "episode_id", "earlier_ids", "finding_id", "paragraph", "what", "why"),
    *("at_risk", "earlier_at_risk"),
)


def changes_text(changes: Changes) -> str:
    """changes.csv: episodes, then findings, in order; those that stand as they stood are left out."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(changes.in_order))
    return file.getvalue()


def _rows(changes: Changes) -> Iterator[dict[str, str]]:
    yield from (_episode(one) for one in changes.episodes if one.change is not Change.UNCHANGED or one.kinship is not Kinship.SAME)
    yield from (_finding(one) for one in changes.findings if one.change is not Change.UNCHANGED)


def _episode(one: EpisodeChange) -> dict[str, str]:
    return {
        "of": "episode",
        "change": one.change,
        "kinship": one.kinship,
        "episode_id": one.episode_id or "",
        "earlier_ids": "; ".join(one.earlier_ids),
        "what": "; ".join(one.what),
        "at_risk": file_dollars(one.at_risk_cents[1]),
        "earlier_at_risk": file_dollars(one.earlier_at_risk_cents[1]),
    }


def _finding(one: FindingChange) -> dict[str, str]:
    return {
        "of": "finding",
        "change": one.change,
        "episode_id": one.episode_id or "",
        "finding_id": one.finding_id,
        "paragraph": one.paragraph,
        "what": "; ".join(one.what),
        "why": one.why.words,
        "at_risk": file_dollars(one.at_risk_cents),
        "earlier_at_risk": file_dollars(one.earlier_at_risk_cents),
    }


def summary_line(changes: Changes) -> str:
    """What differs, and then what does not: such as ``2 new, 1 updated, 245 unchanged since 2026-11-21-001``."""
    words = sorted(Change, key=lambda change: change is Change.UNCHANGED)
    counts = [f"{number:,} {change}" for change in words if (number := changes.count(change))]
    return f"{', '.join(counts) or 'no findings'} since {changes.earlier}"


def plain(value: Any) -> Any:
    """A noun as values of JSON; what it counts by is a key, and text stays text."""
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
