"""Makes chart events of a population, a row group at a time: patients' flowsheets and statements among anyone's readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from auditor.samples.bulk_lines import MEMBER_PREFIX, MEMBER_WIDTH
from auditor.samples.cases import Entry
from auditor.samples.patients import DAY, KINDS, VENTILATED, Design, row_groups
from auditor.samples.pools import SLOT_MINUTES, Numbers, Values, numbered, pick, pool, time_pool

EVENT = np.dtype(
    [("member", "i8"), ("minute", "i8"), ("end", "i8"), ("what", "i2"), ("value", "i4"), ("facility", "i1"), ("patient", "i8")]
)
NONE = -1
WHOLE, HUNDREDTHS, GESTATIONS = 1000, 101, 301
COURSE = ("ino", "dose", "spo2", "fio2", "gestation")


@dataclass(frozen=True)
class EventMaker:
    """The events of one population."""

    design: Design
    patients: Numbers

    def batches(self) -> Iterator[pa.Table]:
        """Row groups; each holds the patients of its share of the period among readings of anyone."""
        for rows, patients in row_groups(self.design, "events", self.patients):
            rng = self.design.rng(2, rows.start)
            ours = self._patient_events(patients, rng)
            others = self._other_events(rows.start, max(len(rows) - len(ours), 0), rng)
            yield self._encode(rng.permutation(np.concatenate([ours, others])))

    @cached_property
    def whats(self) -> list[Entry]:
        """What an event can be: measurements of anyone, a course's charting, statements."""
        makeup = self.design.makeup
        return [*makeup["measurements"], *(makeup["courses"][name] for name in COURSE), *makeup["statements"]]

    @cached_property
    def values(self) -> Values:
        """Every value as charted: nothing, whole numbers, hundredths, gestations by day."""
        weeks = [f"{days // 7}w{days % 7}d" for days in range(GESTATIONS)]
        return pool([*(str(number) for number in range(WHOLE)), *(f"{number / 100:.2f}" for number in range(HUNDREDTHS)), *weeks, ""])

    @cached_property
    def times(self) -> Values:
        """Every moment as written by every facility."""
        return time_pool(self.design.world, self.design.first - timedelta(days=self._room("room_before")), self._span)

    @cached_property
    def _npis(self) -> Values:
        return pool([one["npi"] for one in self.design.world.facilities.values()])

    @property
    def _span(self) -> int:
        return self.design.days + self._room("room_before") + self._room("room_after")

    def _room(self, name: str) -> int:
        return int(self.design.makeup["period"][name])

    def _course(self, name: str) -> int:
        return len(self.design.makeup["measurements"]) + COURSE.index(name)

    def _patient_events(self, patients: Numbers, rng: np.random.Generator) -> Numbers:
        treated = patients[patients["kind"] != VENTILATED]
        series = (self._series(whom, name, rng) for whom, name in ((treated, "dose"), (patients, "spo2"), (patients, "fio2")))
        return np.concatenate([self._segments(treated), *series, self._gestations(patients), *self._statements(patients)])

    def _segments(self, patients: Numbers) -> Numbers:
        events = _events(patients, patients["start"], self._course("ino"))
        events["end"] = patients["start"] + patients["minutes"]
        return events

    def _gestations(self, patients: Numbers) -> Numbers:
        born = patients[(patients["kind"] != KINDS.index("child")) & patients["birth"]]
        events = _events(born, born["start"] - born["age"], self._course("gestation"))
        events["value"] = WHOLE + HUNDREDTHS + born["gestation"]
        return events

    def _series(self, patients: Numbers, name: str, rng: np.random.Generator) -> Numbers:
        """Readings every so many hours of a course."""
        measure = self.design.makeup["courses"][name]
        every = 60 * int(measure["every"])
        counts = patients["minutes"] // every + 1
        owner = np.repeat(np.arange(len(patients)), counts)
        minute = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)) * every
        events = _events(patients[owner], patients["start"][owner] + minute, self._course(name))
        events["value"] = self._readings(measure, minute / patients["minutes"][owner], rng)
        return events

    def _readings(self, measure: Entry, gone: Numbers, rng: np.random.Generator) -> Numbers:
        """What a pattern shows when that share of a course has gone by, give or take; as positions among the values."""
        pattern = np.array(self.design.world.patterns[self.design.makeup["pattern"]], dtype=float)
        shown = pattern[np.searchsorted(pattern[:, 0], gone, side="right") - 1, int(measure["column"])]
        whole = np.rint(shown * 100 if "hundredths" in measure else shown).astype(np.int64)
        spread = int(measure.get("scatter", 0))
        scattered = np.minimum(whole + rng.integers(-spread, spread + 1, len(gone)), int(measure.get("highest", WHOLE - 1)))
        return np.asarray(scattered + (WHOLE if "hundredths" in measure else 0))

    def _statements(self, patients: Numbers) -> Iterator[Numbers]:
        first = len(self.design.makeup["measurements"]) + len(COURSE)
        for position, statement in enumerate(self.design.makeup["statements"], start=first):
            documented = patients[(patients["kind"] == KINDS.index(statement["kind"])) & patients[statement["documented"]]]
            yield _events(documented, documented["start"] + 60 * int(statement["hour"]), position)

    def _other_events(self, first: int, count: int, rng: np.random.Generator) -> Numbers:
        """Readings of anyone, around the time at which they were loaded."""
        measurements = self.design.makeup["measurements"]
        weights = np.array([float(one["weight"]) for one in measurements])
        events = np.zeros(count, EVENT)
        events["member"] = rng.integers(0, self.design.members, count)
        loaded = self.design.days * DAY * (first + np.arange(count)) // max(self.design.events, 1)
        events["minute"] = (loaded - rng.integers(0, 5 * DAY, count)) // SLOT_MINUTES * SLOT_MINUTES
        events["what"] = rng.choice(len(weights), count, p=weights / weights.sum())
        lows, highs = (np.array([int(one[name]) for one in measurements]) for name in ("low", "high"))
        drawn = rng.integers(lows[events["what"]], highs[events["what"]] + 1)
        events["value"] = drawn + np.array([WHOLE if "hundredths" in one else 0 for one in measurements])[events["what"]]
        events["facility"] = events["member"] % len(self.design.world.facilities)
        events["end"], events["patient"] = NONE, NONE
        return events

    def _encode(self, events: Numbers) -> pa.Table:
        names = ("concept", "code_system", "code", "status", "unit")
        named = {name: pick(pool([one.get(name, "") for one in self.whats]), events["what"]) for name in names}
        return pa.table({
            "member_id": numbered(MEMBER_PREFIX, events["member"], MEMBER_WIDTH),
            "start": self._clock(events["minute"]),
            "end": self._clock(events["end"]),
            **named,
            "value": pick(self.values, events["value"]),
            "facility": pick(self._npis, events["facility"]),
            "document_id": numbered("D-", events["patient"], 8),
        })  # fmt: skip

    def _clock(self, minutes: Numbers) -> Values:
        """The facility's clock, as a warehouse keeps it: typed, without an offset; null for none."""
        moments = np.datetime64(self.design.first, "m") + minutes.astype("timedelta64[m]")
        return pa.array(moments.astype("datetime64[us]"), pa.timestamp("us"), mask=minutes == NONE)


def _events(patients: Numbers, minutes: Numbers, what: int) -> Numbers:
    """One event a patient, with no end and no value yet."""
    events = np.zeros(len(patients), EVENT)
    events["minute"], events["what"] = minutes, what
    events["end"], events["value"] = NONE, WHOLE + HUNDREDTHS + GESTATIONS
    events["patient"] = patients["number"]
    events["member"], events["facility"] = patients["member"], patients["facility"]
    return events
