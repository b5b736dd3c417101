"""The answer of an observation: its value as charted, its unit by UCUM, and what it says of the fact asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from auditor.intake.fhir.codings import NOTHING, Concept, concepts, read_concept, vocabulary
from auditor.intake.fhir.mapping import fhir_mapping
from auditor.intake.fhir.tree import Tree, part, text

PRESENT, PRELIMINARY = "present", "preliminary"
SIMPLE = ("valueString", "valueInteger", "valueDecimal", "valueDateTime", "valueTime")


@dataclass(frozen=True)
class Answer:
    """``value`` and ``unit`` are a measurement's; ``concept`` is a coded answer; ``words`` what it says in text.

    ``is_absent`` means that the record says why there is no value.
    """

    value: str | None = None
    unit: str | None = None
    concept: Concept = NOTHING
    words: str | None = None
    is_text: bool = False
    is_absent: bool = False
    interpretation: tuple[Concept, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.concept is NOTHING and self.words is None and not self.is_absent


def value_of(observed: Tree) -> Answer:
    """The answer in ``value[x]``."""
    interpretation = tuple(concepts(observed, "interpretation"))
    quantity = part(observed, "valueQuantity")
    if quantity:
        value = text(quantity, "value")
        if value is not None:
            return Answer(f"{text(quantity, 'comparator') or ''}{value}", text(quantity, "code") or text(quantity, "unit"))
    coded = read_concept(part(observed, "valueCodeableConcept"))
    if coded.codings or coded.text:
        return Answer(concept=coded, words=coded.words)
    said = text(observed, "valueBoolean")
    if said is not None:
        return Answer(words=said, is_text=True)
    simple = next((value for name in SIMPLE if (value := text(observed, name)) is not None), None) or _range(observed)
    if simple is not None:
        return Answer(value=simple, words=simple, is_text=True)
    return Answer(is_absent=bool(part(observed, "dataAbsentReason")), interpretation=interpretation)


def _range(observed: Tree) -> str | None:
    """A range or ratio in words: no one number."""
    span, ratio = part(observed, "valueRange"), part(observed, "valueRatio")
    ends = (part(span, "low"), part(span, "high")) if span else (part(ratio, "numerator"), part(ratio, "denominator"))
    written = [text(end, "value") for end in ends]
    if not any(written):
        return None
    return (" to " if span else " : ").join(value or "?" for value in written)


@lru_cache(maxsize=10_000)
def _status_of(concept: Concept) -> str | None:
    answers = fhir_mapping().answers
    return next((status for status, tokens in answers.items() if concept.is_any(tokens)), None)


def answered_status(asked: Concept, answer: Answer, status: str) -> str:
    """What the record says of the fact asked for. Only what would be present can be answered otherwise.

    A coded or written answer that denies what the code names must never count as present; one that nobody can read here proves
    nothing.
    """
    if status != PRESENT:
        return status
    for concept in (answer.concept, *answer.interpretation):
        if concept is not NOTHING and (found := _status_of(concept)):
            return found
    if answer.is_text and answer.words:
        return _worded(asked, answer.words)
    return status if answer.concept is NOTHING or _asks(asked) else PRELIMINARY


def _worded(asked: Concept, words: str) -> str:
    said = words.strip(" .").lower()
    found = next((status for status, known in fhir_mapping().answer_words.items() if said in known), None)
    return found or (PRESENT if _asks(asked) else PRELIMINARY)


def _asks(asked: Concept) -> bool:
    """Whether the code is a question, whose text answer is a measurement or a report, and no finding."""
    names = fhir_mapping().text_is_value
    asks = any(vocabulary().system(system) in names for system, _, _ in asked.codings)
    return asked is NOTHING or asks or asked.own is not None
