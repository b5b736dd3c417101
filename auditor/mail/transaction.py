"""Hands one message to a server, and knows whether the server has it: yes, no, or that nobody can know."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from auditor.mail.replies import is_permanent, is_transient, said_by

GO_ON = 354
LINE_OF_DOT = re.compile(rb"^\.", re.MULTILINE)
END = b".\r\n"


class Fate(StrEnum):
    """What became of one message. ``later`` and ``taken`` (another sender has it) left nothing at the server."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    TAKEN = "taken"


@dataclass(frozen=True)
class Outcome:
    """A message's fate, what the server said, and whether the connection is still of use."""

    fate: Fate
    trouble: str = ""
    usable: bool = True


@dataclass(frozen=True)
class Handover:
    """One message for one recipient. ``begin`` is called before the server can take it: False keeps it here.

    ``patience`` is how long in seconds the server may think about a message it has whole (RFC 5321 asks for ten minutes).
    """

    sender: str
    recipient: str
    content: bytes
    begin: Callable[[], bool]
    patience: float


def hand_over(server: smtplib.SMTP, handover: Handover) -> Outcome:
    """From MAIL to the server's answer about the whole message."""
    begun = False
    try:
        turned = _address(server, handover)
        if turned:
            return turned
        if not handover.begin():
            return Outcome(Fate.TAKEN, usable=_is_ready_again(server))
        begun = True
        return _data(server, handover)
    except (smtplib.SMTPException, OSError):
        where = "while the message was sent" if begun else "before the message was sent"
        return Outcome(Fate.LATER, f"the connection to the mail server was lost {where}", usable=False)


def _address(server: smtplib.SMTP, handover: Handover) -> Outcome | None:
    """Says from whom and to whom; None where the server agrees."""
    size = [f"size={len(handover.content)}"] if server.has_extn("size") else []
    code, reply = server.mail(handover.sender, size)
    if code // 100 != 2:
        return _turned(server, "the sender", code, reply)
    code, reply = server.rcpt(handover.recipient)
    return _turned(server, "the recipient", code, reply) if code // 100 != 2 else None


def _data(server: smtplib.SMTP, handover: Handover) -> Outcome:
    """Sends the message. Until its last line is out no server can have it; from then until the answer nobody can know."""
    code, reply = server.docmd("DATA")
    if code != GO_ON:
        return _turned(server, "DATA", code, reply)
    server.send(LINE_OF_DOT.sub(b"..", handover.content))
    server.send(END)
    return _answer(server, handover.patience)


def _answer(server: smtplib.SMTP, patience: float) -> Outcome:
    lost = "the connection was lost after the whole message was sent, before the mail server answered"
    usual = server.sock.gettimeout() if server.sock else None
    try:
        if server.sock:
            server.sock.settimeout(patience)
        code, reply = server.getreply()
    except (smtplib.SMTPException, OSError):
        return Outcome(Fate.UNCERTAIN, lost, usable=False)
    if server.sock:
        server.sock.settimeout(usual)
    if code // 100 == 2:
        return Outcome(Fate.SENT)
    if is_transient(code) or is_permanent(code):
        return _turned(server, "the message", code, reply)
    return Outcome(Fate.UNCERTAIN, "the mail server answered the message with what is no answer", usable=False)


def _turned(server: smtplib.SMTP, what: str, code: int, reply: bytes) -> Outcome:
    """Turned away, for good or for now; the connection is made ready for the next message, where it still stands."""
    fate = Fate.REFUSED if is_permanent(code) else Fate.LATER
    return Outcome(fate, f"the mail server turned {what} away: {said_by(code, reply)}", _is_ready_again(server))


def _is_ready_again(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] // 100 == 2
    except (smtplib.SMTPException, OSError):
        return False
