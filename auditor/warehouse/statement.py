"""One query as it is sent: a single SELECT, with its parameters bound by place and never written into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

# What SQL is made of, as far as it matters here. Words within quotes and remarks are nobody's command.
PIECE = re.compile(
    r"""
      (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`[^`]*`)
    | (?P<remark>--[^\n]*|/\*.*?\*/)
    | (?P<cast>::)
    | :(?P<name>[A-Za-z_]\w*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<odd>\$\$|\$\w*\$|\?|;|'|"|`|/\*|\\)
    """,
    re.VERBOSE | re.DOTALL,
)
BEGINS = ("select", "with")
# Words that write or run something; none is needed to read.
WRITES = frozenset(
    (
        *("insert", "update", "delete", "merge", "drop", "alter", "create", "truncate", "grant", "revoke", "into", "exec", "execute"),
        *("call", "copy", "replace", "lock", "set", "begin", "commit", "declare", "attach", "vacuum", "analyze"),
    )
)
# Words above that are also functions, with which one may read.
FUNCTIONS = frozenset(("replace", "insert", "truncate"))


@dataclass(frozen=True)
class Statement:
    """A query with a question mark for each parameter, the values in their order as text, and the names it asks for."""

    sql: str
    values: tuple[str, ...]
    names: tuple[str, ...]


def read_statement(table: str, query: str, parameters: Mapping[str, date | int | str]) -> Statement:
    """The query of ``table`` with its parameters bound; ValueError, which shows no value, where it is not a single SELECT."""
    text = query.strip().removesuffix(";").rstrip()
    pieces = list(PIECE.finditer(text))
    _refuse(table, text, pieces)
    names = tuple(piece["name"] for piece in pieces if piece["name"])
    for name in names:
        if name not in parameters:
            raise ValueError(f"queries.{table}: :{name} has no value; give it under parameters")
    sql = PIECE.sub(lambda piece: "?" if piece["name"] else piece[0], text)
    return Statement(sql, tuple(_as_text(parameters[name]) for name in names), names)


def _refuse(table: str, text: str, pieces: list[re.Match[str]]) -> None:
    words = list(_words(text, pieces))
    if not words or words[0][0] not in BEGINS:
        raise ValueError(f"queries.{table}: expected a single SELECT")
    for word, called in words:
        if word in WRITES and not (called and word in FUNCTIONS):
            raise ValueError(f"queries.{table}: expected a single SELECT, and it says {word}; a name like that goes into quotes")
    for piece in pieces:
        if piece["odd"]:
            what = {";": "more than one statement", "?": "a question mark; name the parameter instead, as in :since"}.get(
                piece["odd"], piece["odd"]
            )
            raise ValueError(f"queries.{table}: holds {what}")


def _words(text: str, pieces: list[re.Match[str]]) -> Iterator[tuple[str, bool]]:
    """Each word in small letters, and whether it is called as a function."""
    for piece in pieces:
        if piece["word"]:
            yield piece["word"].lower(), text[piece.end() :].lstrip().startswith("(")


def _as_text(value: date | int | str) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
