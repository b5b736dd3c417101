"""How strong the password of an archive must be, since whoever holds the archive may try as often as they like."""

from __future__ import annotations

import math
import string

from auditor.errors import SettingsRefused

LEAST_BITS = 80
LEAST_DIFFERENT = 8
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")


def check_strength(password: str, group: str) -> bytes:
    """The password as bytes; SettingsRefused where it is weak, or holds what programs disagree about."""
    if not all(any(letter in kind for kind in KINDS) for letter in password):
        raise SettingsRefused(f"zip_password of group {group} must be printable ASCII, since programs differ in how they read the rest.")
    if _bits(password) < LEAST_BITS or len(set(password)) < LEAST_DIFFERENT:
        raise SettingsRefused(
            f"zip_password of group {group} is too weak: take 16 random letters and digits or more, such as a password manager makes."
        )
    return password.encode("ascii")


def _bits(password: str) -> float:
    """The most that a password of these kinds of letters could hold; a letter that repeats the one before adds nothing."""
    pool = sum(len(kind) for kind in KINDS if any(letter in kind for letter in password))
    fresh = sum(letter != before for before, letter in zip("\0" + password, password, strict=False))
    return fresh * math.log2(pool) if pool else 0.0
