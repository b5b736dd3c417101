"""Writes what a monitor reads: the heartbeat when a night begins and ends, and the metrics when it ends; each by one rename."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.nightly.account import Account
from auditor.nightly.heartbeat import beginning, ending, last_success
from auditor.nightly.metrics import metrics_text
from auditor.nightly.settings import WatchPart
from auditor.private_files import FILE_MODE, FOLDER_MODE, OPEN_FOLDER_MODE, READABLE_MODE, make_private, write_whole


@dataclass(frozen=True)
class Watch:
    """Where a monitor looks. A file that cannot be written is told to ``trouble`` and ends no night."""

    part: WatchPart
    trouble: Callable[[str], None]

    def begin(self, night: str, at: datetime) -> None:
        """A night has begun."""
        self._write("heartbeat", self.part.heartbeat, beginning(night, at, last_success(self.part.heartbeat)))

    def end(self, account: Account) -> None:
        """A night has ended."""
        before = last_success(self.part.heartbeat)
        self._write("metrics", self.part.metrics, metrics_text(account, before))
        self._write("heartbeat", self.part.heartbeat, ending(account, before))

    def _write(self, what: str, path: Path | None, text: str) -> None:
        if path is None:
            return
        try:
            make_private(path.parent, OPEN_FOLDER_MODE if self.part.readable else FOLDER_MODE)
            write_whole(path, text, READABLE_MODE if self.part.readable else FILE_MODE)
        except OSError as fault:
            self.trouble(f"[watch] {what}: {path.name} cannot be written ({fault.strerror}).")
