"""What a release is: its kind, whose claims it is for, its version, the days it speaks for, and its content's hash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

PAIRS, UNITS, ADD_ONS, CODES = "pairs", "units", "add_ons", "codes"
KINDS = {
    PAIRS: "pairs of services (NCCI procedure-to-procedure edits)",
    UNITS: "most units a day (NCCI medically unlikely edits)",
    ADD_ONS: "add-ons and their services (NCCI add-on code edits)",
    CODES: "a plan's list of codes and their dates",
}
PRACTITIONER, HOSPITAL, ALL = "practitioner", "hospital", "all"
SETTINGS = (PRACTITIONER, HOSPITAL)

FIRST_EDITION = 1994  # the year of edition 0; edition 30.2 is the third quarter of 2024
MONTHS_A_QUARTER = 3

QUARTER = re.compile(r"(?<!\d)(20\d\d)[ _-]?q([1-4])(?!\d)", re.IGNORECASE)
EDITION = re.compile(r"cci(?:pra|oph)-v(\d\d)([0-3])r(\d{1,4})(?!\d)", re.IGNORECASE)
REVISION = re.compile(r" r(\d{1,4})$")
PART = re.compile(r"-f(\d+)(?!\d)", re.IGNORECASE)
EFFECTIVE = re.compile(r"eff(?:ective)?[ _-]+(?:date[ :_-]*)?(\d\d)[/_-](\d\d)[/_-](20\d\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, MONTHS_A_QUARTER * (self.number - 1) + 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        following = Quarter(self.year + self.number // 4, self.number % 4 + 1)
        return following.first_day - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def quarter_of(day: date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(day.year, (day.month - 1) // MONTHS_A_QUARTER + 1)


def read_quarter(text: str) -> Quarter | None:
    """The quarter that a name or a heading gives: as itself, as an edition's number, or by the day it takes effect."""
    if found := QUARTER.search(text):
        return Quarter(int(found[1]), int(found[2]))
    if found := EDITION.search(text):
        return Quarter(FIRST_EDITION + int(found[1]), int(found[2]) + 1)
    if (found := EFFECTIVE.search(text)) and 1 <= int(found[1]) <= 12:
        return Quarter(int(found[3]), (int(found[1]) - 1) // MONTHS_A_QUARTER + 1)
    return None


@dataclass(frozen=True)
class Hints:
    """What whoever adds a file says of it, where its name and its heading do not."""

    setting: str | None = None
    quarter: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Release:
    """One installed file. ``setting`` is whose claims it is for; ``part`` is its number where a release comes in several files.

    ``last_day`` is None where the list has no end. ``lowest`` and ``highest`` are the first and last code it holds.
    """

    kind: str
    setting: str
    version: str
    part: str
    first_day: date
    last_day: date | None
    sha256: str
    file: str
    rows: int
    lowest: str
    highest: str

    @property
    def revision(self) -> int:
        """Which revision of its quarter it is; 0 where its version says none."""
        found = REVISION.search(self.version)
        return int(found[1]) if found else 0

    @property
    def name(self) -> str:
        """The folder that holds it."""
        return "-".join(filter(None, (self.kind, self.setting, re.sub(r"[^\w.]+", "_", self.version), self.part)))
