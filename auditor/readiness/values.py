"""Readiness as values for JSON, of the shape that docs/readiness.md describes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from auditor.readiness.model import Readiness

SHAPE = 1


def readiness_values(readiness: Readiness) -> dict[str, Any]:
    """Every field but the set behind the shares; ``shape`` grows when a field changes its meaning or goes."""
    fields = asdict(replace(readiness, decidable=readiness.decidable.head(0)))
    fields.pop("decidable")
    return {"shape": SHAPE, "blocked_cents": readiness.blocked_cents, **fields}
