"""Removes what a killed run left: unfinished runs, the engine's files, files half written for a monitor. The caller holds the lock."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from auditor.mail import ALARMS
from auditor.nightly.settings import NightlySettings
from auditor.runs.names import RUN_NAME

LEFT = re.compile(rf"\.{RUN_NAME.pattern}\..+")


def leftovers(settings: NightlySettings) -> tuple[Path, ...]:
    """What there is to remove; none of it is a run."""
    return tuple(sorted(_left(settings)))


def _left(settings: NightlySettings) -> Iterator[Path]:
    out, scratch = settings.run.out, settings.scratch
    if out.is_dir():
        yield from (path for path in out.iterdir() if LEFT.fullmatch(path.name) and not path.is_symlink())
        yield from out.glob(f".{ALARMS}.????????")
    if settings.extracts.is_dir():
        yield from (path for path in settings.extracts.iterdir() if _is_fetched(path) and not (out / path.name).is_dir())
    if scratch.is_dir():
        yield from scratch.glob("auditor-*")
    for told in (settings.watch.metrics, settings.watch.heartbeat):
        if told is not None and told.parent.is_dir():
            yield from told.parent.glob(f".{told.name}.????????")


def _is_fetched(path: Path) -> bool:
    """Whether a night put it there, by its name: somebody may keep extracts of his own beside them."""
    return bool(RUN_NAME.fullmatch(path.name) or LEFT.fullmatch(path.name)) and not path.is_symlink()


def sweep(settings: NightlySettings) -> int:
    """Removes it, and says how much there was."""
    found = leftovers(settings)
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(found)
