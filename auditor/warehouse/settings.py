"""The ``[warehouse]`` section: which database, which query feeds which table, how much at once. It never holds a password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from auditor.secrets import SecretPlace
from auditor.warehouse.statement import Statement, read_statement

# One part of a connection string: a key, and a value that may stand in braces to hold a semicolon.
PART = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)\s*(?:;|$)")
SECRET_KEY = re.compile(r"pwd|pass|token|secret|credential", re.IGNORECASE)
MOST_TEXT = 1 << 24

Table = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


def parts_of(connection: str) -> dict[str, str]:
    """The parts of a connection string by key, in small letters; ValueError where it is none."""
    found, place = {}, 0
    for part in PART.finditer(connection):
        if part.start() != place:
            break
        found[part[1].lower()], place = part[2], part.end()
    if place != len(connection.rstrip()) and place != len(connection):
        raise ValueError("expected KEY=VALUE parts, with semicolons between them")
    return found


def _connection(text: str) -> str:
    parts = parts_of(text)
    if any(SECRET_KEY.search(key) for key in parts):
        raise ValueError('a secret never stands here; say where it is kept: password = { env = "NAME" }, file or keyring')
    if not {"driver", "dsn", "filedsn"} & parts.keys():
        raise ValueError("expected Driver= or DSN= in it")
    return text


class WarehouseSettings(BaseModel):
    """A database and what to ask of it.

    ``queries`` are single SELECTs by the name of the file that the profile looks for, such as claim_lines; ``:name`` in them is bound to
    ``parameters``, always as a value and never as text of the query. ``batch_bytes`` bounds what is fetched at once; text of more than
    ``max_text`` characters stops the run. ``timeout_seconds`` is for the login and for each answer of the server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    connection: Annotated[str, AfterValidator(_connection)]
    user: str | None = None
    password: SecretPlace | None = None
    profile: str = "native"
    time_zone: str | None = None
    queries: Mapping[Table, str] = Field(min_length=1)
    parameters: Mapping[str, date | int | str] = Field(default_factory=dict)
    batch_bytes: int = Field(32 << 20, ge=1 << 16)
    max_text: int = Field(8_000, ge=1, le=MOST_TEXT)
    timeout_seconds: int = Field(600, ge=1)

    @model_validator(mode="after")
    def _queries(self) -> Self:
        used = {name for statement in self.statements.values() for name in statement.names}
        if strangers := sorted(self.parameters.keys() - used):
            raise ValueError(f"parameters: no query asks for {', '.join(strangers)}")
        return self

    @property
    def statements(self) -> dict[str, Statement]:
        """Each query ready to be sent, in the order of the tables' names; ValueError says what is wrong with one."""
        return {table: read_statement(table, self.queries[table], self.parameters) for table in sorted(self.queries)}
