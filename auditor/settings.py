"""What a user decides about a run. Configuration only: no row of an extract passes through here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from auditor.places import configs_folder

DEFAULT_POLICY = "pacificsource-ino"
DEFAULT_MEMORY = "1GB"  # of one engine, where nobody says what share of a machine is its own


class Settings(BaseModel):
    """One run: what to read, how, by which policy, as of when.

    ``beside`` are further guidelines that judge the same extract, each what is in its own scope. ``reference`` is the folder of installed
    reference releases; without one the shipped coding facts are used alone. ``readings`` are what-if values for choices of the
    policies. ``memory`` is the engine's limit, an amount or a share of the machine: members are audited in batches where it does not hold
    them all. ``as_of`` is the day the report speaks from; nothing below the command line reads a clock, so it must be given.
    ``show_members`` writes member ids in full in the report, its pages and the workbook. ``scratch`` is where the engine spills, else
    the system's folder for such files. ``sensitivity`` says which readings are tried otherwise, to tell what rests on them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    paths: tuple[Path, ...] = ()
    profile: str = "native"
    policy: str = DEFAULT_POLICY
    beside: tuple[str, ...] = ()
    time_zone: str | None = None
    as_of: date = date(1970, 1, 1)
    readings: Mapping[str, Any] = Field(default_factory=dict)
    memory: str = DEFAULT_MEMORY
    threads: int | None = None
    reference: Path | None = None
    scratch: Path | None = None
    show_members: bool = False
    sensitivity: Literal["none", "unsigned", "all"] = "none"
    configs: Path = Field(default_factory=configs_folder)
