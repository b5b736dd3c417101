"""What a run is called, and the lock that lets one run at a time into a folder."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import AuditorError, RunLocked
from auditor.private_files import make_private

LOCK = ".auditor.lock"
RUN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{3,})")


def next_name(out: Path, day: str) -> str:
    """The day (YYYY-MM-DD) and the next free number of that day."""
    return name_after((path.name for path in out.iterdir() if path.name.startswith(day)), day)


def name_after(names: Iterable[str], day: str) -> str:
    """The name that follows all those of runs: of the day, or of the latest day among them where the clock has been set back."""
    taken = [(found[1], int(found[2])) for name in names if (found := RUN_NAME.fullmatch(name))]
    latest = max([day, *(one for one, _ in taken)])
    return f"{latest}-{max((number for one, number in taken if one == latest), default=0) + 1:03d}"


@contextmanager
def lock_folder(out: Path) -> Iterator[None]:
    """Holds the output folder for one run at a time; RunLocked where another has it."""
    try:
        make_private(out)
        handle = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise AuditorError(
            f"the folder of runs (--out, or out in [run]) cannot be written ({fault.strerror}). "
            "Choose another, or ask for the right to write there."
        ) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise RunLocked(f"another run is at work in the folder of runs {out.name}. Wait for it to end.") from None
    finally:
        os.close(handle)
