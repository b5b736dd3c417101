"""The ledger's public face: opening it, recording a run, and reading back what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, update

from auditor.changes import Changes, Replay
from auditor.errors import LedgerRefused
from auditor.ledger import connect, decisions, history, migrate, record, requests, runs
from auditor.ledger.nouns import CourseHistory, Request, RunNight, RunRecord, Standing, Yields
from auditor.ledger.retell import retell
from auditor.ledger.schema import RUNS
from auditor.ledger.yields import yields
from auditor.review import Disposition
from auditor.runs import RunFolder
from auditor.tokens import Tokens


@contextmanager
def open_ledger(url: str, tokens: Tokens, password: str | None = None, patience: float = connect.PATIENCE_SECONDS) -> Iterator[Ledger]:
    """The ledger at ``url``: ``sqlite:///PATH`` or ``postgresql://USER@HOST/NAME``; made, or brought up to date, if need be.

    ``password`` comes from the environment, a file or the keyring; one within ``url`` is refused. ``patience`` is how many seconds a lock
    is waited for. LedgerRefused where the database cannot be reached, is locked, is newer than the program, is half migrated, or was
    written under another key.
    """
    with connect.open_engine(connect.read_url(url), password, patience) as engine:
        with connect.reading(engine) as connection:
            current = migrate.is_current(connection)
        with connect.reading(engine) if current else connect.writing(engine) as connection:
            if not current:
                migrate.bring_up(connection)
            known = migrate.knows_key(connection, tokens)
        if not known:
            with connect.writing(engine) as connection:
                migrate.note_key(connection, tokens)
        yield Ledger(engine, tokens)


@dataclass(frozen=True)
class Ledger:
    """What is remembered from run to run. Every method is one transaction; LedgerRefused where it cannot be had."""

    engine: Engine
    tokens: Tokens

    def last_run(self) -> RunRecord | None:
        """The run recorded last."""
        with self.reading() as connection:
            return runs.last_run(connection)

    def find_run(self, run: str) -> RunRecord | None:
        """The run of that name, if it is recorded."""
        with self.reading() as connection:
            return runs.find_run(connection, run)

    def record(self, run: RunFolder, now: datetime, replay: Replay | None = None) -> Changes:
        """Records a published run in one transaction and says what differs from the run recorded before it.

        Recording a run again changes nothing and says the same. ``now`` has its zone. ``replay`` mixes this run and ``last_run()``, and
        finds why findings changed; without it, all that differs is named. LedgerRefused where a run of that name has another manifest.
        """
        if (found := self._recorded(run)) is not None:
            return found
        tonight = record.see(run, self.tokens, replay)
        with self.reading() as connection:  # replays take long: nobody waits for them
            before = runs.last_run(connection)
            planned = record.plan(connection, tonight, runs.describe_run(run, before, now))
        with self.writing() as connection:
            if (same := self._same(connection, run)) is not None:
                return retell(connection, same)
            latest = runs.last_run(connection)
            told = runs.describe_run(run, latest, now)
            if latest != before:  # another run was recorded meanwhile, and is not the one that was replayed
                planned = record.plan(connection, record.without_replay(tonight), told)
            record.write(connection, planned, self.tokens, told)
            decisions.lapse(connection, told)
            return retell(connection, told)

    def _recorded(self, run: RunFolder) -> Changes | None:
        with self.reading() as connection:
            same = self._same(connection, run)
            return retell(connection, same) if same else None

    @staticmethod
    def _same(connection: Connection, run: RunFolder) -> RunRecord | None:
        """The record of this very run; LedgerRefused for another run of its name."""
        known = runs.find_run(connection, run.name)
        if known is not None and known.manifest_sha256 != runs.manifest_sha256(run):
            raise LedgerRefused(f"run {run.name} is recorded with another manifest: one of them was altered. See `auditor verify`.")
        return known

    def changes(self, run: str) -> Changes:
        """What a recorded run changed; LedgerRefused where none of that name is recorded."""
        with self.reading() as connection:
            return retell(connection, runs.need_run(connection, run))

    def add(self, dispositions: tuple[Disposition, ...]) -> None:
        """Keeps those decisions that it does not hold yet, in this order, all or none; the ledger is a store of decisions.

        LedgerRefused for one of an episode or a finding that its run did not have.
        """
        with self.writing() as connection:
            for one in dispositions:
                decisions.add_decision(connection, one)

    def keep(self, disposition: Disposition) -> bool:
        """Keeps one decision; False where the very same one is kept already."""
        with self.writing() as connection:
            return decisions.add_decision(connection, disposition)

    def all(self) -> tuple[Disposition, ...]:
        """Every decision ever kept, the latest last; ``dispositions`` says which of them stand."""
        return tuple(one.disposition for one in self.dispositions())

    def dispositions(self) -> tuple[Standing, ...]:
        """Every decision, lapsed ones too, earliest first."""
        with self.reading() as connection:
            return decisions.all_decisions(connection)

    def ask(self, request: Request) -> bool:
        """Keeps a request for a document; False where it is kept already."""
        with self.writing() as connection:
            return requests.ask(connection, request)

    def answer(self, request: Request, run: str) -> None:
        """Says that the document asked for came with a run."""
        with self.writing() as connection:
            requests.answer(connection, request, run)

    def requests(self) -> tuple[Request, ...]:
        """Every request, earliest first."""
        with self.reading() as connection:
            return requests.all_requests(connection)

    def history(self, episode: str) -> CourseHistory:
        """What is remembered of an episode, by any name a run gave it; LedgerRefused where none is known."""
        with self.reading() as connection:
            return history.course_history(connection, episode)

    def nights(self) -> tuple[RunNight, ...]:
        """Every run, earliest first, with what became of findings in it."""
        with self.reading() as connection:
            return history.run_nights(connection)

    def yields(self) -> Yields:
        """What came of reviews, by finding and by facility."""
        with self.reading() as connection:
            return yields(connection)

    def chain(self) -> tuple[RunRecord, ...]:
        """Every run in the order recorded: ``chain_sha256`` is SHA-256 of the chain before it and its manifest's (both as hex text)."""
        with self.reading() as connection:
            return runs.all_runs(connection)

    def prune(self, run: str) -> None:
        """Says that the folder of a run was removed; what is remembered of it stays."""
        with self.writing() as connection:
            runs.need_run(connection, run)
            connection.execute(update(RUNS).where(RUNS.c.run == run).values(pruned=True))

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read the tables of ``schema.py`` with, for those who keep tables of their own, such as deliveries."""
        return connect.reading(self.engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """The same to write with: one transaction, which no other writer interleaves; all of it or nothing."""
        return connect.writing(self.engine)
