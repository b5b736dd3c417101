"""Reads the curated members: who each is, why it is there, what its chart and its bills hold, and what the audit should say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from auditor.outcomes import Determination
from auditor.samples.clock import Clock, written
from auditor.yaml_lines import LOADER

Entry = Mapping[str, Any]
Row = dict[str, str]


@dataclass(frozen=True)
class Expectation:
    """What the audit should say: a determination for each episode by start, findings it must raise, and findings it must not."""

    determinations: tuple[Determination, ...]
    findings: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """What members share: facilities, coverages, clocks, bills, and how charts are written. Scalars are text, as typed."""

    facilities: Mapping[str, Entry]
    coverages: Mapping[str, Entry]
    clocks: Mapping[str, Clock]
    bills: Mapping[str, Entry]
    measurements: Mapping[str, Entry]
    patterns: Mapping[str, list[list[str]]]
    bundles: Mapping[str, list[Entry]]

    def clock(self, facility: str) -> Clock:
        """The clock on the wall of a facility."""
        return self.clocks[self.facilities[facility]["clock"]]

    def with_offset(self, facility: str, text: str) -> str:
        """A local time of the YAML with its offset; a date without a time as it is."""
        return written(self.clock(facility).read(datetime.fromisoformat(text))) if "T" in text else text


@dataclass(frozen=True)
class Case:
    """One curated member. ``entry`` is its YAML; ``started`` is the moment from which its hours and days are counted."""

    member_id: str
    entry: Entry
    started: datetime

    def __getitem__(self, key: str) -> Any:
        return self.entry[key]

    def get(self, key: str, default: Any = None) -> Any:
        """A value of the YAML entry, or the default."""
        return self.entry.get(key, default)

    @property
    def number(self) -> str:
        """The digits of the member id, from which claim and document ids are made."""
        return self.member_id.removeprefix("S-")

    @property
    def births(self) -> list[str]:
        """Birth dates as written; several where the record disagrees with itself."""
        born = self.entry["born"]
        return born if isinstance(born, list) else [born]

    @property
    def scenarios(self) -> tuple[int, ...]:
        """Numbers of the golden scenarios that the member plays."""
        return tuple(int(number) for number in self.entry.get("scenario", ()))

    @cached_property
    def expect(self) -> Expectation:
        """What the audit should say of the member."""
        expected = self.entry["expect"]
        determined = expected["determination"]
        words = determined if isinstance(determined, list) else [determined]
        return Expectation(
            tuple(Determination(word) for word in words), tuple(expected.get("findings", ())), tuple(expected.get("without", ()))
        )

    def day(self, number: int) -> date:
        """The calendar day so many days after the start."""
        return self.started.date() + timedelta(days=number)


def load_world() -> World:
    """The shared part of the samples."""
    world, charting = read_yaml("world.yaml"), read_yaml("charting.yaml")
    summers = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in world["summer_time"])
    clocks = {name: Clock(int(clock["standard"]), int(clock["summer"]), summers) for name, clock in world["clocks"].items()}
    return World(
        world["facilities"], world["coverages"], clocks, read_yaml("billing.yaml")["bills"],
        charting["measurements"], charting["patterns"], charting["bundles"],
    )  # fmt: skip


def load_cases(world: World) -> tuple[Case, ...]:
    """Every curated member, by id."""
    entries = [entry for source in _members() for entry in yaml.load(source.read_text("utf-8"), LOADER)]
    cases = [Case(entry["id"], entry, world.clock(entry["at"]).read(datetime.fromisoformat(entry["start"]))) for entry in entries]
    return tuple(sorted(cases, key=lambda case: case.member_id))


def read_yaml(name: str) -> Any:
    """A YAML file of this folder with every scalar left as the text it is, so that codes keep their zeros."""
    return yaml.load(files("auditor.samples").joinpath(name).read_text("utf-8"), LOADER)


def _members() -> list[Traversable]:
    folder = files("auditor.samples").joinpath("members")
    return sorted((source for source in folder.iterdir() if source.name.endswith(".yaml")), key=lambda source: source.name)
