"""How far a mean of n episodes strays by chance: exact limits from everyone's values, with no curve assumed.

A facility's n values are taken as drawn from the pool of all facilities. The chance of each possible sum is the pool's distribution
convolved with itself n times, so that skewed days and dollars need no normal curve, and a share is the plain binomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# Dollars are rounded to this many steps between the least and the greatest; shares and days are whole already.
STEPS = 200


@dataclass(frozen=True, eq=False)
class Pool:
    """Everyone's values on a grid: ``base`` plus whole multiples of ``step``, each with its probability."""

    base: float
    step: float
    chances: Values

    def place(self, values: Values) -> NDArray[np.int64]:
        """The steps of values on the grid."""
        return np.rint((values - self.base) / self.step).astype(np.int64)


def make_pool(values: Values) -> Pool:
    """The pool of these values; at least one is needed."""
    base, top = float(values.min()), float(values.max())
    whole = bool(np.all(values == np.rint(values))) and top - base <= STEPS
    step = 1.0 if whole or top == base else (top - base) / STEPS
    counts = np.bincount(np.rint((values - base) / step).astype(np.int64))
    return Pool(base, step, counts / counts.sum())


@lru_cache(maxsize=4)
def sum_chances(pool: Pool, count: int) -> Values:
    """The probability of each sum of ``count`` values, in steps above ``count`` times the base."""
    length = count * (len(pool.chances) - 1) + 1
    padded = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(pool.chances, padded)
    return np.clip(np.fft.irfft(_raise(spectrum, count), padded)[:length], 0.0, 1.0)


def _raise(spectrum: NDArray[np.complex128], count: int) -> NDArray[np.complex128]:
    """The spectrum to a whole power, by squaring: a power of complex numbers goes through their logarithms, at ten times the cost."""
    if count == 1:
        return spectrum
    half = _raise(spectrum * spectrum, count // 2)
    return half * spectrum if count % 2 else half


def tails(pool: Pool, values: Values) -> tuple[float, float]:
    """How likely a sum as low, and one as high, is by chance; half of the sum itself belongs to each."""
    chances = sum_chances(pool, len(values))
    total = int(pool.place(values).sum())
    here = float(chances[total]) / 2
    return float(chances[:total].sum()) + here, float(chances[total + 1 :].sum()) + here


def limits(pool: Pool, count: int, share: float) -> tuple[float, float]:
    """The least and the greatest mean of ``count`` values that is not beyond the central ``share`` of chance."""
    chances = sum_chances(pool, count)
    before = np.cumsum(chances) - chances / 2
    tail = (1 - share) / 2
    inside = np.flatnonzero((before >= tail) & (before <= 1 - tail))
    low, high = (inside[0], inside[-1]) if len(inside) else (int(chances.argmax()),) * 2
    return tuple(round(pool.base + place * pool.step / count, 6) for place in (int(low), int(high)))  # type: ignore[return-value]
