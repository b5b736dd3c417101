"""Names and values written safely into SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path


def quote_name(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: str) -> str:
    """The value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def literal_path(path: Path) -> str:
    """A path as the engine's readers take it: it is no pattern, whatever signs it holds."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def quote_list(values: Iterable[str]) -> str:
    """The values as an SQL list of strings."""
    return "[" + ", ".join(map(quote_text, values)) + "]"


def in_words(subject: str, words: Iterable[str]) -> str:
    """A condition: the subject is one of the words."""
    return f"{subject} IN ({', '.join(map(quote_text, words))})"


def choose(subject: str, answers: Mapping[str, str], otherwise: str) -> str:
    """A CASE over the subject's values: each answer is a value, ``otherwise`` an expression; an empty answer is NULL."""
    if not answers:
        return otherwise
    branches = " ".join(f"WHEN {quote_text(key)} THEN nullif({quote_text(answers[key])}, '')" for key in answers)
    return f"CASE {subject} {branches} ELSE {otherwise} END"
