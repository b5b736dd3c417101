"""Runs one part of a benchmark in a process of its own, within limits of time and memory, and says what it took."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GIGABYTE = 1 << 30
OUT_OF_MEMORY = re.compile(r"MemoryError|OutOfMemory|Out of Memory|Cannot allocate|nable to allocate|alloc of size|bad_alloc|failed to map")
ERROR = re.compile(r"^[\w.]*(?:Error|Exception)\b.*", re.MULTILINE)


@dataclass(frozen=True)
class Limits:
    """Seconds and gigabytes of address space after which a part did not finish."""

    seconds: int = 900
    gigabytes: float = 16


@dataclass(frozen=True)
class Measure:
    """What a part took: seconds on the wall and of the processors, megabytes at most, and what else it told.

    ``unfinished`` says why there is nothing to say; it is empty where the part came to its end.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)
    unfinished: str = ""


def measure(part: str, folder: Path, out: Path, limits: Limits) -> Measure:
    """One part of ``benchmarks.parts`` over the extract in a folder; its results go to another."""
    command = [sys.executable, "-m", "benchmarks.parts", part, str(folder), str(out)]
    start = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: bound(limits), start_new_session=True
    )
    try:
        said, complained = process.communicate(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        return Measure(unfinished=f"did not finish in {limits.seconds / 60:g} minutes")
    finally:
        end(process)
    if process.returncode:
        return Measure(unfinished=why_it_ended(process.returncode, complained, limits))
    told = json.loads(said.splitlines()[-1])
    return Measure(told.pop("ended") - start, told.pop("cpu"), told.pop("peak"), told)


def end(process: subprocess.Popen[str]) -> None:
    """Whatever still runs of a part, with its own processes; nothing where it came to its end."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def bound(limits: Limits) -> None:
    """No more memory than that for this process, and no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = int(limits.gigabytes * GIGABYTE)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def why_it_ended(code: int, complained: str, limits: Limits) -> str:
    """Why a part came to no end: no memory left, or its last words."""
    if OUT_OF_MEMORY.search(complained):
        return f"did not finish in {limits.gigabytes:g} GB"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"failed: {(ERROR.findall(complained) or ['no words'])[-1][:200]}"


def account() -> dict[str, float]:
    """What this process and its children took so far. The system's own count of a process remembers what its parent held: not that."""
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, children = (usage.ru_maxrss / 1024 for usage in usages)
    status = Path("/proc/self/status")
    if status.exists():
        [own] = [int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return {"ended": time.monotonic(), "cpu": cpu, "peak": max(own, children)}
