"""What facilities are compared on, read from configs/providers.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from auditor.errors import SettingsRefused
from auditor.yaml_lines import read_text_yaml

PLAN_FILE = "providers.yaml"
Unit = Literal["share", "days", "dollars"]


class Part(BaseModel):
    """A piece of the plan: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(Part):
    """What an episode's value is; exactly one is given.

    ``paragraph``: whether it is not met, where it is decided. ``column``: a number of the episode.
    ``day_flag``: whether any of its days has the flag. ``determination``: whether it came to that. ``ends_on``: whether its days
    are as many as this reading of the policy (hours are taken as days). ``per_day``: cents of its lines of iNO a therapy day.
    """

    paragraph: str | None = None
    column: Literal["therapy_days", "at_risk_high_cents", "at_risk_low_cents", "counted_cents"] | None = None
    day_flag: Literal["past_limit", "ventilated", "ecmo"] | None = None
    determination: str | None = None
    ends_on: str | None = None
    per_day: Literal["charge_cents", "allowed_cents", "paid_cents"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in self.__dict__.values()) != 1:
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}")
        return self


class Measure(Part):
    """One thing that facilities are compared on."""

    key: str
    finding: str
    label: str
    unit: Unit
    of: Question


class Plan(Part):
    """The comparison: how many episodes a facility must have, the limits of chance, and the measures.

    ``smallest_cell`` is the least number of episodes that a masked run shows of a facility.
    ``kept`` is the quantile to which days and dollars beyond it are brought, so that one absurd amount hides nobody.
    """

    source: str
    minimum_episodes: int = Field(ge=2)
    smallest_cell: int = Field(ge=1)
    alert: float = Field(gt=0, lt=1)
    limit: float = Field(gt=0, lt=1)
    kept: float = Field(gt=0.5, le=1)
    measures: tuple[Measure, ...]


def load_plan(configs: Path) -> Plan:
    """The plan of a configs folder; SettingsRefused names the key that is wrong."""
    try:
        return Plan.model_validate(read_text_yaml(configs / PLAN_FILE))
    except ValidationError as mistakes:
        first = mistakes.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsRefused(f"{PLAN_FILE}: {where}: {first['msg'].lower()}") from None
