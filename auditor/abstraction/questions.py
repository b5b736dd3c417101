"""What the abstraction sheet asks: a column or several for each concept, named in the concept's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.policy.words import EventConcept
from auditor.yaml_lines import read_text_yaml

PERSON = ("member id", "birth date", "sex", "facility", "abstracted by")


class _Asked(BaseModel):
    """``configs/abstraction.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    readings: tuple[str, ...]
    times: int = Field(ge=1)
    not_asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One concept as the sheet asks for it: by a status, or by a value in a unit."""

    concept: EventConcept

    @property
    def heading(self) -> str:
        """The heading of the cell that answers it."""
        measure = self.concept.measure
        return f"{self.concept.label} ({measure.unit})" if measure else self.concept.label

    @property
    def is_measure(self) -> bool:
        """Whether the answer is a value."""
        return self.concept.measure is not None

    @property
    def beside(self) -> tuple[str, ...]:
        """Headings of the cells beside the answer: when, and where it says so."""
        when = ("from",) if self.is_measure else ("from", "to")
        return tuple(f"{self.heading}: {part}" for part in (*when, "document"))


@dataclass(frozen=True)
class Questions:
    """All that is asked: once each, and ``readings`` again and again, ``times`` times."""

    once: tuple[Question, ...]
    readings: tuple[Question, ...]
    times: int


def read_questions(configs: Path, concepts: Mapping[str, EventConcept]) -> Questions:
    """The questions, in the order of the concepts; SettingsRefused names a concept that is not there."""
    path = configs / "abstraction.yaml"
    try:
        asked = _Asked.model_validate(read_text_yaml(path))
    except ValidationError as mistakes:
        where = ".".join(str(part) for part in mistakes.errors()[0]["loc"])
        raise SettingsRefused(f"{path.name}: {where}: {mistakes.errors()[0]['msg']}") from None
    _refuse_unknown(path, (*asked.readings, *asked.not_asked), concepts)
    once = [name for name in concepts if name not in (*asked.readings, *asked.not_asked)]
    return Questions(_ask(once, concepts), _ask(asked.readings, concepts), asked.times)


def _ask(names: Iterable[str], concepts: Mapping[str, EventConcept]) -> tuple[Question, ...]:
    return tuple(Question(concepts[name]) for name in names)


def _refuse_unknown(path: Path, names: Iterable[str], concepts: Mapping[str, EventConcept]) -> None:
    for name in names:
        if name not in concepts:
            raise SettingsRefused(f"{path.name}: {name} is no concept of concepts.yaml.{did_you_mean(name, concepts)}")
