"""Everything that a delivery needs, tried without sending: the server, the log-in, certificates and passwords of archives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor.errors import SettingsRefused
from auditor.mail.certificates import read_certificate
from auditor.mail.passwords import check_strength
from auditor.mail.replies import NotNow, ServerAtFault
from auditor.mail.server import open_server
from auditor.mail.settings import MailGroup, MailSettings
from auditor.secrets import FetchSecret


def rehearse(settings: MailSettings, secrets: FetchSecret, now: datetime) -> tuple[str, ...]:
    """What would hinder a delivery now, in sentences; none where it would go well. The server is greeted and logged in to, no more."""
    return (*_server(settings, secrets), *_protections(settings, secrets, now))


def _server(settings: MailSettings, secrets: FetchSecret) -> Iterator[str]:
    try:
        with open_server(settings, secrets):
            return
    except (NotNow, ServerAtFault, SettingsRefused) as trouble:
        yield str(trouble)


def _protections(settings: MailSettings, secrets: FetchSecret, now: datetime) -> Iterator[str]:
    for group in settings.groups:
        try:
            _protect(settings, group, secrets, now)
        except SettingsRefused as trouble:
            yield str(trouble)


def _protect(settings: MailSettings, group: MailGroup, secrets: FetchSecret, now: datetime) -> None:
    if group.zip_password is not None:
        check_strength(secrets(group.zip_password), group.name)
    for address in group.to if group.protection == "smime" else ():
        read_certificate(settings.certificate(address), address, now)
