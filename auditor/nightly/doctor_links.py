"""Checks of what lies elsewhere: the ledger's database, the mail server, and the certificates of recipients."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTP
from typing import Any

from auditor.errors import SettingsRefused
from auditor.ledger.connect import named, read_url
from auditor.mail.certificates import read_certificate
from auditor.mail.passwords import check_strength
from auditor.mail.replies import NotNow, ServerAtFault
from auditor.mail.server import open_server
from auditor.nightly.doctor import Check, mend, watch, well
from auditor.nightly.folders import lies_elsewhere
from auditor.nightly.night import Night
from auditor.nightly.remembered import is_new, is_there, key_of, peek
from auditor.secrets import FetchSecret

SOON = timedelta(days=30)


def check_ledger(night: Night, secrets: FetchSecret) -> Iterator[Check]:
    """The ledger can be reached, stands at this program's revision, and was written under this key."""
    part = night.settings.ledger
    if part is None:
        yield watch("ledger", "none is named", "Without [ledger] nothing is remembered from run to run, and nothing is mailed.")
        return
    name = named(read_url(part.url))
    if not is_there(part):
        if part.key is not None:
            key_of(part, secrets)
        yield well("ledger", f"{name} will be made by the first night")
        return
    with peek(night.settings, secrets, night.clock) as ledger:
        last = ledger.last_name() if ledger else None
    if ledger is None and is_new(part, secrets):
        yield well("ledger", f"{name} can be reached; its tables will be made by the first night")
    elif ledger is None:
        yield watch("ledger", f"{name} is to be brought up to date", "The next night does it, in one step; keep a copy before.")
    elif stray := lies_elsewhere(night.settings.run.out, last):
        yield watch("ledger", f"{name}: {stray}", "Give each folder of runs a ledger of its own.")
    else:
        yield well("ledger", f"{name} is up to date; last recorded: {last or 'no run yet'}")


def check_mail(night: Night, secrets: FetchSecret) -> Iterator[Check]:
    """The server takes our connection, encrypted and verified, and our user; nothing is sent."""
    settings = night.settings.mail
    if settings is None:
        yield watch("mail", "nobody is told", "Name a server and groups under [mail], or watch the exit code.")
        return
    where = f"{settings.server}, port {settings.port_used}"
    try:
        with open_server(settings, secrets) as server:
            ends = _certificate_end(server)
    except NotNow as fault:
        yield watch("mail", str(fault).removesuffix("."), "What cannot be sent is owed, and tried again by the next night.")
    except ServerAtFault as fault:
        yield mend("mail", str(fault).removesuffix("."), "Mend the server, or [mail].")
    else:
        yield _lasting("mail", f"{where}: encrypted, verified" if ends else f"{where}: without encryption", ends, night.clock.at())


def _certificate_end(server: SMTP) -> datetime | None:
    """When the server's certificate expires; None where the connection has none."""
    told: Any = server.sock.getpeercert() if isinstance(server.sock, ssl.SSLSocket) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC) if told else None


def check_passwords(night: Night, secrets: FetchSecret) -> Iterator[Check]:
    """Passwords of archives are there and strong; each is told to its group another way than by mail."""
    for group in night.settings.mail.groups if night.settings.mail else ():
        if group.zip_password is None:
            continue
        try:
            check_strength(secrets(group.zip_password), group.name)
        except SettingsRefused as refused:
            yield mend("zip password", str(refused).removesuffix("."), "")
        else:
            yield well("zip password", f"that of group {group.name} is strong enough")


def check_certificates(night: Night) -> Iterator[Check]:
    """The certificates that messages are encrypted to are fit, and will be for a while."""
    settings, now = night.settings.mail, night.clock.at()
    for address, path in sorted(settings.certificates.items()) if settings else ():
        try:
            yield _lasting("certificate", path.name, read_certificate(path, address, now).not_valid_after_utc, now)
        except SettingsRefused as refused:
            yield mend("certificate", str(refused), "")


def _lasting(name: str, found: str, ends: datetime | None, now: datetime) -> Check:
    if ends is not None and ends - now < SOON:
        return watch(name, f"{found}; the certificate expires on {ends:%Y-%m-%d}", "See that it is renewed.")
    return well(name, f"{found}{f', until {ends:%Y-%m-%d}' if ends else ''}")
