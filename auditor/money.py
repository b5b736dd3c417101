"""Money as files hold it."""

from __future__ import annotations


def file_dollars(cents: int) -> str:
    """``-123456`` is ``-1234.56``: dollars without signs that a program would have to take out."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
