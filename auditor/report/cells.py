"""Text that a spreadsheet would run as a formula, made to be text."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
APOSTROPHE = "'"


def defuse(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it."""
    return f"{APOSTROPHE}{text}" if text.startswith(FORMULA_STARTS) else text


def defuse_column(column: Any) -> Any:
    """``defuse`` for a whole Arrow column of text."""
    return pc.replace_substring_regex(column, f"^([{''.join(FORMULA_STARTS).replace('-', '')}-])", rf"{APOSTROPHE}\1")
