"""The engine, apart from what is asked of it."""

from __future__ import annotations

import signal
import threading

import pytest

from auditor.engine import open_engine


def test_a_query_that_someone_ends_is_an_interrupt_like_any_other() -> None:
    ending = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    with pytest.raises(KeyboardInterrupt):
        query_until(ending)


def query_until(ending: threading.Timer) -> None:
    """Asks what takes minutes, and lets a timer end it."""
    with open_engine() as connection:
        ending.start()
        connection.execute("SELECT count(*) FROM range(100_000_000_000) AS numbers(one) WHERE one % 7 = 3")
