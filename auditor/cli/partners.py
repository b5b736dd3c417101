"""Plugs the real ledger and the real post into a night, as far as the settings name them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.ledger import Ledger
    from auditor.mail import Desk
    from auditor.nightly.clock import Clock
    from auditor.nightly.night import Partners
    from auditor.nightly.partners import Posted
    from auditor.nightly.remembered import Remembered
    from auditor.nightly.settings import NightlySettings
    from auditor.outcomes import ExitCode
    from auditor.secrets import FetchSecret
    from auditor.settings import Settings


@dataclass(frozen=True)
class Plugs:
    """The settings, the clock, and what fetches secrets: from the environment, files beside the settings, the keyring."""

    settings: NightlySettings
    clock: Clock
    secrets: FetchSecret

    def open(self) -> AbstractContextManager[Partners]:
        """The ledger and the post of a night."""
        from auditor.nightly.remembered import open_for_night

        return self._plugged(lambda: open_for_night(self.settings, self.secrets, self.clock))

    def peek(self) -> AbstractContextManager[Partners]:
        """The same to look at alone: nothing is made, and nothing brought up to date."""
        from auditor.nightly.remembered import peek

        return self._plugged(lambda: peek(self.settings, self.secrets, self.clock))

    @contextmanager
    def _plugged(self, opened: Callable[[], AbstractContextManager[Remembered | None]]) -> Iterator[Partners]:
        from auditor.nightly.mailed import Mailed
        from auditor.nightly.night import Partners
        from auditor.nightly.partners import NoLedger, NoPost

        with opened() as ledger:
            desk = self._desk(ledger.ledger) if ledger else None
            yield Partners(ledger or NoLedger(), Mailed(desk) if desk else NoPost())

    def alarm(self, trouble: ExitCode, run: str) -> Posted:
        """Says by mail that a night made no run, or could not go on after this one, whether or not the ledger can be had."""
        from auditor.nightly.mailed import alarm
        from auditor.nightly.partners import Posted

        desk = self._desk(None)
        return alarm(desk, trouble, run) if desk else Posted()

    def fetch(self, folder: Path, engine: Settings) -> None:
        """The extract of the warehouse, into a folder that is not there yet."""
        from auditor.warehouse import Fetching, take_snapshot

        assert self.settings.warehouse
        take_snapshot(self.settings.warehouse, folder, Fetching(self.secrets, engine, lambda stage: None))

    def _desk(self, ledger: Ledger | None) -> Desk | None:
        from auditor.mail import Desk

        if self.settings.mail is None:
            return None
        store: Ledger = ledger  # type: ignore[assignment]  # a message about a night without a run asks no ledger
        changes = (lambda run: store.changes(run.name)) if ledger else (lambda run: None)
        return Desk(store, self.settings.run.out, self.settings.mail, self.secrets, changes, self.clock.at, self.clock.sleep)


def plugs_for(settings: NightlySettings, clock: Clock, config: Path) -> Plugs:
    """The only place of a night that asks the environment."""
    from auditor.secrets import secrets_from

    return Plugs(settings, clock, secrets_from(os.environ, config.resolve().parent))
