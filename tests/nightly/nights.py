"""Nights for tests: settings, a clock that tests move, and a ledger and a post that remember what they were asked."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.nightly.account import Account
from auditor.nightly.clock import Clock
from auditor.nightly.hold import hold, night_id
from auditor.nightly.journal import Entry, Journal
from auditor.nightly.night import Night, Partners
from auditor.nightly.partners import Posted
from auditor.nightly.settings import NightlySettings
from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.runs import RunFolder

BEGAN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FEW = ("S-0101", "S-0107")


def write_extract(folder: Path, members: tuple[str, ...] = FEW) -> Path:
    """The samples of a few members, written as if an hour before the night."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(samples_folder().glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with (folder / path.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(row for row in rows if row["member_id"] in members)
        age(folder / path.name, 1)
    return folder


def age(path: Path, hours: float) -> None:
    """Makes a file as old as that when the tests' night begins."""
    then = (BEGAN - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


@dataclass
class TestClock:
    """A clock that stands still but for sleep; ``asleep`` is called while the night sleeps."""

    __test__ = False
    at: datetime = BEGAN
    slept: float = 0.0
    asleep: Callable[[float], None] = lambda seconds: None

    def sleep(self, seconds: float) -> None:
        self.asleep(seconds)
        self.at += timedelta(seconds=seconds)
        self.slept += seconds

    def clock(self) -> Clock:
        return Clock(lambda: self.at, lambda: self.slept, self.sleep)


@dataclass
class Remembering:
    """A ledger in memory; ``broken`` is raised when a run is to be recorded."""

    runs: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    keeps: frozenset[str] = frozenset()
    broken: Exception | None = None

    def last_name(self) -> str | None:
        return self.runs[-1] if self.runs else None

    def knows(self, name: str) -> bool:
        return name in self.runs

    def record(self, run: RunFolder) -> None:
        if self.broken:
            raise self.broken
        if run.name not in self.runs:
            self.runs.append(run.name)

    def findings_by_change(self, name: str) -> dict[str, int]:
        return {"new": 3, "resolved": 1}

    def prune(self, name: str) -> None:
        self.gone.append(name)

    def needed(self) -> frozenset[str]:
        return self.keeps


@dataclass
class Posting:
    """A post in memory: sends each run once, unless the server is down."""

    sent: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    troubles: list[ExitCode] = field(default_factory=list)
    of_runs: list[str] = field(default_factory=list)
    said: tuple[str, ...] = ()
    down: bool = False

    def deliver(self, run: RunFolder, troubles: tuple[str, ...] = ()) -> Posted:
        self.said = troubles
        if run.name not in (*self.sent, *self.waiting):
            self.waiting.append(run.name)
        if self.down:
            return Posted(owed=len(self.waiting), troubles=("the mail server refused",))
        posted, self.sent, self.waiting = Posted(sent=len(self.waiting)), [*self.sent, *self.waiting], []
        return posted

    def owed(self) -> int:
        return len(self.waiting)

    def needed(self) -> frozenset[str]:
        return frozenset(self.waiting)

    def alarm(self, trouble: ExitCode, run: str) -> Posted:
        self.troubles.append(trouble)
        self.of_runs.append(run)
        return Posted(sent=1)


@dataclass
class Desk:
    """A desk at which nights are held one after the other, and what they left in memory."""

    settings: NightlySettings
    time: TestClock = field(default_factory=TestClock)
    ledger: Remembering = field(default_factory=Remembering)
    post: Posting = field(default_factory=Posting)
    log: list[Entry] = field(default_factory=list)

    @property
    def out(self) -> Path:
        return self.settings.run.out

    def night(self, say: Callable[[str], None] = lambda stage: None) -> Night:
        @contextmanager
        def partners() -> Iterator[Partners]:
            yield Partners(self.ledger, self.post)

        clock = self.time.clock()
        return Night(self.settings, partners, clock, Journal(night_id("test", self.time.at), clock, self.log.append, say), self.post.alarm)

    def hold(self, say: Callable[[str], None] = lambda stage: None) -> Account:
        account = hold(self.night(say))
        if account.run:
            # the file system has its own clock: let it tell the time of the tests
            os.utime(self.out / account.run / "_SUCCESS", (self.time.at.timestamp(),) * 2)
        return account

    def runs(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir() if not path.name.startswith("."))

    def said(self) -> str:
        return "\n".join(entry.as_json() for entry in self.log)


def desk(folder: Path, **sections: dict[str, Any]) -> Desk:
    """A desk over the extract ``folder/extract``; ``sections`` add to the settings."""
    told = {
        "run": {"out": folder / "runs", "threads": 2},
        "extract": {"paths": (str(folder / "extract"),), "quiet_seconds": 60},
        "watch": {"metrics": folder / "watch" / "auditor.prom", "heartbeat": folder / "watch" / "heartbeat.json"},
    }
    return Desk(NightlySettings(**{name: told.get(name, {}) | sections.get(name, {}) for name in (*told, *sections)}))
