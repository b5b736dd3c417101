"""A connection to the mail server: encrypted and verified before a word of a message, or not at all."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from auditor.errors import SettingsRefused
from auditor.mail.replies import NotNow, ServerAtFault, is_transient, turned_away
from auditor.mail.settings import MailSettings
from auditor.secrets import FetchSecret

GREETED = 250


@contextmanager
def open_server(settings: MailSettings, secrets: FetchSecret) -> Iterator[smtplib.SMTP]:
    """A server that may be handed messages.

    NotNow where it may be different in a minute, ServerAtFault where someone must mend it, SettingsRefused where a secret is not
    to be had. Saying goodbye may fail without harm.
    """
    password = _password(settings, secrets)
    with _faults(settings):
        server = _connect(settings)
    try:
        with _faults(settings):
            _greet(server)
            if settings.security == "starttls":
                _encrypt(server, settings)
            if settings.user:
                _log_in(server, settings.user, password)
        yield server
    finally:
        _leave(server)


def tls_context(settings: MailSettings) -> ssl.SSLContext:
    """Certificates are verified, host names are checked, and nothing older than TLS 1.2 is spoken."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError):
        raise SettingsRefused("[mail] ca_file cannot be read, or holds no certificate in PEM.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _password(settings: MailSettings, secrets: FetchSecret) -> str:
    password = secrets(settings.password) if settings.password else ""
    if not (password + (settings.user or "")).isascii():
        raise SettingsRefused("[mail] user and password must be ASCII: mail servers disagree about the rest.")
    return password


def _connect(settings: MailSettings) -> smtplib.SMTP:
    """Connected and greeted by the server; the name we give is the sender's domain, for asking this machine's name may hang."""
    place = (settings.server, settings.port_used, settings.domain)
    if settings.security == "smtps":
        return smtplib.SMTP_SSL(*place, timeout=settings.timeout_seconds, context=tls_context(settings))
    return smtplib.SMTP(*place, timeout=settings.timeout_seconds)


def _greet(server: smtplib.SMTP) -> None:
    code, reply = server.ehlo()
    if code != GREETED:
        raise turned_away("our greeting", code, reply)


def _encrypt(server: smtplib.SMTP, settings: MailSettings) -> None:
    if not server.has_extn("starttls"):
        raise ServerAtFault("the mail server does not offer STARTTLS; nothing is sent without encryption. Try security smtps.")
    server.starttls(context=tls_context(settings))
    _greet(server)


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """No word of the server is repeated: it may hold what it was told."""
    try:
        server.login(user, password)
    except smtplib.SMTPAuthenticationError as refused:
        if is_transient(refused.smtp_code):
            raise NotNow(f"the mail server cannot log us in now ({refused.smtp_code}).") from None
        raise ServerAtFault(f"the mail server does not accept the user and password ({refused.smtp_code}).") from None
    except smtplib.SMTPServerDisconnected:
        raise NotNow("the mail server closed the connection when we logged in.") from None
    except (smtplib.SMTPException, ValueError):
        raise ServerAtFault("the mail server offers no way to log in that is known here (PLAIN, LOGIN, CRAM-MD5).") from None


@contextmanager
def _faults(settings: MailSettings) -> Iterator[None]:
    """Turns what a connection can suffer into whether to try again."""
    where = f"{settings.server}, port {settings.port_used}"
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        raise turned_away("us", refused.smtp_code, refused.smtp_error) from None
    except smtplib.SMTPException:
        raise NotNow(f"the mail server ({where}) closed the connection, or did not answer within {settings.timeout_seconds:g} s.") from None
    except ssl.SSLCertVerificationError as fault:
        raise ServerAtFault(
            f"the certificate of the mail server ({where}) is not to be trusted: {fault.verify_message}. Nothing was sent."
        ) from None
    except ssl.SSLEOFError:
        raise NotNow(f"the mail server ({where}) closed the connection while encryption began.") from None
    except ssl.SSLError:
        raise ServerAtFault(f"the mail server ({where}) and we agree on no encryption of TLS 1.2 or newer. Nothing was sent.") from None
    except OSError as fault:
        raise NotNow(f"the mail server ({where}) cannot be reached: {fault.strerror or 'no answer in time'}.") from None


def _leave(server: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError, ValueError):
        server.quit()
    server.close()
