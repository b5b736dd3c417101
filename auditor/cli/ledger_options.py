"""Options of the commands that open the ledger: where it is, and where its key and its password are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from auditor.ledger import Ledger
    from auditor.nightly.settings import LedgerPart
    from auditor.secrets import FetchSecret

Option = Callable[[Callable[..., Any]], Callable[..., Any]]
PASSWORD = "AUDITOR_LEDGER_PASSWORD"
OPTIONS: tuple[Option, ...] = (
    click.option(
        "--ledger",
        "place",
        envvar="AUDITOR_LEDGER",
        default="runs/ledger.sqlite",
        show_default=True,
        help="The ledger: a file, or postgresql://USER@HOST/NAME. Its password, if it has one, is taken from AUDITOR_LEDGER_PASSWORD.",
    ),
    click.option(
        "--ledger-key",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="AUDITOR_LEDGER_KEY",
        help="The file of the ledger's key.  [default: beside the ledger's file]",
    ),
    click.option("--ledger-password-file", type=click.Path(dir_okay=False, path_type=Path), help="A private file with the password."),
    click.option("--ledger-keyring", metavar="SERVICE/USER", help="The keyring's entry with the password."),
    click.option(
        "--config", type=click.Path(dir_okay=False, path_type=Path), help="Settings of the nights, which name ledger, key and password."
    ),
)


@dataclass(frozen=True)
class Named:
    """What the command line says of the ledger."""

    place: str
    ledger_key: Path | None
    ledger_password_file: Path | None
    ledger_keyring: str | None
    config: Path | None

    def open(self) -> AbstractContextManager[Ledger]:
        """The ledger of the settings, where they are given, else of the other options."""
        return _of_settings(self.config) if self.config else _opened(self)


def ledger_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the ledger is; the command gets them as ``open_it``, which opens it."""
    from functools import wraps

    @wraps(command)
    def opening(**options: Any) -> Any:
        named = Named(**{one.name: options.pop(one.name) for one in fields(Named)})
        if named.config and any(_was_given(name) for name in ("place", "ledger_key", "ledger_password_file", "ledger_keyring")):
            raise click.UsageError("--config names the ledger, its key and its password; leave the other options out.")
        return command(open_it=named.open, **options)

    decorated: Callable[..., Any] = opening
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


def _was_given(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


@contextmanager
def _opened(named: Named) -> Iterator[Ledger]:
    from auditor.errors import LedgerRefused
    from auditor.ledger import key_beside, open_ledger, read_key
    from auditor.tokens import Tokens

    place, key = named.place, named.ledger_key
    password = _password(named.ledger_password_file, named.ledger_keyring)
    url = place if "://" in place else f"sqlite:///{place}"
    if "://" not in place and not Path(place).is_file():
        raise LedgerRefused(
            f"--ledger: there is no ledger {Path(place).name}. "
            "Name the one that `auditor nightly` records into, or the settings of the nights with --config."
        )
    with open_ledger(url, Tokens(read_key(key or key_beside(url), Path(place))), password) as ledger:
        yield ledger


@contextmanager
def _of_settings(config: Path) -> Iterator[Ledger]:
    from auditor.errors import LedgerRefused
    from auditor.nightly.remembered import is_there, open_part

    part, secrets = part_of(config)
    if not is_there(part):
        raise LedgerRefused(f"{config.name}: there is no ledger yet where [ledger] says. The first night makes it.")
    with open_part(part, secrets) as ledger:
        yield ledger


def part_of(config: Path) -> tuple[LedgerPart, FetchSecret]:
    """What the settings of the nights say of the ledger, and what fetches its secrets."""
    from auditor.errors import SettingsRefused
    from auditor.nightly.settings_file import read_settings
    from auditor.secrets import secrets_from

    part = read_settings(config).ledger
    if part is None:
        raise SettingsRefused(f"{config.name}: [ledger] is missing. configs/nightly.example.toml shows one.")
    return part, secrets_from(os.environ, config.resolve().parent)


def _password(file: Path | None, keyring: str | None) -> str | None:
    from auditor.secrets import SecretPlace, secrets_from

    if file is None and keyring is None:
        return os.environ.get(PASSWORD)
    return secrets_from(os.environ)(SecretPlace(file=file, keyring=keyring))
