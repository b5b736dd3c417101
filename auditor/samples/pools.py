"""Turns whole columns of numbers into Arrow columns: texts from a pool, ids, dates, times with offset, and money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from auditor.samples.cases import World
from auditor.samples.clock import Clock

Numbers = npt.NDArray[Any]
Values: TypeAlias = "pa.Array[Any]"
SLOT_MINUTES = 5
OFFSET_LENGTH = len("+00:00")


def pool(texts: Sequence[str]) -> Values:
    """Texts to take from by position; an empty one is null."""
    return pa.array([text or None for text in texts], pa.string())


def pick(texts: Values, positions: Numbers, missing: Numbers | None = None) -> Values:
    """The texts at these positions; null where they are missing."""
    where: Values = pa.array(positions, mask=missing)
    return texts.take(where)


def numbered(prefix: str, numbers: Numbers, width: int) -> Values:
    """Ids made of a prefix and a number; null where the number is negative."""
    digits = pc.utf8_lpad(pa.array(numbers.astype(np.int64), mask=numbers < 0).cast(pa.string()), width, "0")
    ids: Values = pc.call_function("binary_join_element_wise", [pa.scalar(prefix), digits, pa.scalar("")])
    return ids


def money(cents: Numbers) -> Values:
    """Whole cents as dollars, DECIMAL(18,2): the two halves of a 128-bit whole number, the upper one its sign."""
    halves = np.empty((len(cents), 2), np.int64)
    halves[:, 0] = cents
    halves[:, 1] = halves[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(halves.tobytes())])


def dates(days: Numbers, first: np.datetime64) -> Values:
    """Days counted from a first one, as dates."""
    return pa.array(first + days.astype("timedelta64[D]"), pa.date32())


def time_pool(world: World, first: datetime, days: int) -> Values:
    """Every fifth minute of a period as each facility's clock writes it, facility after facility."""
    walls = np.datetime_as_string(np.datetime64(first, "m") + SLOT_MINUTES * np.arange(slots(days)))
    offsets = {name: _offsets(clock, first, days) for name, clock in world.clocks.items()}
    by_clock = {name: np.strings.add(walls, np.repeat(hourly, slots(days) // len(hourly))) for name, hourly in offsets.items()}
    return pa.array(np.concatenate([by_clock[facility["clock"]] for facility in world.facilities.values()]), pa.string())


def _offsets(clock: Clock, first: datetime, days: int) -> Numbers:
    """What a clock writes after the time, hour by hour; clocks turn on the hour."""
    return np.array([clock.read(first + timedelta(hours=hour)).isoformat()[-OFFSET_LENGTH:] for hour in range(24 * days)])


def slots(days: int) -> int:
    """How many five-minute slots so many days have."""
    return days * 24 * 60 // SLOT_MINUTES
