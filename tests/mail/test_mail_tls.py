"""No byte of a message, and no password, goes to a server that is not verified; no password is shown anywhere."""

from __future__ import annotations

import base64
import logging
import ssl
from pathlib import Path
from typing import Any

import pytest
from mail_certificates import DAY, NOW, server_context, server_pair
from mail_server import PASSWORD, Conduct, mail_server

from auditor.errors import SettingsRefused
from auditor.mail import deliver_pending, owe
from auditor.mail.replies import said_by
from auditor.outcomes import ExitCode
from auditor.secrets import SecretPlace, secrets_from
from tests.mail.conftest import ENVIRONMENT, Office, serving

UNTRUSTED: dict[str, dict[str, Any]] = {
    "another host's name": {"host": "other.plan.example"},
    "expired": {"span": (NOW - 3 * DAY, NOW - DAY)},
    "not yet valid": {"span": (NOW + DAY, NOW + 3 * DAY)},
    "signed by a stranger": {"number": 9},
}


@pytest.mark.parametrize("security", ["starttls", "smtps"])
@pytest.mark.parametrize("server", UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_certificate_that_is_not_to_be_trusted_gets_nothing(office: Office, keys: Path, security: str, server: dict[str, Any]) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, security=security, **server) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed, night.exit_code) == (0, 1, ExitCode.NOT_DELIVERED)
    assert "is not to be trusted" in night.troubles[0]
    assert (took.messages, took.logins, took.asked) == ([], 0, {})
    assert office.pauses == [], "what someone must mend is not tried again in the same night"
    with serving(office, keys, security=security):
        assert deliver_pending(office.desk).sent == 1, "mended, it is sent"


def test_a_stranger_is_not_trusted_without_a_ca_file_either(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    office.set(ca_file=None)
    with serving(office, keys) as took:
        assert deliver_pending(office.desk).owed == 1
    assert took.logins == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    context = server_context(server_pair(keys))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with mail_server(office.took, Conduct(), context) as port:
        office.set(port=port)
        night = deliver_pending(office.desk)
    assert (night.owed, office.took.logins, office.took.messages) == (1, 0, [])


def test_a_server_without_starttls_gets_neither_password_nor_message(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(starttls=False)) as took:
        night = deliver_pending(office.desk)
    assert "does not offer STARTTLS" in night.troubles[0]
    assert (took.logins, took.messages, night.owed) == (0, [], 1)


def test_a_ca_file_that_is_none_is_refused(office: Office, keys: Path, tmp_path: Path) -> None:
    owe(office.desk, office.run)
    (tmp_path / "empty.pem").write_text("nothing")
    office.set(ca_file=tmp_path / "empty.pem")
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert "ca_file" in night.troubles[0]
    assert took.logins == 0


# --- passwords -----------------------------------------------------------------------------------------------------------------


def forms(secret: str) -> tuple[str, ...]:
    """How a secret could be seen."""
    plain = base64.b64encode(f"\0auditor\0{secret}".encode()).decode()
    return secret, base64.b64encode(secret.encode()).decode(), plain


def test_a_wrong_password_is_said_and_shown_nowhere(office: Office, keys: Path, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    wrong = "Wrong-but-secret-77"
    office.desk = type(office.desk)(**(vars(office.desk) | {"secrets": secrets_from({"MAIL_PASSWORD": wrong})}))
    owe(office.desk, office.run)
    with caplog.at_level(logging.DEBUG, logger="auditor"), serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert night.troubles == ("the mail server does not accept the user and password (535).",)
    assert (night.owed, took.messages) == (1, [])
    said = capfd.readouterr()
    mine = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    shown = "\n".join((repr(night), repr(office.desk), repr(office.rows()), mine, said.out, said.err))
    assert not [form for form in forms(wrong) if form in shown]


def test_what_a_server_repeats_is_hidden() -> None:
    told = said_by(550, f"5.7.1 {PASSWORD}\r\nand {forms(PASSWORD)[1]}\x07\u202e end".encode(), PASSWORD)
    assert told == "550 5.7.1 (hidden) and (hidden)⟨U+0007⟩⟨U+202E⟩ end"


def test_a_server_that_repeats_the_password_is_not_repeated(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(rcpt=lambda *_: f"550 no, {PASSWORD}")):
        night = deliver_pending(office.desk)
    assert night.troubles[0].endswith("550 no, (hidden)")
    assert PASSWORD not in office.rows()[0].trouble


@pytest.mark.parametrize("secret", ["", "pässword-of-the-plan"])
def test_a_password_that_is_not_there_or_not_ascii_is_refused_before_a_connection(office: Office, keys: Path, secret: str) -> None:
    office.desk = type(office.desk)(**(vars(office.desk) | {"secrets": secrets_from({"MAIL_PASSWORD": secret})}))
    owe(office.desk, office.run)
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert (night.owed, took.logins) == (1, 0)
    assert not secret or secret not in repr(night)


def test_a_secret_comes_from_a_private_file_only(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    path.chmod(0o640)
    fetch = secrets_from({}, tmp_path)
    with pytest.raises(SettingsRefused, match="can be read by others") as refused:
        fetch(SecretPlace(file=Path("password")))
    assert PASSWORD not in str(refused.value)
    path.chmod(0o600)
    assert fetch(SecretPlace(file=Path("password"))) == PASSWORD
    with pytest.raises(SettingsRefused, match="cannot be read"):
        fetch(SecretPlace(file=Path("none")))


def test_systemd_credentials_show_a_right_of_the_group_and_are_private_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "unit" / "password"
    path.parent.mkdir()
    path.write_text(PASSWORD)
    path.chmod(0o440)
    place, environment = SecretPlace(file=path), {"CREDENTIALS_DIRECTORY": str(path.parent)}
    assert secrets_from(environment)(place) == PASSWORD
    for folder in (tmp_path, tmp_path / "other"):
        with pytest.raises(SettingsRefused, match="can be read by others"):
            secrets_from({"CREDENTIALS_DIRECTORY": str(folder)})(place)
    path.chmod(0o444)
    with pytest.raises(SettingsRefused, match="can be read by others"):
        secrets_from(environment)(place)


def test_a_secret_comes_from_the_environment_or_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", lambda service, user: PASSWORD if (service, user) == ("auditor", "mail") else None)
    assert secrets_from(ENVIRONMENT)(SecretPlace(env="MAIL_PASSWORD")) == PASSWORD
    assert secrets_from({})(SecretPlace(keyring="auditor/mail")) == PASSWORD
    for place in (SecretPlace(env="NONE"), SecretPlace(keyring="auditor/none"), SecretPlace(keyring="auditor")):
        with pytest.raises(SettingsRefused):
            secrets_from({})(place)


def test_a_secret_has_one_place() -> None:
    with pytest.raises(ValueError, match="exactly one of env, file, keyring"):
        SecretPlace(env="A", keyring="b/c")
    with pytest.raises(ValueError, match="exactly one"):
        SecretPlace()
