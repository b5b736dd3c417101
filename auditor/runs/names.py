"""What a run is called, and the lock that lets one run at a time into a folder."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import AuditorError, RunLocked

LOCK = ".auditor.lock"
RUN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{3,})")


def next_name(out: Path, day: str) -> str:
    """The day (YYYY-MM-DD) and the next free number of that day."""
    taken = [int(found[2]) for path in out.iterdir() if path.name.startswith(day) and (found := RUN_NAME.fullmatch(path.name))]
    return f"{day}-{max(taken, default=0) + 1:03d}"


@contextmanager
def lock_folder(out: Path) -> Iterator[None]:
    """Holds the output folder for one run at a time; RunLocked where another has it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise AuditorError(
            f"--out: the folder cannot be written ({fault.strerror}). Choose another, or ask for the right to write there."
        ) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise RunLocked("another run is writing to this output folder. Wait for it to end, or choose another --out.") from None
    finally:
        os.close(handle)
