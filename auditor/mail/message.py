"""From what is said to the bytes that are sent: the MIME message, and the name by which it is known."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from textwrap import wrap

from cryptography import x509

from auditor.mail.letter import Written
from auditor.mail.protect import Enclosure, seal_entity
from auditor.mail.settings import MailSettings

LETTERS = 20


@dataclass(frozen=True)
class Envelope:
    """Who a message is to, by what id it is known, when it was written, and the certificate it is sealed to, if any."""

    recipient: str
    message_id: str
    now: datetime
    certificate: x509.Certificate | None = None


def local_of(manifest_sha256: str, run: str, group: str, address: str) -> str:
    """The part of a Message-ID before the @: of the run and the group, then of the recipient. The same always, so that copies are known."""
    return f"{_digest('run', manifest_sha256, run, group)}.{recipient_of(address)}"


def recipient_of(address: str) -> str:
    """The part of it that is the recipient's, in every run."""
    return _digest("recipient", address.lower())


def _digest(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:LETTERS].lower()


def compose(settings: MailSettings, written: Written, enclosures: tuple[Enclosure, ...], envelope: Envelope) -> bytes:
    """The message. The same bytes for the same arguments, unless it is sealed."""
    if envelope.certificate is None:
        message = EmailMessage(policy=SMTP)
        _head(message, settings, written.subject, envelope)
        _fill(message, written, enclosures)
        _bound(message, envelope.message_id)
        return _unfolded(message.as_bytes())
    inner = MIMEPart(policy=SMTP)
    _fill(inner, written, enclosures)
    _bound(inner, envelope.message_id)
    return _sealed(settings, written.subject, inner.as_bytes(), envelope)


def _head(message: EmailMessage, settings: MailSettings, subject: str, envelope: Envelope) -> None:
    message["From"] = settings.sender
    message["To"] = envelope.recipient
    if settings.reply_to:
        message["Reply-To"] = settings.reply_to
    message["Subject"] = subject
    message["Date"] = format_datetime(envelope.now)
    message["Message-ID"] = f"<{envelope.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["MIME-Version"] = "1.0"


def _fill(message: MIMEPart, written: Written, enclosures: tuple[Enclosure, ...]) -> None:
    message.set_content(written.text, cte="quoted-printable")
    message.add_alternative(written.html, subtype="html", cte="quoted-printable")
    for file in enclosures:
        kind, _, subtype = file.kind.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)


def _unfolded(message: bytes) -> bytes:
    """The id on one line with its name: some servers read no other."""
    return message.replace(b"Message-ID:\r\n <", b"Message-ID: <", 1)


def _bound(message: MIMEPart, message_id: str) -> None:
    """Boundaries made from the message's id, where the library would take random ones."""
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{place}_{_digest('boundary', message_id)}")


def _sealed(settings: MailSettings, subject: str, entity: bytes, envelope: Envelope) -> bytes:
    """The whole entity encrypted; outside stand only the headers that carry it."""
    assert envelope.certificate is not None
    head = EmailMessage(policy=SMTP)
    _head(head, settings, subject, envelope)
    head["Content-Type"] = 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'
    head["Content-Transfer-Encoding"] = "base64"
    head["Content-Disposition"] = 'attachment; filename="smime.p7m"'
    body = "\r\n".join(wrap(base64.b64encode(seal_entity(entity, envelope.certificate)).decode("ascii"), 76))
    return _unfolded(head.as_bytes()) + body.encode("ascii") + b"\r\n"
