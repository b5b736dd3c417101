"""Limits of chance: exact, and silent on noise."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from auditor.providers.limits import limits, make_pool, sum_chances, tails


def test_a_share_is_the_plain_binomial() -> None:
    pool = make_pool(np.array([0.0] * 70 + [1.0] * 30))
    expected = [comb(12, k) * 0.3**k * 0.7 ** (12 - k) for k in range(13)]
    assert sum_chances(pool, 12) == pytest.approx(expected, abs=1e-12)


def test_the_sum_of_two_dice() -> None:
    pool = make_pool(np.arange(1.0, 7.0))
    assert sum_chances(pool, 2) == pytest.approx([n / 36 for n in (1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1)], abs=1e-12)
    below, above = tails(pool, np.array([6.0, 6.0]))
    assert (below, above) == pytest.approx((1 - 1 / 72, 1 / 72))


def test_limits_draw_together_as_episodes_grow_in_number() -> None:
    pool = make_pool(np.array([0.0] * 80 + [1.0] * 20))
    widths = [high - low for low, high in (limits(pool, count, 0.95) for count in (10, 40, 160, 640))]
    assert widths == sorted(widths, reverse=True)
    assert all(low <= 0.2 <= high for low, high in (limits(pool, count, 0.95) for count in (10, 40, 160, 640)))


def test_a_pool_of_one_value_has_no_room() -> None:
    pool = make_pool(np.full(30, 5.0))
    assert limits(pool, 10, 0.998) == (5.0, 5.0)
    assert tails(pool, np.full(10, 5.0)) == pytest.approx((0.5, 0.5))


def draw(kind: str, rng: np.random.Generator, count: int) -> np.ndarray:
    match kind:
        case "share":
            return rng.binomial(1, 0.3, count).astype(float)
        case "rare share":
            return rng.binomial(1, 0.04, count).astype(float)
        case "days":
            return rng.geometric(0.2, count).astype(float)
        case _:
            return np.round(rng.lognormal(12, 0.6, count))


@pytest.mark.parametrize("kind", ["share", "rare share", "days", "dollars"])
def test_identical_facilities_are_flagged_at_the_nominal_rate(kind: str) -> None:
    """Pure noise: facilities that differ by chance alone, over many seeds; a little below is the price of whole numbers."""
    flagged = tried = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        own = [draw(kind, rng, int(size)) for size in rng.integers(10, 60, 40)]
        pool = make_pool(np.concatenate(own))
        flagged += sum(min(tails(pool, values)) < 0.025 for values in own)
        tried += len(own)
    spread = 3 * (0.05 * 0.95 / tried) ** 0.5
    assert flagged / tried <= 0.05 + spread
    assert flagged / tried >= (0.01 if kind == "rare share" else 0.025)


def test_a_facility_that_differs_is_seen() -> None:
    rng = np.random.default_rng(1)
    others, own = rng.binomial(1, 0.2, 900).astype(float), rng.binomial(1, 0.7, 40).astype(float)
    pool = make_pool(np.concatenate([others, own]))
    assert tails(pool, own)[1] < 0.001
