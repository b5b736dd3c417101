"""What FHIR's words, codings and amounts mean here: ``configs/fhir.yaml``, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from auditor.errors import SettingsRefused
from auditor.intake.nearest import did_you_mean
from auditor.places import configs_folder
from auditor.tables import CLAIM_LINES, CLAIM_STATUSES, CLAIM_TYPES, EVENT_STATUSES, LINES_OF_BUSINESS
from auditor.yaml_lines import read_text_yaml

FILE = "fhir.yaml"
SEPARATOR, ANY = "|", "*"
AMOUNTS = ("charge_amount", "allowed_amount", "paid_amount")


def _words(allowed: Iterable[str]) -> AfterValidator:
    """Refuses a word that the contract does not list."""
    known = tuple(allowed)

    def check(word: str) -> str:
        if word not in known:
            raise ValueError(f"{word} is not one of {', '.join(known)}.{did_you_mean(word, known)}")
        return word

    return AfterValidator(check)


EventStatus = Annotated[str, _words(EVENT_STATUSES)]
ClaimStatus = Annotated[str, _words(CLAIM_STATUSES)]
ClaimType = Annotated[str, _words(CLAIM_TYPES)]
LineOfBusiness = Annotated[str, _words(LINES_OF_BUSINESS)]
ClaimColumn = Annotated[str, _words(("stay", *(column.name for column in CLAIM_LINES.columns)))]
AmountColumn = Annotated[str, _words(AMOUNTS)]
Tokens = tuple[str, ...]


class Part(BaseModel):
    """A piece of the file: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Numbers(Part):
    """Which identifiers are the one meant: by the system they are of, else by the type they say."""

    systems: Tokens
    types: Tokens


class Drug(Part):
    """A value set whose drugs are given in courses, the concepts of course and dose, and the units a dose is in."""

    value_set: str
    course: str
    dose: str
    dose_units: Tokens


class Claims(Part):
    """How claims are read; the file says what each key means."""

    uses: Tokens
    types: Mapping[str, ClaimType]
    other_types: Tokens
    statuses: Mapping[str, Mapping[str, ClaimStatus]]
    outcomes: Mapping[str, ClaimStatus]
    decisions: Mapping[ClaimStatus, Tokens]
    replaces: Tokens
    replaced: Tokens
    replacement_frequency: str
    amounts: Mapping[AmountColumn, tuple[Tokens, ...]]
    currencies: Tokens
    supporting: Mapping[ClaimColumn, Tokens]
    bill_frequency: Tokens
    bill_type_parts: Tokens
    roles: Mapping[str, Tokens]
    revenue: Tokens
    services: Tokens
    drug_extensions: Tokens
    diagnosis_types_apart: Tokens
    lines_of_business: Mapping[LineOfBusiness, Tokens]


class FhirMapping(Part):
    """The whole file."""

    systems: Mapping[str, str]
    other_versions: Mapping[str, Mapping[str, Tokens]]
    statuses: Mapping[str, Mapping[str, EventStatus]]
    answers: Mapping[EventStatus, Tokens]
    answer_words: Mapping[EventStatus, Tokens]
    text_is_value: Tokens
    answer_is_fact: Tokens
    drugs: tuple[Drug, ...]
    claim_units: Mapping[str, str]
    identifiers: Mapping[str, Numbers]
    mother: Tokens
    claims: Claims
    looked_up: Tokens

    @model_validator(mode="after")
    def _known_systems(self) -> Self:
        for token in _tokens(self.model_dump(exclude={"systems"})):
            system = token.partition(SEPARATOR)[0]
            if system and system not in self.systems:
                raise ValueError(f"{token}: no system is named {system}.{did_you_mean(system, self.systems)}")
        return self

    def system(self, name: str) -> str:
        """The address of a system by its short name."""
        return self.systems[name]


def _tokens(part: Any) -> Iterable[str]:
    """Every text that is written as a coding."""
    if isinstance(part, str):
        yield from [part] if SEPARATOR in part else []
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _tokens(value)
    elif isinstance(part, tuple | list):
        for value in part:
            yield from _tokens(value)


@cache
def fhir_mapping() -> FhirMapping:
    """The mapping; SettingsRefused says what is wrong with the file."""
    try:
        return FhirMapping.model_validate(read_text_yaml(configs_folder() / FILE))
    except ValidationError as mistakes:
        said = (f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}" for one in mistakes.errors())
        raise SettingsRefused("\n".join(f"{FILE}: {line}" for line in said)) from None
