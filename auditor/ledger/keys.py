"""The ledger's key, from which the tokens of members are made: kept beside the ledger, for its owner alone."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from auditor.errors import LedgerRefused
from auditor.ledger.connect import FILE_MODE, SQLITE, read_url

KEY_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
SUFFIX = ".key"


def key_beside(url: str) -> Path:
    """Where the key of a ledger in SQLite lies; LedgerRefused for PostgreSQL, whose key has no place of its own."""
    parts = read_url(url)
    if parts.get_backend_name() != SQLITE:
        raise LedgerRefused("a ledger on PostgreSQL needs --ledger-key: a file that everyone who records into it shares.")
    return Path(f"{parts.database}{SUFFIX}")


def read_key(path: Path, ledger: Path | None = None) -> bytes:
    """The key in a file; a new one is made where there is none, unless ``ledger`` has been written already."""
    if not path.exists():
        if ledger is not None and ledger.exists() and ledger.stat().st_size:
            raise LedgerRefused(f"{path.name}: the ledger's key is gone. Put it back: without it every member would be taken for another.")
        _make_key(path)
    try:
        text, mode = path.read_text(encoding="ascii"), path.stat().st_mode
    except (OSError, ValueError):
        text, mode = "", FILE_MODE
    if mode & OTHERS:
        raise LedgerRefused(f"{path.name}: the ledger's key can be read by others than its owner. Set its mode to 0600.")
    return key_from(text, path.name)


def key_from(text: str, where: str) -> bytes:
    """The key as it is written in its file, or wherever else it is kept; ``where`` is for the message."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise LedgerRefused(
            f"{where}: no key can be read. Expected at least {2 * KEY_BYTES} digits and letters 0 to f, as `openssl rand -hex 32` writes."
        )
    return key


def _make_key(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return  # another made it meanwhile
    except OSError as fault:
        raise LedgerRefused(
            f"{path.name}: the ledger's key cannot be written ({fault.strerror}). Name a folder that you may write."
        ) from fault
