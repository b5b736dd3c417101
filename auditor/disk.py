"""Knows a full disk, whoever met it: the system, the engine, or the ledger."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.errors import AuditorError, DiskFull

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SAID = ("no space left on device", "disk quota exceeded", "file too large", "database or disk is full", "could not write all")


@contextmanager
def say_when_full(folder: Path) -> Iterator[None]:
    """Turns any failure for want of room into DiskFull, which names the folder and what to do."""
    try:
        yield
    except Exception as fault:
        if not is_full(fault):
            raise
        raise DiskFull(
            f"the disk of {folder} is full ({free_text(folder)}). No half of a run is left, and what was complete is kept. "
            "Free some space, or let retention keep fewer runs; the next run starts clean."
        ) from None


def is_full(fault: BaseException) -> bool:
    """Whether a failure, or one that it came of, is want of room on a disk."""
    return any(_is_full(one) for one in _chain(fault))


def _is_full(fault: BaseException) -> bool:
    if isinstance(fault, OSError) and fault.errno in FULL:
        return True
    return not isinstance(fault, AuditorError) and any(words in str(fault).lower() for words in SAID)


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def free_bytes(folder: Path) -> int:
    """Free bytes of the disk that a folder, or the nearest one above it that is there, lies on."""
    return shutil.disk_usage(next(path for path in (folder, *folder.absolute().parents) if path.exists())).free


def free_text(folder: Path) -> str:
    """The same for a message."""
    return f"{size_text(free_bytes(folder))} free"


def size_text(size: float) -> str:
    """A number of bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
