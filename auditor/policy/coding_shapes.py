"""What may be written in each file of ``coding/`` that holds coding facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from auditor.policy.codes import CODE_SYSTEMS
from auditor.policy.coding_words import FILES
from auditor.policy.shapes import CodeShape, Shape, Text, among
from auditor.tables import LINES_OF_BUSINESS

Codes = Annotated[list[Text], Field(min_length=1)]
Files = Annotated[list[Annotated[str, among(FILES)]], Field(min_length=1)]
State = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Line = Annotated[str, among(LINES_OF_BUSINESS)]


class DatedShape(Shape):
    """A row with the first and last day it holds."""

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")


class PairsShape(DatedShape):
    """Services of column 2 that are not paid beside those of column 1."""

    column_1: Codes
    column_2: Codes
    indicator: Literal[0, 1, 9]
    files: Files


class UnitsShape(DatedShape):
    """The most units of one service a day."""

    code: Text
    most: Annotated[int, Field(ge=0)]
    adjudication: Literal[1, 2, 3]
    files: Files


class AddOnShape(Shape):
    """An add-on and the services it goes with."""

    add_on: Text
    type: Literal[1, 2, 3]
    primaries: Annotated[list[Text | CodeShape], Field(min_length=1)]


class NcciShape(Shape):
    """The file ``ncci.yaml``."""

    checked: date
    source: Text
    pairs: list[PairsShape]
    units: list[UnitsShape]
    add_ons: list[AddOnShape]


class SettingShape(Shape):
    """Where a service is given."""

    value_set: Text
    places: Codes
    bill_types: Codes


class RefusedShape(Shape):
    """Modifiers that a service does not take."""

    value_set: Text
    modifiers: Codes


class AgesShape(Shape):
    """The ages that codes are for."""

    system: Annotated[str, among(CODE_SYSTEMS)]
    codes: Codes
    least_days: int | None = None
    most_days: int | None = None
    least_years: int | None = None
    under_years: int | None = None


class BandShape(Shape):
    """Days that a procedure code leaves room for."""

    code: Text
    most_days: Annotated[int, Field(ge=1)]


class TimeUnitShape(Shape):
    """How a line says what one unit stands for."""

    unit: Text | None = None
    words: Text | None = None
    hours: Annotated[float, Field(gt=0)]


class PayerShape(Shape):
    """A line of business in a state."""

    line: Line
    state: State


class LimitShape(Shape):
    """A number that an edit compares with."""

    value: float
    unit: Text
    why: Text


class LimitsShape(Shape):
    """The numbers that the edits ask for, each by its name."""

    hours_a_day: LimitShape
    prolonged_course_h: LimitShape
    low_dose_ppm: LimitShape
    low_dose_tail_h: LimitShape
    high_dose_ppm: LimitShape
    methemoglobin_within_h: LimitShape
    methemoglobin_high: LimitShape
    closing_soon_days: LimitShape
    least_dollars: LimitShape


class ModifiersShape(Shape):
    """What modifiers say of a line."""

    separate_service: Codes
    repeat: Codes
    other_practitioner: Codes


class ServicesShape(Shape):
    """The file ``services.yaml``."""

    settings: list[SettingShape]
    refused_modifiers: list[RefusedShape]
    modifiers: ModifiersShape
    ages: list[AgesShape]
    ventilator_bands: list[BandShape]
    time_units: list[TimeUnitShape]
    both_code_systems: list[PayerShape]
    limits: LimitsShape


class WindowOfRecoveryShape(DatedShape):
    """How long money may be asked back; of one plan, where its contract says so."""

    line: Line
    state: State
    plan: Text | None = None
    months: Annotated[int, Field(ge=1)]
    statute: Text


class RecoveryShape(Shape):
    """The file ``recovery.yaml``."""

    windows: list[WindowOfRecoveryShape]


class ReasonShape(DatedShape):
    """A reason in our words."""

    label: Text


class ReasonsShape(Shape):
    """The file ``reasons.yaml``."""

    carc: dict[Text, ReasonShape]
    rarc: dict[Text, ReasonShape]
