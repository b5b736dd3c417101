"""Where the key of masking comes from: a file, the environment, or chance."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import SettingsRefused

if TYPE_CHECKING:
    from auditor.masking import Mask
    from auditor.tokens import Tokens

KEY_VARIABLE = "AUDITOR_MASK_KEY"


def read_mask(wanted: bool, key_file: Path | None) -> Mask | None:
    """How to mask, if that is wanted; without a key of the user's, one is made that outlives the run nowhere."""
    from auditor.masking import Mask

    if not wanted:
        if key_file:
            raise SettingsRefused("--mask-key-file is given without --mask. Add --mask, or leave the key away.")
        return None
    key = _read_file(key_file) if key_file else os.environ.get(KEY_VARIABLE, "").strip().encode()
    if not key:
        return Mask(_tokens(secrets.token_bytes(32), ""), lasting=False)
    return Mask(_tokens(key, "--mask-key-file" if key_file else KEY_VARIABLE))


def _read_file(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as fault:
        raise SettingsRefused(f"--mask-key-file: {path.name} cannot be read ({fault.strerror}).") from None
    if not key:
        raise SettingsRefused(
            f"--mask-key-file: {path.name} is empty. Write a key of at least 16 bytes, such as `openssl rand -hex 32` makes."
        )
    return key


def _tokens(key: bytes, source: str) -> Tokens:
    from auditor.tokens import Tokens

    try:
        return Tokens(key)
    except ValueError as fault:
        raise SettingsRefused(f"{source}: {fault}, such as `openssl rand -hex 32` makes.") from None
