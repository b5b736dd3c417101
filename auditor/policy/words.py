"""What the policy's words mean, as frozen values: facts and their evidence, windows, measurements, codes, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

HOURS_A_DAY = 24

Strength = Literal["decides", "suggests"]

STRENGTHS: tuple[Strength, ...] = ("decides", "suggests")
STATEMENT_KINDS = ("statement", "daily_oxygen")
NUMBER_KINDS = ("range", "age_days", "age_years", "exposure_days", "span_days")
FACT_KINDS = (*STATEMENT_KINDS, *NUMBER_KINDS)
EVIDENCED_KINDS = ("statement", "range")
DERIVED = ("oxygen_failure", "response")
MEASURE_READINGS = ("gestation",)
OXYGEN_INPUTS = ("saturation", "fraction", "flow", "statement")
FREQUENCY_ROLES = ("original", "interim", "late_charge", "replacement", "void", "no_payment")
SEVERITIES = ("S1", "S2", "S3", "S4")
FINDING_STATES = ("F", "U", "X")
BASES = ("episode", "days", "line", "none")


@dataclass(frozen=True)
class Bound:
    """One end of a window: ``factor`` hours, or ``factor`` times a reading."""

    reading: str | None
    factor: float


@dataclass(frozen=True)
class Window:
    """A span of time around the first iNO; an end that is None is open."""

    name: str
    start: Bound | None
    end: Bound | None


@dataclass(frozen=True)
class Scale:
    """How a charted number becomes the measure's unit: by its unit, or by lying above one number and up to another."""

    units: tuple[str, ...]
    above: float | None
    upto: float | None
    factor: float


@dataclass(frozen=True)
class Measure:
    """The unit a measurement is kept in, and the values it can have. ``reading`` names a way to read its text."""

    unit: str
    low: float
    high: float
    reading: str | None = None
    scales: tuple[Scale, ...] = ()


@dataclass(frozen=True)
class EventConcept:
    """A statement or measurement that an extract may use by name, or by the codes of ``value_set``."""

    name: str
    label: str
    value_set: str | None = None
    measure: Measure | None = None


@dataclass(frozen=True)
class EvidenceRule:
    """One way to show a fact. ``concept`` also holds the name of a derived result.

    ``when_reading`` switches the rule on; ``source_in`` keeps it only while a list reading holds the word. ``absent_from`` is when a
    statement of absence begins to count.
    """

    rule_id: int
    fact: str
    kind: Literal["concept", "code", "derived"]
    concept: str | None
    value_set: str | None
    tiers: tuple[str, ...]
    strength: Strength
    window: str
    claim_window: str | None
    present_when: tuple[str, ...]
    absent_when: tuple[str, ...]
    when_reading: str | None
    source_in: tuple[str, str] | None
    absent_from: Bound | None = None


@dataclass(frozen=True)
class Fact:
    """What the policy can ask of an episode, the documents that would show it, and the evidence that does.

    ``report`` names the kind of report whose readings must agree; ``inputs`` are the measurements of a daily fact, and ``band`` the
    readings of a low and a high number that its paragraph names. ``without`` are documents that do not exist where it is absent.
    """

    name: str
    label: str
    kind: str
    documents: tuple[str, ...]
    report: str | None
    evidence: tuple[EvidenceRule, ...]
    inputs: Mapping[str, str]
    band: tuple[str, str] | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Concepts:
    """All of ``concepts.yaml``, by name."""

    windows: Mapping[str, Window]
    event_concepts: Mapping[str, EventConcept]
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class CodeEntry:
    """One code, normalised, or every code that begins so. ``low`` and ``high`` are the values that it states."""

    system: str
    code: str
    is_prefix: bool
    valid_from: date | None = None
    valid_to: date | None = None
    low: int | None = None
    high: int | None = None
    alias_of: str | None = None


@dataclass(frozen=True)
class ValueSet:
    """The codes that mean one thing, in tiers of how surely. ``used_by`` says who asks for it beside the policy, ``file`` where it is."""

    name: str
    label: str
    source: str
    tiers: Mapping[str, tuple[CodeEntry, ...]]
    used_by: str | None = None
    file: str = ""


@dataclass(frozen=True)
class TextPattern:
    """Words on a claim line: it matches where ``has`` is found and ``lacks`` is not."""

    name: str
    label: str
    has: str
    lacks: str | None = None


@dataclass(frozen=True)
class FindingState:
    """How a finding in one state is acted on. State '' is the only one of a finding that a query makes.

    ``says`` is None where the criterion's own statement says it.
    """

    state: str
    severity: str
    action: str
    says: str | None = None
    carc: str | None = None
    rarc: str | None = None


@dataclass(frozen=True)
class FindingType:
    """A kind of finding: the paragraphs or the query it comes from, and how it is acted on in each state.

    ``paragraph`` is None where each criterion is its own.
    """

    finding_id: str
    name: str
    paragraph: str | None
    basis: str
    criteria: tuple[str, ...]
    query: str | None
    states: tuple[FindingState, ...]
    family: str | None = None
    documents: tuple[str, ...] = ()
    cause: str | None = None
    replaces: str | None = None
