"""Coding facts as frozen values, in the order of the columns that SQL reads: pairs, units, add-ons, settings, ages, windows, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FILES = ("practitioner", "hospital")


@dataclass(frozen=True)
class CodePair:
    """Column 2 is not paid beside column 1 (every code that begins so, for a prefix); at indicator 1 a modifier helps."""

    file: str
    column_1: str
    is_prefix: bool
    column_2: str
    indicator: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class UnitLimit:
    """Most units a day. Adjudication 1 judges each line, 2 the day without exception, 3 the day unless documented."""

    file: str
    code: str
    most: int
    adjudication: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class AddOn:
    """An add-on and one service that it goes with. Type 1 has no others; types 2 and 3 leave them to the payer."""

    add_on: str
    type: int
    primary: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class ServiceSetting:
    """A ``place`` of service, or a ``bill_type`` by its first two digits, where a service is given."""

    value_set: str
    kind: str
    code: str


@dataclass(frozen=True)
class RefusedModifier:
    """A modifier that a service does not take."""

    value_set: str
    modifier: str


@dataclass(frozen=True)
class ModifierRole:
    """What a modifier says of a line: ``separate_service``, ``repeat``, ``other_practitioner``."""

    role: str
    modifier: str


@dataclass(frozen=True)
class AgeLimit:
    """The ages, on the day of service, that a code is for; an end that is None is open."""

    system: str
    code: str
    is_prefix: bool
    least_days: int | None = None
    most_days: int | None = None
    least_years: int | None = None
    under_years: int | None = None


@dataclass(frozen=True)
class VentilatorBand:
    """A procedure code of ventilation, and the most calendar days that it leaves room for."""

    code: str
    most_days: int


@dataclass(frozen=True)
class TimeUnit:
    """The hours of one unit, where a pattern fits the unit of measure or the words. ``place`` is its turn."""

    place: int
    unit: str | None
    words: str | None
    hours: float


@dataclass(frozen=True)
class PayerOf:
    """A line of business in a state."""

    line: str
    state: str


@dataclass(frozen=True)
class RecoveryWindow:
    """Months after payment in which it may be asked back; of one ``plan``, where its contract says so."""

    line: str
    state: str
    plan: str | None
    months: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class ReasonCode:
    """A claim adjustment reason (``carc``) or remark (``rarc``), in our words."""

    kind: str
    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Coding:
    """Everything that ``coding/`` says beside diagnosis pairs and claim frequencies.

    ``checked`` and ``source`` say what the shipped pairs, units and add-ons rest on; ``limits`` are numbers by name.
    """

    checked: date
    source: str
    pairs: tuple[CodePair, ...]
    units: tuple[UnitLimit, ...]
    add_ons: tuple[AddOn, ...]
    settings: tuple[ServiceSetting, ...]
    refused_modifiers: tuple[RefusedModifier, ...]
    modifiers: tuple[ModifierRole, ...]
    ages: tuple[AgeLimit, ...]
    bands: tuple[VentilatorBand, ...]
    time_units: tuple[TimeUnit, ...]
    both_code_systems: tuple[PayerOf, ...]
    limits: Mapping[str, float]
    windows: tuple[RecoveryWindow, ...]
    reasons: tuple[ReasonCode, ...]
