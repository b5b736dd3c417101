"""Checks of what lies on the machine: folders and their rights, room on the disk, the extract, the lock, the clock, the schedule."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from auditor.disk import free_bytes, size_text
from auditor.nightly.arrival import look
from auditor.nightly.doctor import Check, mend, watch, well
from auditor.nightly.heartbeat import last_success
from auditor.nightly.night import Night, clock_behind
from auditor.runs import RunFolder, run_folders
from auditor.runs.names import LOCK

OTHERS = stat.S_IRWXG | stat.S_IRWXO
ENOUGH_RUNS, LEAST_RUNS = 20, 2
LEAST_BYTES = 200_000_000
RECENT = 5
UNITS = ("auditor-nightly.timer", "auditor-nightly@.timer")
UNIT_FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")


def check_folders(night: Night) -> Iterator[Check]:
    """The folders that a night writes in."""
    yield _folder("runs", night.settings.run.out, private=True)
    if night.settings.run.scratch is not None:
        yield _folder("scratch", night.settings.scratch, private=True)
    part = night.settings.watch
    for name, path in (("log", part.log), ("metrics", part.metrics), ("heartbeat", part.heartbeat)):
        if path is not None:
            yield _folder(name, path.parent, private=False)
    for name, path in (("metrics", part.metrics), ("heartbeat", part.heartbeat)):
        if path is not None and part.readable and (shut := _shut(path)):
            yield watch(name, f"{path.name} is to be read by others, and {shut} lets none of them through", f"chmod o+x {shut}")


def _shut(path: Path) -> Path | None:
    """The first folder above a file, from the root, that others may not pass through."""
    return next((one for one in reversed(path.absolute().parents) if one.is_dir() and not one.stat().st_mode & stat.S_IXOTH), None)


def _folder(name: str, folder: Path, private: bool) -> Check:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        return mend(name, f"{there} is no folder", "Name another, or move the file away.")
    if not os.access(there, os.W_OK | os.X_OK):
        return mend(name, f"{there} cannot be written", "Give the user of the nights the right to write there.")
    if there != folder:
        return well(name, f"{folder} will be made")
    found = folder.stat()
    if private and found.st_mode & OTHERS:
        return mend(name, f"{folder} is open to others (mode {stat.S_IMODE(found.st_mode):04o})", f"chmod 700 {folder}")
    if private and found.st_uid != os.geteuid():
        return watch(name, f"{folder} belongs to another user", "Let the user of the nights own it.")
    return well(name, f"{folder} can be written{', and is private' if private else ''}")


def check_disk(night: Night) -> Iterator[Check]:
    """Room for runs, measured by the largest of the recent ones."""
    folder = night.settings.run.out
    largest = max((size_of(run) for run in run_folders(folder)[-RECENT:]), default=0)
    free, wanted = free_bytes(folder), max(LEAST_BYTES, LEAST_RUNS * largest)
    found = f"{size_text(free)} free{f', the largest recent run has {size_text(largest)}' if largest else ''}"
    if free < wanted:
        yield mend("disk", found, f"Free some space: {size_text(wanted)} are wanted.")
    elif largest and free < ENOUGH_RUNS * largest:
        yield watch("disk", found, f"Room for about {free // largest} runs: free some space, or let [retention] keep fewer.")
    else:
        yield well("disk", found)


def size_of(run: RunFolder) -> int:
    """Bytes of a run."""
    return sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())


def check_extract(night: Night) -> Iterator[Check]:
    """What of the extract is there now; of a warehouse see ``auditor/cli/doctor_warehouse.py``."""
    if night.settings.warehouse is not None:
        return
    found = look(night.settings.extract)
    if found.doubts:
        yield watch("extract", "; ".join(found.doubts), "A night would wait, and then say that nothing whole has arrived.")
    else:
        yield well("extract", f"{len(found.files)} files, {size_text(sum(file.size for file in found.files))}")


def check_lock(night: Night) -> Iterator[Check]:
    """Whether a run is in progress."""
    try:
        handle = os.open(night.settings.run.out / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        yield well("lock", "free")
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield well("lock", "free")
    except BlockingIOError:
        yield watch("lock", "a run is in progress", "A night that begins now ends with exit code 14.")
    finally:
        os.close(handle)


def check_clock(night: Night) -> Iterator[Check]:
    """The clock against the newest run."""
    behind = clock_behind(night)
    if behind:
        yield watch("clock", f"{behind:,.0f} seconds behind the newest run", "Set the clock. Runs are named on from the newest.")
    else:
        yield well("clock", f"{night.clock.at():%Y-%m-%d %H:%M %Z}, not behind the newest run")


def check_schedule(night: Night) -> Iterator[Check]:
    """Whether a timer is installed, and when a night last went well."""
    found = next((folder / unit for folder in map(Path, UNIT_FOLDERS) for unit in UNITS if (folder / unit).exists()), None)
    if found:
        yield well("schedule", f"{found} is installed")
    else:
        yield watch(
            "schedule", "no systemd timer is installed", "Install one from configs/schedule, or see that cron or Airflow begins the nights."
        )
    before = last_success(night.settings.watch.heartbeat)
    if before:
        yield well("last night", f"went well at {before}")
