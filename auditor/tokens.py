"""Keyed tokens that stand in place of identifiers: the same for the same key and value, and telling nothing without the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

LETTERS = 16
LEAST_KEY_BYTES = 16


@dataclass(frozen=True)
class Tokens:
    """Makes tokens under one key of at least 16 bytes; ValueError for a shorter one. The key is never shown."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < LEAST_KEY_BYTES:
            raise ValueError(f"a key of at least {LEAST_KEY_BYTES} bytes is wanted")

    def token(self, kind: str, value: str) -> str:
        """A token of 16 letters and digits after the kind's own letters, such as M for members; kinds never share tokens."""
        digest = hmac.new(self.key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()
        return kind + base64.b32encode(digest).decode("ascii")[:LETTERS]
