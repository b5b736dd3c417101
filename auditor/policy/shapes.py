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
    """A choice that the text leaves open."""

    value: bool | float | str | list[str]
    choices: list[bool | float | str] | None = None
    always: list[str] | None = None
    unit: Text | None = None
    question: Text | None = None
    why: Text
    signed_by: Text | None = None


class ConsequenceShape(Shape):
    """What follows where a criterion is not met."""

    when: Text | None = None
    then: Text
    after_hours: float | Text | list[float | Text] | None = None
    binds: Names | None = None


class CriterionShape(Shape):
    """A paragraph; ``not_one_kind`` sees to it that it asks in one way."""

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
    """Whose rules decide for one kind of plan."""

    line: Annotated[str, among(LINES_OF_BUSINESS)]
    states: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{2}$")]], Field(min_length=1)]
    route: Text
    paragraph: Text
    rules: Text | None = None
    elsewhere_when: Text | None = None


class NotAutomatedShape(Shape):
    """What is left to people."""

    paragraph: Text
    what: Text
    why: Text


class PolicyShape(Shape):
    """A file of ``policies/``."""

    policy: Text
    title: Text
    payer: Text
    revision: date | Text
    effective: date
    review_by: date | None = None
    ends: date | None = None
    source: Text
    listed_services: Text
    treatment: Text | None = None
    notice: Text | None = None
    episode_mark: Text | None = None
    sections: list[Text] = []
    roles: dict[Annotated[str, among(ROLES)], Names]
    exposure: dict[Annotated[str, among(EXPOSURE_ROLES)], Names]
    lines_of_business: list[LineOfBusinessShape]
    readings: dict[str, ReadingShape] = {}
    criteria: dict[str, CriterionShape]
    experimental: dict[str, CriterionShape] = {}
    not_automated: list[NotAutomatedShape] = []


class WindowShape(Shape):
    """A span of time around the start; an end is in hours, or in days."""

    start: Hours = Field(None, alias="from")
    end: Hours = Field(None, alias="to")
    start_days: Hours = Field(None, alias="from_days")
    end_days: Hours = Field(None, alias="to_days")


class ScaleShape(Shape):
    """How a number on another scale is brought to the unit."""

    unit: list[Text] | None = None
    above: float | None = None
    upto: float | None = Field(None, alias="to")
    factor: Annotated[float, Field(gt=0)]


class MeasureShape(Shape):
    """The unit and limits of a measurement."""

    unit: Text
    low: float
    high: float
    reading: Annotated[str, among(words.MEASURE_READINGS)] | None = None
    scales: list[ScaleShape] = []


class EventConceptShape(Shape):
    """A statement or measurement that an extract may use."""

    label: Text
    codes: Text | None = None
    measure: MeasureShape | None = None


class EvidenceShape(Shape):
    """One way to show a fact."""

    concept: Text | None = None
    value_set: Text | None = None
    derived: Annotated[str, among(words.DERIVED)] | None = None
    tier: Names | None = None
    window: Text
    claim_window: Text | None = None
    strength: Annotated[str, among(words.STRENGTHS)] | None = None
    present_when: list[Status] | None = None
    absent_when: list[Status] | None = None
    absent_from: Hours = None
    when_reading: Text | None = None
    source_in: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None


class FactShape(Shape):
    """What the policy can ask, and how it is shown."""

    label: Text
    documents: list[Text] = []
    without: list[Text] = []
    kind: Annotated[str, among(words.FACT_KINDS)] = "statement"
    report: Text | None = None
    evidence: list[EvidenceShape] = []
    saturation: Text | None = None
    fraction: Text | None = None
    flow: Text | None = None
    statement: Text | None = None
    band: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None


class ConceptsShape(Shape):
    """The file ``concepts.yaml``."""

    windows: dict[str, WindowShape]
    event_concepts: dict[str, EventConceptShape]
    facts: dict[str, FactShape]


class CodeShape(Shape):
    """A code with its dates, or the values that it states."""

    code: Text
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    low: int | None = None
    high: int | None = None
    alias_of: Text | None = None


CodeSystem = Annotated[str, among(CODE_SYSTEMS)]


class ValueSetShape(Shape):
    """A file of ``value_sets/``."""

    value_set: Text
    label: Text
    source: Text
    used_by: Text | None = None
    tiers: dict[str, dict[CodeSystem, list[Text | CodeShape]]]


class PatternShape(Shape):
    """Words on a claim line."""

    label: Text
    has: Text
    lacks: Text | None = Field(None, alias="not")


class PatternsShape(Shape):
    """The file ``text_patterns.yaml``."""

    text_patterns: dict[str, PatternShape]


class FindingStateShape(Shape):
    """How a finding is acted on in one state."""

    severity: Annotated[str, among(words.SEVERITIES)]
    action: Annotated[str, among(Action)]
    says: Text | None = None
    carc: Text | None = None
    rarc: Text | None = None


class FindingShape(Shape):
    """A kind of finding, of a criterion or of a query."""

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
    replaces: Text | None = None


class FindingsShape(Shape):
    """The file ``findings.yaml``."""

    findings: dict[str, FindingShape]


class PairShape(Shape):
    """Two diagnoses that are not coded together."""

    code: Text
    other: Text = Field(alias="with")


class Excludes1Shape(Shape):
    """The file ``excludes1.yaml``."""

    excludes1: list[PairShape]


class FrequencyMeaningShape(Shape):
    """What one frequency code makes of a claim."""

    role: Annotated[str, among(words.FREQUENCY_ROLES)]
    label: Text


class FrequencyShape(Shape):
    """The file ``frequency.yaml``."""

    frequency: dict[str, FrequencyMeaningShape]
