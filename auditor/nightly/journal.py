"""The log of a night: a line has only the fields declared here, so that no member's value can slip into one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from auditor.nightly.clock import Clock


class Event(StrEnum):
    """What a line of the log is about."""

    BEGAN = "night began"
    STAGE = "stage began"
    STEP = "step began"
    DONE = "stage ended"
    NOTICE = "notice"
    TROUBLE = "trouble"
    ENDED = "night ended"


@dataclass(frozen=True)
class Entry:
    """One line. ``night`` and ``run`` name them; ``why`` is a sentence of the program's own; durations are in seconds."""

    at: datetime
    night: str
    event: Event
    stage: str = ""
    step: str = ""
    run: str = ""
    seconds: float | None = None
    count: int | None = None
    outcome: str = ""
    exit_code: int | None = None
    why: str = ""

    def as_json(self) -> str:
        """The line as JSON, its fields in the order declared, those that say nothing left out."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told["at"] = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json.dumps({name: value for name, value in told.items() if value not in ("", None)}, ensure_ascii=False)


Write = Callable[[Entry], None]


@dataclass
class Journal:
    """Keeps time of the stages of one night, and writes each as it begins and ends. ``say`` hears their names.

    The one thing of a night that changes as it goes: ``seconds`` by stage, ``troubles``, and the run once it has a name.
    """

    night: str
    clock: Clock
    write: Write
    say: Callable[[str], None] = lambda stage: None

    def __post_init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.run = ""
        self.troubles: tuple[str, ...] = ()
        self._stage, self._began = "", 0.0

    def stage(self, name: str) -> None:
        """The stage before ends, and this one begins."""
        self.end_stage()
        self._stage, self._began = name, self.clock.tick()
        self.note(Event.STAGE)
        self.say(name)

    def step(self, name: str) -> None:
        """A step within a stage, such as those of the audit."""
        self.note(Event.STEP, step=name)
        self.say(name)

    def notice(self, why: str, count: int | None = None) -> None:
        """Something an operator may want to know."""
        self.note(Event.NOTICE, why=why, count=count)

    def warn(self, why: str, count: int | None = None) -> None:
        """Something that those who are mailed should know too. It names no file of the extract."""
        self.troubles += (why,)
        self.notice(why, count)

    def end(self, outcome: str, exit_code: int, why: str) -> None:
        """The last line of a night."""
        self.end_stage()
        self.note(Event.ENDED, outcome=outcome, exit_code=exit_code, why=why, seconds=round(sum(self.seconds.values()), 3))

    def note(self, event: Event, **told: object) -> None:
        """Writes a line."""
        entry = Entry(self.clock.at(), self.night, event, stage=self._stage, run=self.run, **told)  # type: ignore[arg-type]
        self.write(entry)

    def end_stage(self) -> None:
        """The stage at hand, if there is one, is over."""
        if self._stage:
            spent = max(0.0, self.clock.tick() - self._began)
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + spent
            self.note(Event.DONE, seconds=round(spent, 3))
            self._stage = ""
