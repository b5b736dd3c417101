"""How numbers, dates, ranges and names are written for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

NOTHING = "–"
LONGEST_TEXT = 400
# Characters that no one sees and that could turn a line around or cut it; they are shown by their numbers instead.
UNSEEN = {
    code: f"⟨U+{code:04X}⟩"
    for code in (
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0xA0),
        0x061C,
        0x200B,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFEFF,
        0xFFFE,
        0xFFFF,
    )
}


def dollars(cents: int) -> str:
    """``123456`` is ``$1,234.56``."""
    return f"{'-' if cents < 0 else ''}${plain_dollars(abs(cents))}"


def plain_dollars(cents: int) -> str:
    """``123456`` is ``1,234.56``: dollars where the column already says so."""
    sign, whole = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def dollar_interval(low: int, high: int) -> str:
    """One amount, or the two ends of an interval."""
    return dollars(low) if low == high else f"{dollars(low)} – {dollars(high)}"


def measured(value: float | None, unit: str) -> str:
    """A share in percent, dollars to the cent, days with a tenth."""
    if value is None:
        return NOTHING
    if unit == "share":
        return f"{value:.1%}"
    return dollars(round(value * 100)) if unit == "dollars" else f"{value:,.1f}"


def iso_day(day: date | None) -> str:
    """The day as in ISO 8601."""
    return day.isoformat() if day else NOTHING


def iso_minute(instant: datetime | None) -> str:
    """The instant in UTC to the minute."""
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else ""


def days_between(first: date | None, last: date | None) -> str:
    """One day, or the first and last of several."""
    return iso_day(first) if first == last or last is None else f"{iso_day(first)} to {iso_day(last)}"


def counted(number: int, noun: str, several: str = "") -> str:
    """``1 day``, ``1,200 days``."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def number(value: float) -> str:
    """A measurement without needless zeros."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def span(low: float | None, high: float | None, scale: float = 1) -> str:
    """A value or a range of values; empty where nothing is known."""
    ends = [number(end * scale) for end in (low, high) if end is not None]
    return ends[0] if len(set(ends)) == 1 else "–".join(ends)


def spaced(name: str | None) -> str:
    """A name of the program as words."""
    return shorten(name).replace("_", " ")


def listed(items: Iterable[str] | None) -> str:
    """Items of a list column in one line."""
    return "; ".join(items or ())


def shorten(text: str | None) -> str:
    """Text fit for a page: short, with nothing unseen in it. The CSV files hold all of it."""
    text = (text or "").translate(UNSEEN)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text):,} characters)"


def number_ranges(numbers: Iterable[int], shown: int = 8) -> str:
    """``3–5, 9``: whole numbers, those in a row told as a range, and how many are left untold."""
    ranges: list[list[int]] = []
    for each in sorted(set(numbers)):
        if ranges and each == ranges[-1][-1] + 1:
            ranges[-1][1:] = [each]
        else:
            ranges.append([each])
    told = [NOTHING.join(map(str, ends)) for ends in ranges[:shown]]
    return ", ".join([*told, f"and {len(ranges) - shown} more"] if len(ranges) > shown else told)


def source_row(row: dict[str, object]) -> str:
    """The file and row that a result rests on."""
    return f"{shorten(str(row['source_file'] or ''))} row {row['source_row']}"
