"""Writes the chart of a curated member: statements, courses of iNO with their doses, and the readings beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from zlib import crc32

import numpy as np

from auditor.samples.cases import Case, Entry, Row, World
from auditor.samples.clock import written

FLOWSHEET = "flowsheet"


@dataclass(frozen=True)
class Course:
    """One stretch of iNO in hours from the start; ``last`` is None where the chart never ends it."""

    first: float
    last: float | None
    pattern: list[list[float]]
    entry: Entry

    def at(self, hour: float, column: int) -> float:
        """What the pattern gives at an hour: 1 is the oxygen fraction, 2 the saturation, 3 the dose."""
        share = (hour - self.first) / ((self.last or self.first + 1) - self.first)
        passed = list(takewhile(lambda step: step[0] <= share + 1e-9, self.pattern)) or self.pattern[:1]
        return passed[-1][column]

    def hours(self, every: float, before: float = 0) -> list[float]:
        """Hours at which something is charted: every so often, and once more at the end."""
        last = self.first if self.last is None else self.last
        return [*np.arange(self.first - before, last, every).tolist(), last]

    def is_missing(self, hour: float) -> bool:
        """Whether the flowsheet of that hour is lost."""
        lost = self.entry.get("missing")
        return lost is not None and float(lost[0]) <= hour < float(lost[1])


@dataclass(frozen=True)
class Charting:
    """One member's chart being written: the member, the world it is in, and the seeded scatter of its readings."""

    case: Case
    world: World
    rng: np.random.Generator

    def event(self, hour: float, facility: str, **fields: str) -> Row:
        """A row that begins so many hours after the start, by that facility's clock."""
        start = written(self.moment(hour, facility))
        return {"member_id": self.case.member_id, "start": start, "facility": self.world.facilities[facility]["npi"], **fields}

    def moment(self, hour: float, facility: str) -> datetime:
        """What a facility's clock shows so many hours after the start."""
        return self.world.clock(facility).later(self.case.started, hour)

    def document(self, name: str) -> str:
        """The id of one of the member's documents."""
        return f"D-{self.case.number}-{name}"


def chart_rows(case: Case, world: World, seed: int) -> list[Row]:
    """The rows of ``events`` of one member, by time as it is written."""
    charting = Charting(case, world, np.random.default_rng([seed, crc32(case.member_id.encode())]))
    rows = [*_birth(charting), *(row for entry in case.get("chart", ()) for row in _entry(charting, entry))]
    return sorted(rows, key=lambda row: row["start"])


def _entry(charting: Charting, entry: Entry) -> Iterator[Row]:
    if "use" in entry:
        yield from (_statement(charting, one) for one in _bundle(charting.world, entry))
    elif "ino" in entry:
        yield from _course(charting, entry)
    else:
        yield _statement(charting, entry)


def _birth(charting: Charting) -> Iterator[Row]:
    """What the delivery record says: gestation and weight."""
    start = charting.world.with_offset(charting.case["at"], charting.case.births[0])
    for concept, key, unit in (("gestational_age", "gestation", ""), ("birth_weight", "weight", "g")):
        if key in charting.case.entry:
            row = charting.event(0, charting.case["at"], concept=concept, value=charting.case[key], unit=unit)
            yield row | {"start": start, "document_id": charting.document("delivery")}


def _bundle(world: World, entry: Entry) -> Iterator[Entry]:
    """The statements of a bundle, less those a member is without, with the status, hour or words it has instead."""
    changes: dict[str, Mapping[str, str]] = {"status": entry.get("status", {}), "h": entry.get("h", {}), "text": entry.get("words", {})}
    for statement in world.bundles[entry["use"]]:
        concept = statement["concept"]
        if concept not in entry.get("without", ()):
            yield {**statement, **{key: words[concept] for key, words in changes.items() if concept in words}}


def _statement(charting: Charting, entry: Entry) -> Row:
    facility = entry.get("at", charting.case["at"])
    fields = {key: entry[key] for key in ("concept", "status", "value", "unit", "text") if key in entry}
    row = charting.event(float(entry["h"]), facility, **fields) | {"document_id": charting.document(entry["document"])}
    if "end_h" in entry:
        row["end"] = written(charting.moment(float(entry["end_h"]), facility))
    return row


def _course(charting: Charting, entry: Entry) -> Iterator[Row]:
    pattern = [[float(number) for number in step] for step in charting.world.patterns[entry.get("pattern", "weaning")]]
    first, last = float(entry["ino"][0]), float(entry["ino"][1]) if len(entry["ino"]) > 1 else None
    course = Course(first, last, pattern, entry)
    facility = entry.get("at", charting.case["at"])
    segment = charting.event(first, facility, concept="ino", document_id=charting.document(FLOWSHEET))
    yield segment if last is None else segment | {"end": written(charting.moment(last, facility))}
    if "dose" in entry:
        yield from (_reading(charting, course, "dose", hour) for hour in course.hours(float(entry["dose"]))[:-1])
    if "vitals" in entry:
        yield from _vitals(charting, course)


def _vitals(charting: Charting, course: Course) -> Iterator[Row]:
    for hour in course.hours(float(course.entry["vitals"]), float(course.entry.get("before", 6))):
        if not course.is_missing(hour):
            yield _reading(charting, course, "fio2", hour)
            yield _reading(charting, course, "spo2", hour)


def _reading(charting: Charting, course: Course, name: str, hour: float) -> Row:
    """One charted value, written as the member's chart writes that measurement."""
    measure = {**charting.world.measurements[name], **course.entry.get("measure", {}).get(name, {})}
    spread = int(measure.get("wobble", 0))
    value = course.at(hour, ("", "fio2", "spo2", "dose").index(name)) + int(charting.rng.integers(-spread, spread + 1))
    scaled = min(value, float(measure.get("highest", value))) * float(measure.get("scale", 1))
    naming = ("code_system", "code") if "code" in measure else ("concept",)
    fields = {key: measure[key] for key in (*naming, "unit")} | {"value": f"{scaled:.{measure['decimals']}f}"}
    return charting.event(hour, course.entry.get("at", charting.case["at"]), **fields, document_id=charting.document(FLOWSHEET))
