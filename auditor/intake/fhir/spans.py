"""Parts of a large file of lines, and the reading of all parts by as many processes as there are cores."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from auditor.errors import ExtractRefused
from auditor.intake.fhir.documents import LINES, Reader, Span
from auditor.intake.fhir.resources import Tally, read_file
from auditor.intake.fhir.rows import Spool
from auditor.intake.found_files import FoundFile

PART = 48 << 20
MOST_PROCESSES = 4
FORKS = "linux"  # elsewhere a process starts the caller's own script again
PLAIN_LINES = tuple(suffix for suffix in LINES if not suffix.endswith(".gz"))


@dataclass(frozen=True)
class Task:
    """A file, or a part of one, and the folder its rows go to; ``stem`` names them in the order of the files."""

    file: FoundFile
    span: Span | None
    spools: Path
    stem: str


@dataclass(frozen=True)
class Done:
    """What became of a task's resources, and what identifies the file where it was read as a whole."""

    tally: Tally
    blank: int
    sha256: str
    size: int


@dataclass(frozen=True)
class Parts:
    """The tasks of one file, and what identifies it where it was looked through to part it."""

    tasks: tuple[Task, ...]
    sha256: str = ""
    size: int = 0


def part_file(file: FoundFile, spools: Path, number: int) -> Parts:
    """One task; for a large file of lines that is not packed, one for each part, ending where a line ends."""
    try:
        large = file.path.stat().st_size > PART and file.has_suffix(PLAIN_LINES)
    except OSError:
        raise ExtractRefused(f"{file.name}: cannot be opened; check that you may read it") from None
    if not large:
        return Parts((Task(file, None, spools, f"{number:06}"),))
    hashed = hashlib.sha256()
    spans = list(_spans(file.path, hashed))
    tasks = tuple(Task(file, span, spools, f"{number:06}.{place:06}") for place, span in enumerate(spans))
    return Parts(tasks, hashed.hexdigest(), spans[-1].end)


def _spans(path: Path, hashed: hashlib._Hash) -> Iterator[Span]:
    start = end = 0
    first, lines = 1, 0
    with path.open("rb") as file:
        while block := file.read(PART):
            hashed.update(block)
            last = block.rfind(b"\n") + 1
            if last:
                lines += block.count(b"\n")
                yield Span(start, end + last, first)
                start, first = end + last, 1 + lines
            end += len(block)
    if start < end:
        yield Span(start, end, first)


def read_task(task: Task) -> Done:
    """Every resource of the task, into spools of its own."""
    reader, spool = Reader(task.file, task.span), Spool(task.spools, task.stem)
    try:
        tally = read_file(reader, spool)
    finally:
        spool.close()
    return Done(tally, reader.blank, reader.sha256, reader.size)


def read_tasks(tasks: Sequence[Task]) -> Iterator[Done]:
    """The tasks in their order; several at a time where there is much to read, and processes are cheap to start."""
    cores = min(MOST_PROCESSES, os.cpu_count() or 1, len(tasks))
    total = sum(path.stat().st_size for path in {task.file.path for task in tasks})
    if cores < 2 or total < PART or sys.platform != FORKS:
        yield from map(read_task, tasks)
        return
    with ProcessPoolExecutor(cores, get_context("fork")) as processes:
        try:
            yield from processes.map(read_task, tasks)
        finally:
            processes.shutdown(cancel_futures=True)
