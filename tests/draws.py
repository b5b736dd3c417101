"""How many random examples a test draws: a few every day, many under ``make thorough``, which says so by AUDITOR_DRAWS=many."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings


def how_many(few: int, many: int) -> int:
    """The number of the day, or that of the long tests."""
    return many if os.environ.get("AUDITOR_DRAWS") == "many" else few


def draws(few: int, many: int) -> Callable[[Any], Any]:
    """A decorator of a test with Hypothesis, above ``given``; marks it ``random``, so that `make thorough` runs it again with many."""
    drawn = settings(max_examples=how_many(few, many), deadline=None, suppress_health_check=list(HealthCheck))

    def mark(test: Any) -> Any:
        return pytest.mark.random(drawn(test))

    return mark
