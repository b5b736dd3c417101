"""The doctor: one check after the other, each a line with what was found and what to do. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from auditor.errors import AuditorError
from auditor.outcomes import ExitCode, Word


class Health(StrEnum):
    """How one thing stands, best first."""

    WELL = "well"
    WATCH = "watch"
    MEND = "mend"


HEALTH: dict[Health, Word] = {
    Health.WELL: Word("well", "✓", "good", "nothing to do"),
    Health.WATCH: Word("watch", "◆", "open", "the next night can be held; look into it"),
    Health.MEND: Word("mend", "✕", "bad", "the next night would fail, or show what it must not"),
}


@dataclass(frozen=True)
class Check:
    """What was found of one thing, and what to do; nothing to do where it is well."""

    name: str
    health: Health
    found: str
    to_do: str = ""

    @property
    def line(self) -> str:
        """The check as it is printed."""
        return f"{HEALTH[self.health].symbol} {self.name:<12} {self.found}{f'. {self.to_do}' if self.to_do else ''}"


Examine = Callable[[], Iterable[Check]]


def well(name: str, found: str) -> Check:
    """Nothing to do."""
    return Check(name, Health.WELL, found)


def watch(name: str, found: str, to_do: str) -> Check:
    """The night can be held all the same."""
    return Check(name, Health.WATCH, found, to_do)


def mend(name: str, found: str, to_do: str) -> Check:
    """The night cannot be held so."""
    return Check(name, Health.MEND, found, to_do)


def examine(checks: Iterable[tuple[str, Examine]]) -> Iterator[Check]:
    """Every check in its order; one that cannot be made is something to mend, and stops no other."""
    for name, check in checks:
        try:
            yield from check()
        except AuditorError as refused:
            yield mend(name, str(refused).replace("\n", "; ").removesuffix("."), "")
        except OSError as fault:
            yield mend(name, f"cannot be examined ({fault.strerror})", "See that the user of the nights may read it.")


def worst(checks: Iterable[Check]) -> ExitCode:
    """What the exit code says of all checks: things to watch do not keep a night from being held."""
    return ExitCode.NOT_READY if any(check.health is Health.MEND for check in checks) else ExitCode.AUDITED
