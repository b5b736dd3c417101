"""The ledger's public face: opening it, recording a run, and reading back what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from auditor.changes import Changes, Replay
from auditor.ledger.nouns import CourseHistory, Fingerprints, Request, RunNight, RunRecord, Standing, Yields
from auditor.review import Disposition
from auditor.runs import RunFolder
from auditor.tokens import Tokens


@contextmanager
def open_ledger(url: str, tokens: Tokens, password: str | None = None) -> Iterator[Ledger]:
    """The ledger at ``url``: ``sqlite:///PATH`` or ``postgresql://USER@HOST/NAME``; brought up to date, or made, if need be.

    ``password`` comes from the environment, a file or the keyring; one within ``url`` is refused. LedgerRefused where the database
    cannot be reached, is locked, is newer than the program, is half migrated, or was written under another key.
    """
    raise NotImplementedError
    yield


@dataclass(frozen=True)
class Ledger:
    """What is remembered from run to run. Every method is one transaction; LedgerRefused where it cannot be had."""

    engine: Engine
    tokens: Tokens

    def last_run(self) -> RunRecord | None:
        """The run recorded last."""
        raise NotImplementedError

    def find_same(self, fingerprints: Fingerprints) -> RunRecord | None:
        """The last run, if it was made from the same inputs under the same rules by the same program."""
        raise NotImplementedError

    def record(self, run: RunFolder, now: datetime, replay: Replay | None = None, fingerprints: Fingerprints | None = None) -> Changes:
        """Records a published run in one transaction and says what differs from the run recorded before it.

        Recording a run again changes nothing and says the same. ``now`` is UTC. ``replay`` finds why; without one, what differs is named.
        ``fingerprints`` are those of the manifest, if not given. LedgerRefused where a run of that name has another manifest.
        """
        raise NotImplementedError

    def changes(self, run: str) -> Changes:
        """What a recorded run changed; LedgerRefused where none of that name is recorded."""
        raise NotImplementedError

    def add(self, disposition: Disposition) -> bool:
        """Keeps a decision; False where the very same one is kept already. LedgerRefused for an episode or finding nobody knows."""
        raise NotImplementedError

    def all(self) -> tuple[Disposition, ...]:
        """Every decision that stands, earliest first."""
        raise NotImplementedError

    def dispositions(self) -> tuple[Standing, ...]:
        """Every decision, lapsed ones too, earliest first."""
        raise NotImplementedError

    def ask(self, request: Request) -> bool:
        """Keeps a request for a document; False where it is kept already."""
        raise NotImplementedError

    def answer(self, request: Request, run: str) -> None:
        """Says that the document asked for came with a run."""
        raise NotImplementedError

    def requests(self) -> tuple[Request, ...]:
        """Every request, earliest first."""
        raise NotImplementedError

    def history(self, episode: str) -> CourseHistory:
        """What is remembered of an episode, by any name a run gave it; LedgerRefused where none is known."""
        raise NotImplementedError

    def nights(self) -> tuple[RunNight, ...]:
        """Every run, earliest first, with what became of findings in it."""
        raise NotImplementedError

    def yields(self) -> Yields:
        """What came of reviews, by finding and by facility."""
        raise NotImplementedError

    def chain(self) -> tuple[RunRecord, ...]:
        """Every run in the order recorded: ``chain_sha256`` is SHA-256 of the chain before it and its manifest's (both as hex text)."""
        raise NotImplementedError

    def prune(self, run: str) -> None:
        """Says that the folder of a run was removed; what is remembered of it stays."""
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read the tables of ``schema.py`` with, for those who keep tables of their own, such as deliveries."""
        raise NotImplementedError

    def writing(self) -> AbstractContextManager[Connection]:
        """The same to write with: one transaction, which no other writer interleaves; all of it or nothing."""
        raise NotImplementedError


__all__ = ["Ledger", "date", "open_ledger"]
