"""The engine and the reference read the same page; random extracts must never tell them apart."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.properties.implementations import differences, engine_tables, reference_tables
from tests.properties.strategies import Extract, describe, extracts

# An audit takes a second or two: the short test shows the first extract that differs, the thorough one makes it small.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def compare(extract: Extract) -> None:
    """Fails with every difference, by table, key and column, and the extract that shows it."""
    found = differences(engine_tables(extract), reference_tables(extract))
    assert not found, "\n".join(["", *found, "", describe(extract)])


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW, phases=QUICK)
@given(extracts())
def test_the_engine_and_the_reference_agree(extract: Extract) -> None:
    compare(extract)


@pytest.mark.thorough
@settings(max_examples=2000, deadline=None, suppress_health_check=SLOW)
@given(extracts())
def test_the_engine_and_the_reference_agree_at_length(extract: Extract) -> None:
    compare(extract)
