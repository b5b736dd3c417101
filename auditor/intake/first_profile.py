"""Writes a first profile from a file's header, guessing each column by name, for an analyst to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import duckdb

from auditor.errors import ExtractRefused
from auditor.intake.discovery import SUFFIXES
from auditor.intake.found_files import FoundFile
from auditor.intake.opened_files import Manner, open_file
from auditor.places import configs_folder
from auditor.tables import CANONICAL, Table
from auditor.yaml_lines import read_text_yaml

ALIKE = 0.84
COMPRESSED = ".gz"


@dataclass(frozen=True)
class Guess:
    """The column of the file that a column of the contract is taken from; ``sure`` unless only the spelling is near."""

    column: str
    sure: bool


@dataclass(frozen=True)
class Guesses:
    """What was guessed of one table: single columns, numbered columns by their stem, and columns of the file left over."""

    table: Table
    single: Mapping[str, Guess]
    numbered: Mapping[str, str]
    left_over: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Columns that every row needs and none was found for; of a group of which one is enough, the first."""
        found = {*self.single, *(f"{stem}_1" for stem in self.numbered)}
        groups = [group[0] for group in self.table.one_of if not found & set(group)]
        return [*(name for name in self.table.required if name not in found), *groups]


@cache
def column_aliases() -> Mapping[str, Mapping[str, list[str]]]:
    """``configs/column_aliases.yaml``: table to column to the names extracts give it."""
    return read_text_yaml(configs_folder() / "column_aliases.yaml")


def read_names(path: Path) -> tuple[str, ...]:
    """The column names of a file; ExtractRefused where it cannot be read."""
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        kinds = ", ".join(suffix for suffix in SUFFIXES if not suffix.endswith(COMPRESSED))
        raise ExtractRefused(f"{path.name or path}: expected a file with a header ({kinds}); check the path")
    with duckdb.connect() as connection:
        opened = open_file(connection, FoundFile(path, path.name, explicit=True), Manner(None, None, path.stem))
        return tuple(opened.header.columns)


def guess_table(names: Iterable[str], wanted: str | None = None) -> Guesses:
    """The guesses for the table named, else for the one whose columns the file has most of: least missing, then most found."""
    listed = list(names)
    tables = [table for table in CANONICAL if wanted in (None, table.name)]
    guesses = [guess_columns(table, listed) for table in tables]
    return min(guesses, key=lambda guess: (len(guess.missing), -len(guess.single) - len(guess.numbered)))


def guess_columns(table: Table, names: list[str]) -> Guesses:
    """Each column of the contract by its own name or an alias, then by spelling alone; a column of the file serves once."""
    left = dict.fromkeys(names)
    numbered = dict(_guess_numbered(table, left))
    known = {name: [name, *column_aliases()[table.name].get(name, [])] for name in (column.name for column in table.columns)}
    single: dict[str, Guess] = {}
    for sure in (True, False):
        for name, aliases in known.items():
            found = None if name in single else (_find_alike if sure else _find_near)(aliases, left)
            if found is not None:
                single[name] = Guess(found, sure)
                del left[found]
    return Guesses(table, single, numbered, tuple(left))


def _guess_numbered(table: Table, left: dict[str, None]) -> Iterator[tuple[str, str]]:
    """Stems whose columns the file numbers, with the pattern of their names; these columns are taken out of ``left``."""
    stems = [column.name.removesuffix("_1") for column in table.columns if column.name.endswith("_1")]
    for stem in stems:
        aliases = {_bare(alias) for alias in (f"{stem}_{{n}}", *column_aliases()[table.name].get(stem, []))}
        patterns = (pattern for name in left for pattern in _patterns(name) if _bare(pattern) in aliases)
        found = next(patterns, None)
        if found is not None:
            yield stem, found
            for name in [name for name in left if found in _patterns(name, r"\d+")]:
                del left[name]


def _patterns(name: str, number: str = r"(?<!\d)1(?!\d)") -> list[str]:
    """The name with one of its numbers written ``{n}``, in every way."""
    return [f"{name[: found.start()]}{{n}}{name[found.end() :]}" for found in re.finditer(number, name)]


def _find_alike(aliases: list[str], left: Iterable[str]) -> str | None:
    bare = {_bare(name): name for name in reversed(list(left))}
    return next((bare[_bare(alias)] for alias in aliases if _bare(alias) in bare), None)


def _find_near(aliases: list[str], left: Iterable[str]) -> str | None:
    bare = {_bare(name): name for name in left}
    near = get_close_matches(_bare(aliases[0]), bare, n=1, cutoff=ALIKE)
    return bare[near[0]] if near else None


def _bare(name: str) -> str:
    return re.sub(r"[\s._-]", "", name.lower())


def write_profile(guesses: Guesses, file: str) -> str:
    """The profile as YAML; what was not found is left empty, and said."""
    stem = file.lower().removesuffix(COMPRESSED).rpartition(".")[0]
    head = [
        f"about: {json.dumps(f'A first profile, guessed from the header of {file}; correct it, then use it with --profile.')}",
        "",
        "years: {first: 1900, last: 2299}",
        "longest_days: {claim_lines: 366, events: 3653}",
        '# date_formats: ["%m/%d/%Y"]            # where dates are not written year first',
    ]
    return "\n".join([*head, *(line for table in CANONICAL for line in _table_lines(table, guesses, stem))]) + "\n"


def _table_lines(table: Table, guesses: Guesses, stem: str) -> Iterator[str]:
    own = f"{table.name}*"
    if table == guesses.table:
        yield from ("", f"{table.name}:", f"  - files: [{json.dumps(f'{stem}*')}]", "    columns:", *_column_lines(guesses))
        yield from (f"    # not read: {json.dumps(name)}" for name in guesses.left_over)
    elif not fnmatchcase(stem, own):
        yield from ("", f"{table.name}:", f"  - files: [{json.dumps(own)}]", "    own_names: true")


def _column_lines(guesses: Guesses) -> Iterator[str]:
    for name in (column.name for column in guesses.table.columns):
        if name in guesses.missing:
            yield f'      {name}: {{constant: ""}}   # no column looks like it, and every row needs it: name one'
        elif name in guesses.single:
            yield f"      {name}: {_rule(guesses, name)}"
    if guesses.numbered:
        yield "    numbered:"
        yield from (f"      {stem}: {json.dumps(pattern)}" for stem, pattern in guesses.numbered.items())


def _rule(guesses: Guesses, name: str) -> str:
    guess = guesses.single[name]
    column = guesses.table.column(name)
    words = f"   # values: map each to {', '.join(column.choices)}" if column.choices else ""
    return f"{json.dumps(guess.column)}{words}{'' if guess.sure else '   # by its spelling alone: check'}"
