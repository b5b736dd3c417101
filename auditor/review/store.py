"""Where decisions are kept: what any store of them does, and the store that is a CSV file."""

from __future__ import annotations

import csv
import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from auditor.errors import WorklistRefused
from auditor.private_files import write_whole
from auditor.report.cells import APOSTROPHE, is_formula
from auditor.review.dispositions import Decision, Disposition

DISPOSITIONS = "dispositions.csv"
COLUMNS = ("run", "episode_id", "finding_id", "paragraph", "decision", "who", "when", "why", "until")


class DispositionStore(Protocol):
    """Keeps decisions in the order they came; nothing is ever taken out or changed."""

    def add(self, dispositions: tuple[Disposition, ...]) -> None:
        """Keeps those that it does not hold yet, all or none, in this order."""

    def all(self) -> tuple[Disposition, ...]:
        """Every decision ever kept, the latest last."""


@dataclass(frozen=True)
class CsvStore:
    """Decisions as rows of a private CSV file, which is there whole at any moment."""

    path: Path

    def add(self, dispositions: tuple[Disposition, ...]) -> None:
        """Keeps those that it does not hold yet; one writer at a time."""
        with _alone(self.path):
            held = self.all()
            new = tuple(dict.fromkeys(one for one in dispositions if one not in set(held)))
            if new:
                write_whole(self.path, _text((*held, *new)))

    def all(self) -> tuple[Disposition, ...]:
        """Every decision of the file; none where there is no file. WorklistRefused where a row is not as this program writes it."""
        if not self.path.exists():
            return ()
        with self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != COLUMNS:
                raise WorklistRefused(f"{self.path.name}: its header is not {','.join(COLUMNS)}. Put back the file as it was.")
            return tuple(_read(row, f"{self.path.name}, line {reader.line_num}") for row in reader)


def _read(row: list[str], where: str) -> Disposition:
    try:
        run, episode, finding, paragraph, decision, who, when, why, until = map(_plain, row)
        return Disposition(
            run,
            episode,
            finding or None,
            paragraph or None,
            Decision(decision),
            who,
            date.fromisoformat(when),
            why,
            date.fromisoformat(until) if until else None,
        )
    except ValueError:
        raise WorklistRefused(f"{where}: this row is not as the program writes it. Put back the file as it was.") from None


def _text(dispositions: tuple[Disposition, ...]) -> str:
    file = io.StringIO()
    # all cells quoted: a lone carriage return would otherwise end a row when it is read back
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    file.write(",".join(COLUMNS) + "\n")
    writer.writerows([_defused(_cell(getattr(one, name))) for name in COLUMNS] for one in dispositions)
    return file.getvalue()


def _cell(value: str | date | None) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _defused(text: str) -> str:
    """An apostrophe before what a spreadsheet would run, and before an apostrophe, so that it can be told from ours."""
    return APOSTROPHE + text if is_formula(text) or text.startswith(APOSTROPHE) else text


def _plain(text: str) -> str:
    return text.removeprefix(APOSTROPHE)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
