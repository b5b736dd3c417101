"""One night in a process of its own, which a test may let die at a stage: ``python child.py FOLDER STAGE``.

The ledger and the post of these nights are two text files, so that they outlive the process.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.nightly.hold import hold, night_id
from auditor.nightly.journal import Journal
from auditor.nightly.night import Night, Partners
from auditor.nightly.partners import NoLedger, NoPost, Posted
from auditor.nightly.settings import NightlySettings
from auditor.runs import RunFolder
from tests.nightly.nights import TestClock


@dataclass
class Lines:
    """A text file of names, one a line, each on the disk before the next step."""

    path: Path

    def read(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").split() if self.path.exists() else []

    def add(self, name: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")


class WrittenLedger(NoLedger):
    def __init__(self, path: Path) -> None:
        self.lines = Lines(path)

    def last_name(self) -> str | None:
        return next(reversed(self.lines.read()), None)

    def knows(self, name: str) -> bool:
        return name in self.lines.read()

    def record(self, run: RunFolder) -> None:
        if not self.knows(run.name):
            self.lines.add(run.name)


class WrittenPost(NoPost):
    def __init__(self, path: Path) -> None:
        self.lines = Lines(path)

    def deliver(self, run: RunFolder, troubles: tuple[str, ...]) -> Posted:
        if run.name in self.lines.read():
            return Posted()
        self.lines.add(run.name)
        return Posted(sent=1)


def settings_in(folder: Path) -> NightlySettings:
    return NightlySettings(
        run={"out": folder / "runs", "threads": 2},
        extract={"paths": (str(folder / "extract"),), "quiet_seconds": 1},
        watch={"metrics": folder / "auditor.prom", "heartbeat": folder / "heartbeat.json"},
    )


def night_in(folder: Path, say: Callable[[str], None]) -> Night:
    @contextmanager
    def partners() -> Iterator[Partners]:
        yield Partners(WrittenLedger(folder / "recorded"), WrittenPost(folder / "sent"))

    clock = TestClock().clock()
    return Night(settings_in(folder), partners, clock, Journal(night_id("child", clock.at()), clock, lambda entry: None, say))


def die_at(stage: str) -> Callable[[str], None]:
    def say(name: str) -> None:
        if name == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    return say


if __name__ == "__main__":
    sys.exit(int(hold(night_in(Path(sys.argv[1]), die_at(sys.argv[2]))).exit_code))
