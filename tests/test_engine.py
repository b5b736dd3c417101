"""The engine, apart from what is asked of it."""

from __future__ import annotations

import pytest

from auditor.engine import INTERRUPTED, megabytes_of, open_engine
from auditor.errors import SettingsRefused


def test_what_the_engine_says_of_an_interrupt_is_one_like_any_other() -> None:
    with pytest.raises(KeyboardInterrupt), open_engine():
        raise RuntimeError(INTERRUPTED)
    with pytest.raises(RuntimeError, match="another"), open_engine():
        raise RuntimeError("another fault")


def limit(memory: str) -> float:
    """The limit of an engine that is opened with this memory."""
    with open_engine(memory) as connection:
        return megabytes_of(connection)


def test_a_share_of_the_machine_is_that_part_of_it() -> None:
    assert limit("25%") == pytest.approx(limit("100%") / 4, rel=0.05)
    assert limit("12.5%") == pytest.approx(limit("25%") / 2, rel=0.05)


@pytest.mark.parametrize("memory", ["150%", "some", "-5%", ""])
def test_what_is_no_amount_of_memory_is_refused(memory: str) -> None:
    with pytest.raises(SettingsRefused, match="--memory: expected an amount such as 1GB"):
        limit(memory)


@pytest.mark.parametrize("memory", ["0%", "1KB", "2MB"])
def test_too_little_memory_is_said_to_be(memory: str) -> None:
    with pytest.raises(SettingsRefused, match=f"--memory: {memory} is too little for this extract"):
        fill(memory)


def fill(memory: str) -> None:
    """Asks for more than a few megabytes hold."""
    with open_engine(memory) as connection:
        connection.execute("CREATE TABLE wide AS SELECT one, one::VARCHAR AS text FROM range(1_000_000) AS numbers(one)")
