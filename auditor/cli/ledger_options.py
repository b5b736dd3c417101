"""Options of the commands that open the ledger: where it is, and where its key and its password are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from auditor.ledger import Ledger

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
)


def ledger_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the ledger is; the command gets them as ``open_it``, which opens it."""
    from functools import wraps

    @wraps(command)
    def opening(place: str, ledger_key: Path | None, ledger_password_file: Path | None, ledger_keyring: str | None, **options: Any) -> Any:
        return command(open_it=lambda: _opened(place, ledger_key, _password(ledger_password_file, ledger_keyring)), **options)

    decorated: Callable[..., Any] = opening
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


@contextmanager
def _opened(place: str, key: Path | None, password: str | None) -> Iterator[Ledger]:
    from auditor.errors import LedgerRefused
    from auditor.ledger import key_beside, open_ledger, read_key
    from auditor.tokens import Tokens

    url = place if "://" in place else f"sqlite:///{place}"
    if "://" not in place and not Path(place).is_file():
        raise LedgerRefused(f"--ledger: there is no ledger {Path(place).name}. Name the one that `auditor nightly` records into.")
    with open_ledger(url, Tokens(read_key(key or key_beside(url), Path(place))), password) as ledger:
        yield ledger


def _password(file: Path | None, keyring: str | None) -> str | None:
    from auditor.secrets import SecretPlace, secrets_from

    if file is None and keyring is None:
        return os.environ.get(PASSWORD)
    return secrets_from(os.environ)(SecretPlace(file=file, keyring=keyring))
