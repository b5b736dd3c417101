"""What may be written in each rule file: its keys, which of them it needs, and the kind of value each takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from auditor.outcomes import Action
from auditor.policy import words
from auditor.policy.codes import CODE_SYSTEMS
from auditor.policy.model import EXPOSURE_ROLES, ROLES
from auditor.tables import EVENT_STATUSES, LINES_OF_BUSINESS


def among(known: Iterable[str]) -> AfterValidator:
    """Accepts only these words; the error carries them, so that the message can name the nearest."""
    expected = tuple(known)

    def choose(word: str) -> str:
        if word not in expected:
            raise PydanticCustomError("unknown_word", "not one of the known words", {"expected": expected})
        return word

    return AfterValidator(choose)


class Shape(BaseModel):
    """A block of a rule file. Nothing is converted, and a key that is not listed is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Text = Annotated[str, Field(min_length=1)]
Names = Text | list[Text]
Hours = float | Text | None
Status = Annotated[str, among(EVENT_STATUSES)]


class ReadingShape(Shape):
    value: bool | float | str | list[str]
    choices: list[bool | float | str] | None = None
    unit: Text | None = None
    question: Text | None = None
    why: Text
    signed_by: Text | None = None


class ConsequenceShape(Shape):
    when: Text | None = None
    then: Text
    after_hours: float | Text | list[float | Text] | None = None
    binds: Names | None = None


class CriterionShape(Shape):
    statement: Text
    when: Text | None = None
    each_day: Text | None = None
    all_of: dict[str, CriterionShape] | None = None
    any_of: dict[str, CriterionShape] | None = None
    same_as: Text | None = None
    applies_when: Text | None = None
    if_not_met: list[ConsequenceShape] | None = None
    from_hour: float | Text | None = None
    overridden_by: Names | None = None


class LineOfBusinessShape(Shape):
    line: Annotated[str, among(LINES_OF_BUSINESS)]
    states: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{2}$")]], Field(min_length=1)]
    route: Text
    paragraph: Text
    rules: Text | None = None
    elsewhere_when: Text | None = None


class NotAutomatedShape(Shape):
    paragraph: Text
    what: Text
    why: Text


class PolicyShape(Shape):
    policy: Text
    title: Text
    payer: Text
    revision: date | Text
    effective: date
    review_by: date | None = None
    source: Text
    listed_services: Text
    sections: list[Text] = []
    roles: dict[Annotated[str, among(ROLES)], Names]
    exposure: dict[Annotated[str, among(EXPOSURE_ROLES)], Names]
    lines_of_business: list[LineOfBusinessShape]
    readings: dict[str, ReadingShape] = {}
    criteria: dict[str, CriterionShape]
    experimental: dict[str, CriterionShape] = {}
    not_automated: list[NotAutomatedShape] = []


class WindowShape(Shape):
    start: Hours = Field(None, alias="from")
    end: Hours = Field(None, alias="to")
    start_days: Hours = Field(None, alias="from_days")
    end_days: Hours = Field(None, alias="to_days")


class ScaleShape(Shape):
    unit: list[Text] | None = None
    above: float | None = None
    upto: float | None = Field(None, alias="to")
    factor: Annotated[float, Field(gt=0)]


class MeasureShape(Shape):
    unit: Text
    low: float
    high: float
    reading: Annotated[str, among(words.MEASURE_READINGS)] | None = None
    scales: list[ScaleShape] = []


class EventConceptShape(Shape):
    label: Text
    codes: Text | None = None
    measure: MeasureShape | None = None


class EvidenceShape(Shape):
    concept: Text | None = None
    value_set: Text | None = None
    derived: Annotated[str, among(words.DERIVED)] | None = None
    tier: Names | None = None
    window: Text
    claim_window: Text | None = None
    strength: Annotated[str, among(words.STRENGTHS)] | None = None
    present_when: list[Status] | None = None
    absent_when: list[Status] | None = None
    when_reading: Text | None = None
    source_in: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None


class FactShape(Shape):
    label: Text
    documents: list[Text] = []
    kind: Annotated[str, among(words.FACT_KINDS)] = "statement"
    report: Text | None = None
    evidence: list[EvidenceShape] = []
    saturation: Text | None = None
    fraction: Text | None = None
    flow: Text | None = None
    statement: Text | None = None


class ConceptsShape(Shape):
    windows: dict[str, WindowShape]
    event_concepts: dict[str, EventConceptShape]
    facts: dict[str, FactShape]


class CodeShape(Shape):
    code: Text
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    low: int | None = None
    high: int | None = None
    alias_of: Text | None = None


CodeSystem = Annotated[str, among(CODE_SYSTEMS)]


class ValueSetShape(Shape):
    value_set: Text
    label: Text
    source: Text
    used_by: Text | None = None
    tiers: dict[str, dict[CodeSystem, list[Text | CodeShape]]]


class PatternShape(Shape):
    label: Text
    has: Text
    lacks: Text | None = Field(None, alias="not")


class PatternsShape(Shape):
    text_patterns: dict[str, PatternShape]


class FindingStateShape(Shape):
    severity: Annotated[str, among(words.SEVERITIES)]
    action: Annotated[str, among(Action)]
    says: Text | None = None
    carc: Text | None = None
    rarc: Text | None = None


class FindingShape(Shape):
    name: Text
    says: Text | None = None
    family: Text | None = None
    paragraph: Text | None = None
    criterion: Names | None = None
    query: Text | None = None
    F: FindingStateShape | None = None
    U: FindingStateShape | None = None
    X: FindingStateShape | None = None
    severity: Annotated[str, among(words.SEVERITIES)] | None = None
    action: Annotated[str, among(Action)] | None = None
    carc: Text | None = None
    rarc: Text | None = None
    basis: Annotated[str, among(words.BASES)]
    documents: list[Text] = []
    cause: Text | None = None


class FindingsShape(Shape):
    findings: dict[str, FindingShape]


class PairShape(Shape):
    code: Text
    other: Text = Field(alias="with")


class Excludes1Shape(Shape):
    excludes1: list[PairShape]


class FrequencyMeaningShape(Shape):
    role: Annotated[str, among(words.FREQUENCY_ROLES)]
    label: Text


class FrequencyShape(Shape):
    frequency: dict[str, FrequencyMeaningShape]
