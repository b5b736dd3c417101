"""Draws the ventilated patients of a population: who they are, when their course began, and what of it is documented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from auditor.samples.cases import Entry, World, load_world, read_yaml
from auditor.samples.pools import SLOT_MINUTES, Numbers

DAY = 24 * 60
KINDS = ("newborn", "ventilated", "child")
NEWBORN, VENTILATED, CHILD = range(3)
FLAGS = ("failure", "echo", "crisis", "birth", "gas", "unlisted", "replaced")
PATIENT = np.dtype(
    [("number", "i8"), ("member", "i8"), ("kind", "i1"), ("start", "i8"), ("age", "i8"), ("minutes", "i8"), ("gestation", "i4"),
     ("facility", "i1"), ("coverage", "i1"), *((flag, "?") for flag in FLAGS)]
)  # fmt: skip


@dataclass(frozen=True)
class Design:
    """What a population is made of, and how large it is. Times are minutes from the first day of the period."""

    members: int
    lines: int
    events: int
    seed: int
    makeup: Entry
    world: World

    @property
    def days(self) -> int:
        """Days of the period."""
        return int(self.makeup["period"]["days"])

    @property
    def first(self) -> datetime:
        """First midnight of the period."""
        return datetime.fromisoformat(self.makeup["period"]["first"])

    def rng(self, *stream: int) -> np.random.Generator:
        """Random numbers of one part of the population, the same whichever part is made first."""
        return np.random.default_rng([self.seed, *stream])


def design(members: int, seed: int, lines: int | None, events: int | None, listed: float | None = None) -> Design:
    """A population of so many members; lines and events in proportion, and the usual share of lines listed, where they are not given."""
    makeup = read_yaml("population.yaml")
    if listed is not None:
        makeup = {**makeup, "listed_share": str(listed)}
    each = makeup["per_member"]
    sizes = (lines if lines is not None else members * int(each["lines"]), events if events is not None else members * int(each["events"]))
    return Design(members, *sizes, seed, makeup, load_world())


def draw_patients(plan: Design) -> Numbers:
    """Patients by start; as many as bill the listed share of all lines, and no more than there are members."""
    wanted = int(plan.lines * float(plan.makeup["listed_share"]))
    patients = _draw(plan, min(plan.members, wanted // 2 + 1))
    listed = np.cumsum(course_days(patients) * (1 + patients["unlisted"]))
    kept = np.sort(patients[: np.searchsorted(listed, wanted)], order="start")
    kept["number"] = np.arange(len(kept))
    return kept


def course_days(patients: Numbers) -> Numbers:
    """Calendar days that the course touches."""
    return np.asarray((patients["start"] + patients["minutes"]) // DAY - patients["start"] // DAY + 1)


def row_groups(plan: Design, table: str, patients: Numbers) -> Iterator[tuple[range, Numbers]]:
    """Row groups of a table: which of its rows, and the patients of that share of the period."""
    total, size = {"claim_lines": plan.lines, "events": plan.events}[table], int(plan.makeup["row_group"][table])
    firsts = range(0, total, size)
    cuts = np.linspace(0, len(patients), len(firsts) + 1).astype(int)
    for group, first in enumerate(firsts):
        yield range(first, min(first + size, total)), patients[cuts[group] : cuts[group + 1]]


def _draw(plan: Design, count: int) -> Numbers:
    rng, words = plan.rng(0), plan.makeup["patients"]
    patients = np.zeros(count, PATIENT)
    patients["member"] = rng.choice(plan.members, count, replace=False)
    patients["kind"] = rng.choice(len(KINDS), count, p=[float(words["kinds"][kind]) for kind in KINDS])
    patients["start"] = _slot(rng.integers(0, plan.days * DAY, count))
    patients["age"] = _ages(rng, patients["kind"], words)
    patients["minutes"] = _courses(rng, count, words["hours"])
    early = rng.random(count) < float(words["preterm"])
    patients["gestation"] = np.where(early, *(rng.integers(*_bounds(words["gestations"][name]), count) for name in ("preterm", "term")))
    patients["facility"] = rng.integers(0, len(plan.world.facilities), count)
    patients["coverage"] = patients["member"] % len(plan.world.coverages)
    _flag(rng, patients, words)
    return patients


def _ages(rng: np.random.Generator, kinds: Numbers, words: Any) -> Numbers:
    """Age in minutes at the start: newborns in their first days, a few later, children past their first year."""
    count = len(kinds)
    newborn, late, child = (rng.integers(*_bounds(words["ages"][name], DAY), count) for name in ("newborn", "late", "child"))
    return _slot(np.select([kinds == CHILD, rng.random(count) < float(words["late"])], [child, late], newborn))


def _bounds(both: Sequence[str], unit: int = 1) -> tuple[int, int]:
    """Lowest value, and the first above the highest."""
    return int(float(both[0]) * unit), int(float(both[1]) * unit) + 1


def _courses(rng: np.random.Generator, count: int, words: Any) -> Numbers:
    mean, shape, shortest, longest = (float(words[name]) for name in ("mean", "shape", "shortest", "longest"))
    return _slot(60 * np.clip(rng.gamma(shape, mean / shape, count), shortest, longest))


def _flag(rng: np.random.Generator, patients: Numbers, words: Any) -> None:
    """Fills in what is documented and how gas is billed."""
    count = len(patients)
    for name, share in words["documented"].items():
        patients[name] = rng.random(count) < float(share)
    form, billed = rng.random(count), words["gas_billed"]
    on_gas = patients["kind"] != VENTILATED
    patients["gas"] = on_gas & (form < float(billed["gas"]))
    patients["unlisted"] = on_gas & ~patients["gas"] & (form < float(billed["gas"]) + float(billed["unlisted"]))
    patients["replaced"] = patients["gas"] & (rng.random(count) < float(words["replaced"]))


def _slot(minutes: Numbers) -> Numbers:
    """Minutes rounded down to the slots that charts are written in."""
    return np.asarray(minutes, np.int64) // SLOT_MINUTES * SLOT_MINUTES
