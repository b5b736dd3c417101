"""The nearest right name to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wrong: str, right: Iterable[str]) -> str | None:
    """The name of ``right`` that looks most like ``wrong`` without regard to case; None where nothing does."""
    by_lower = {name.lower(): name for name in sorted(right, reverse=True)}
    found = get_close_matches(wrong.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(wrong: str, right: Iterable[str]) -> str:
    """`` Did you mean x?``, or nothing where no name is near."""
    found = nearest(wrong, right)
    return f" Did you mean {found}?" if found else ""
