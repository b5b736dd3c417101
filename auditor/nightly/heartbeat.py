"""The heartbeat: one small JSON file that says when a night last began or ended, and whether all is well."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from auditor.nightly.account import Account

RUNNING, ENDED = "running", "ended"


def beginning(night: str, at: datetime, before: str | None) -> str:
    """The heartbeat of a night that has begun; ``before`` is when one last went well."""
    return _text({"state": RUNNING, "night": night, "at": stamp(at), "last_success": before})


def ending(account: Account, before: str | None) -> str:
    """The heartbeat of a night that has ended, well or not."""
    return _text(
        {
            "state": ENDED,
            "night": account.night,
            "at": stamp(account.ended),
            "ok": account.good,
            "outcome": account.outcome,
            "exit_code": int(account.exit_code),
            "run": account.run or None,
            "latest_run": account.latest or None,
            "undelivered": account.undelivered,
            "last_success": stamp(account.ended) if account.good else before,
        }
    )


def last_success(path: Path | None) -> str | None:
    """When a night last went well, as the heartbeat of the night before says; None where none says so."""
    try:
        told = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return None
    found = told.get("last_success") if isinstance(told, dict) else None
    return found if isinstance(found, str) and _readable(found) else None


def seconds_of(text: str) -> float:
    """A time of the heartbeat, in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def stamp(at: datetime) -> str:
    """A time in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _readable(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _text(told: dict[str, object]) -> str:
    return json.dumps(told, indent=2, sort_keys=True) + "\n"
