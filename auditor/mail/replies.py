"""What a mail server's answers mean, and how they are repeated: one short line, without what is secret."""

from __future__ import annotations

import base64

from auditor.report.phrases import shorten

LONGEST = 120
HIDDEN = "(hidden)"


class NotNow(Exception):
    """It could not be done now, and may be in a minute."""


class ServerAtFault(Exception):
    """It cannot be done until someone mends the server or the settings; nothing was sent."""


def is_transient(code: int) -> bool:
    """Whether the server asks to be tried again."""
    return code // 100 == 4


def is_permanent(code: int) -> bool:
    """Whether the server refuses for good."""
    return code // 100 == 5


def said_by(code: int, reply: bytes | str, *secrets: str) -> str:
    """An answer in one line: its code and its words."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    for secret in filter(None, secrets):
        for form in (secret, base64.b64encode(secret.encode()).decode("ascii")):
            text = text.replace(form, HIDDEN)
    words = shorten(" ".join(text.split()))[:LONGEST]
    return f"{code} {words}".strip()


def turned_away(what: str, code: int, reply: bytes | str) -> NotNow | ServerAtFault:
    """An answer that ends a connection: to be tried again, or not."""
    kind = ServerAtFault if is_permanent(code) else NotNow
    return kind(f"the mail server answered {what} with {said_by(code, reply)}.")
