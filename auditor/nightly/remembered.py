"""The real ledger, as a night asks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.changes import Change, Replay
from auditor.errors import AuditorError
from auditor.ledger import Ledger, key_beside, key_from, migrate, open_ledger, read_key
from auditor.ledger import connect as connecting
from auditor.ledger.replay import Source, replay_between
from auditor.nightly.clock import Clock
from auditor.nightly.settings import LedgerPart, NightlySettings
from auditor.runs import RunFolder, open_run
from auditor.runs.recorded import read_origin, settings_of
from auditor.secrets import FetchSecret
from auditor.tokens import Tokens


@dataclass(frozen=True)
class Remembered:
    """A ledger that is open. ``scratch`` is where replays of the run before find what they need."""

    ledger: Ledger
    out: Path
    scratch: Path
    clock: Clock

    def last_name(self) -> str | None:
        """The run recorded last."""
        last = self.ledger.last_run()
        return last.run if last else None

    def knows(self, name: str) -> bool:
        """Whether a run of that name was ever recorded."""
        return self.ledger.find_run(name) is not None

    def record(self, run: RunFolder) -> None:
        """Records a run and what it changed, and why, as far as the run before can be repeated."""
        with TemporaryDirectory(prefix="auditor-replay-", dir=self.scratch) as folder:
            self.ledger.record(run, self.clock.at(), self._replay(run, Path(folder)))

    def _replay(self, run: RunFolder, folder: Path) -> Replay | None:
        name = self.last_name()
        try:
            earlier = open_run(self.out / name) if name else None
            return replay_between(_source(earlier, folder / "earlier"), _source(run, folder / "later")) if earlier else None
        except AuditorError:
            return None

    def findings_by_change(self, name: str) -> dict[str, int]:
        """How many findings of a recorded run were new, unchanged, updated, resolved, reopened."""
        changes = self.ledger.changes(name)
        return {change.value: changes.count(change) for change in Change}

    def prune(self, name: str) -> None:
        """Says that the folder of a run is to be removed."""
        if self.knows(name):
            self.ledger.prune(name)

    def needed(self) -> frozenset[str]:
        """The run recorded last: the next is compared with it."""
        return frozenset(filter(None, (self.last_name(),)))


def _source(run: RunFolder, releases: Path) -> Source:
    releases.mkdir()
    return Source.of_run(run, settings_of(run, read_origin(run), releases))


@contextmanager
def open_for_night(settings: NightlySettings, secrets: FetchSecret, clock: Clock) -> Iterator[Remembered | None]:
    """The ledger that the settings name, made or brought up to date if need be; None where they name none."""
    part = settings.ledger
    if part is None:
        yield None
        return
    with open_part(part, secrets) as ledger:
        yield Remembered(ledger, settings.run.out, settings.scratch, clock)


def open_part(part: LedgerPart, secrets: FetchSecret) -> AbstractContextManager[Ledger]:
    """The ledger of these settings, made or brought up to date if need be."""
    return open_ledger(part.url, Tokens(key_of(part, secrets)), _password(part, secrets))


@contextmanager
def peek(settings: NightlySettings, secrets: FetchSecret, clock: Clock) -> Iterator[Remembered | None]:
    """The ledger as it lies, to look at alone; None where it is still to be made or brought up to date.

    LedgerRefused where a night could not open it either.
    """
    part = settings.ledger
    if part is None or not is_there(part):
        yield None
        return
    tokens = Tokens(key_of(part, secrets))
    with connecting.open_engine(connecting.read_url(part.url), _password(part, secrets)) as engine:
        with connecting.reading(engine) as connection:
            migrate.refuse_unfit(connection)
            current = migrate.is_current(connection) and migrate.knows_key(connection, tokens)
        yield Remembered(Ledger(engine, tokens), settings.run.out, settings.scratch, clock) if current else None


def is_there(part: LedgerPart) -> bool:
    """Whether there is something to look at, with its key; of a server that is not known beforehand."""
    url = connecting.read_url(part.url)
    if url.get_backend_name() != connecting.SQLITE:
        return True
    path = Path(str(url.database))
    return path.is_file() and path.stat().st_size > 0 and (part.key is not None or key_beside(part.url).is_file())


def is_new(part: LedgerPart, secrets: FetchSecret) -> bool:
    """Whether a database that can be reached has no ledger in it yet."""
    with (
        connecting.open_engine(connecting.read_url(part.url), _password(part, secrets)) as engine,
        connecting.reading(engine) as connection,
    ):
        return migrate.is_new(connection)


def key_of(part: LedgerPart, secrets: FetchSecret) -> bytes:
    """The key of the ledger's tokens: where the settings say, else beside a ledger in SQLite, where the first night makes one."""
    if part.key is None:
        url = connecting.read_url(part.url)
        return read_key(key_beside(part.url), Path(str(url.database)))
    return key_from(secrets(part.key), "[ledger] key")


def _password(part: LedgerPart, secrets: FetchSecret) -> str | None:
    return secrets(part.password) if part.password else None
