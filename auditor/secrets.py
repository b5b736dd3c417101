"""Where a secret is kept, and how it is fetched: the environment, a private file, or the keyring; never a settings file."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from auditor.errors import SettingsRefused

PLACES = ("env", "file", "keyring")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretPlace(BaseModel):
    """Where one secret is kept: exactly one of ``env`` (a variable), ``file`` (only its owner may read it), ``keyring`` (service/user)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None
    keyring: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, place) is not None for place in PLACES) != 1:
            raise ValueError("say where the secret is kept: exactly one of env, file, keyring")
        return self


# Fetches the secret that a place holds; SettingsRefused where it holds none.
FetchSecret = Callable[[SecretPlace], str]


def secrets_from(environment: Mapping[str, str], folder: Path = Path()) -> FetchSecret:
    """Fetches secrets; files named by a relative path lie in ``folder``. No message ever holds a secret.

    systemd gives the service alone its credentials by an access list, which shows as a right of the group.
    """
    credentials = environment.get("CREDENTIALS_DIRECTORY")

    def fetch(place: SecretPlace) -> str:
        if place.env is not None:
            secret = environment.get(place.env, "")
        elif place.file is not None:
            secret = _from_file(folder / place.file, stat.S_IRWXO if _lies_in(folder / place.file, credentials) else OTHERS)
        else:
            secret = _from_keyring(place.keyring or "")
        if not secret:
            raise SettingsRefused(f"{named(place)} is empty or not there. Put the secret in it.")
        return secret

    return fetch


def named(place: SecretPlace) -> str:
    """The place, for a message."""
    if place.env is not None:
        return f"the environment variable {place.env}"
    return f"the secret file {place.file.name}" if place.file is not None else f"the keyring's entry {place.keyring}"


def _lies_in(path: Path, folder: str | None) -> bool:
    return folder is not None and path.resolve().parent == Path(folder).resolve()


def _from_file(path: Path, others: int) -> str:
    """The file's text without the newline at its end; refused where others than its owner may read it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(
            f"the secret file {path.name} cannot be read. Name a text file that the user of this program may read."
        ) from None
    if mode & others:
        raise SettingsRefused(f"the secret file {path.name} can be read by others than its owner. Set its mode to 0600.")
    return text.removesuffix("\n").removesuffix("\r")


def _from_keyring(entry: str) -> str:
    service, slash, user = entry.rpartition("/")
    if not slash or not service or not user:
        raise SettingsRefused("a keyring entry is written service/user, such as auditor/mail.")
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise SettingsRefused("secrets of the keyring need the package keyring: install auditor[keyring].") from None
    try:
        return keyring.get_password(service, user) or ""
    except keyring.errors.KeyringError:
        raise SettingsRefused(f"the keyring's entry {entry} cannot be fetched: the keyring is locked, or there is none.") from None
