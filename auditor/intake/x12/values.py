"""How single elements of X12 are read: dates, ranges of dates, words in unknown encodings, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

RANGE = "RD8"
DAY = 8


def element(elements: Sequence[str], number: int) -> str:
    """The element of that number, without blanks around it; empty where the segment ends before it."""
    return elements[number].strip() if number < len(elements) else ""


@lru_cache(maxsize=4096)
def first_and_last(form: str, value: str) -> tuple[str, str]:
    """The first and last day of a date or range; what is not eight digits stays as written, for the intake to name."""
    first, _, last = value.partition("-") if form == RANGE else (value, "", value)
    return as_day(first), as_day(last or first)


@lru_cache(maxsize=4096)
def as_day(value: str) -> str:
    """CCYYMMDD, with or without a clock time behind it, as YYYY-MM-DD; anything else as it is."""
    digits = value.strip()
    if not (digits.isdecimal() and len(digits) >= DAY):
        return digits
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


def as_words(value: str) -> str:
    """Free text: bytes read one by one become letters again, and line breaks inside become blanks."""
    words = " ".join(value.split())
    if words.isascii():
        return words
    for encoding in ("utf-8", "cp1252"):
        try:
            return words.encode("latin-1").decode(encoding)
        except UnicodeError:
            continue
    return words


def whole_code(value: str) -> str:
    """A code that a program wrote as a number: 1.00 is 1."""
    head, dot, tail = value.partition(".")
    return head if dot and not tail.strip("0") else value
