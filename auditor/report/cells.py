"""Text that a spreadsheet would run as a formula, made to be text; and text fit for a cell of a workbook."""

from __future__ import annotations

import re
from typing import Any

import pyarrow.compute as pc

from auditor.report.phrases import UNSEEN

# What begins a formula, also where nothing but blanks and characters that no one sees stand before it.
BLANKS = "\\s\u00a0\u00ad\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
FORMULA = f"^([\t\r\n]|[{BLANKS}]*[=+@＝＋＠﹦﹢﹫－﹣-])"
APOSTROPHE = "'"
# Excel takes 32,767 UTF-16 units a cell, and refuses the whole file for one more.
LONGEST_CELL = 32_000


def defuse(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it."""
    return f"{APOSTROPHE}{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run it."""
    return bool(re.match(FORMULA, text))


def defuse_column(column: Any) -> Any:
    """``defuse`` for a whole Arrow column of text."""
    return pc.replace_substring_regex(column, FORMULA, rf"{APOSTROPHE}\1")


def cell_text(text: str) -> str:
    """Text as a workbook may hold it: defused, nothing unseen in it that turns lines around or that XML forbids, and not too long."""
    shown = defuse(text).translate(UNSEEN)
    if len(shown) <= LONGEST_CELL // 2:
        return shown
    units = shown.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return shown
    return f"{units[: 2 * LONGEST_CELL].decode('utf-16-le', 'ignore')}… ({len(text):,} characters)"
