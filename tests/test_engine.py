"""The engine, apart from what is asked of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auditor.batches.plan import UNITS
from auditor.engine import open_engine
from auditor.errors import SettingsRefused


ENDED = """
import signal, threading
from auditor.engine import open_engine
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
try:
    with open_engine() as connection:
        connection.execute("SELECT count(*) FROM range(30_000_000_000) AS numbers(one) WHERE one % 7 = 3")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_query_that_someone_ends_is_an_interrupt_like_any_other() -> None:
    # in a process of its own, which takes signals as a terminal's does
    done = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


def limit(memory: str) -> float:
    """The engine's limit in MiB."""
    with open_engine(memory) as connection:
        [(amount,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = str(amount).split()
    return float(number) * UNITS[unit]


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
