"""Look-ups: other files of the extract boiled down to one value per key, and joined to the files that refer to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from auditor.errors import ExtractRefused
from auditor.intake.columns import Header
from auditor.intake.found_files import FoundFile
from auditor.intake.nearest import did_you_mean
from auditor.intake.opened_files import Landing, Manner, land, open_file
from auditor.intake.profiles import Lookup, Profile
from auditor.intake.reading import InputFile
from auditor.intake.source_types import as_text
from auditor.intake.sql_text import in_words, quote_name

AGGREGATES = {"min": "min", "max": "max", "any": "min"}

_KEY = quote_name("@key")
_ORDER = quote_name("@order")
_ALL = quote_name("@all")


@dataclass(frozen=True)
class LookedUp:
    """The files behind a look-up, and sentences on values that found no place."""

    files: tuple[InputFile, ...]
    notices: tuple[str, ...]


def land_lookup(connection: duckdb.DuckDBPyConnection, profile: Profile, name: str, files: Iterable[FoundFile]) -> LookedUp:
    """Makes the table of one look-up: ``@key`` and what it offers, all VARCHAR, one row a key.

    ExtractRefused where a file it needs is missing, or has a row that cannot be read.
    """
    lookup, rows = profile.lookups[name], _table(f"{name} rows")
    columns = "".join(f", {quote_name(column)} VARCHAR" for column in (*lookup.columns, *lookup.numbered))
    connection.execute(f"CREATE OR REPLACE TABLE {rows} ({_KEY} VARCHAR, {_ORDER} VARCHAR[]{columns})")
    read = tuple(_land_file(connection, profile, name, file) for file in files)
    if not (read or lookup.optional):
        raise ExtractRefused(
            f"no file {' or '.join(lookup.files)} was found; the profile {profile.name} reads {name} from it. Add it to the extract."
        )
    connection.execute(f"CREATE OR REPLACE TABLE {_table(name)} AS {_boil(lookup, rows)}")
    notices = _find_overflow(connection, profile, name)
    connection.execute(f"DROP TABLE {rows}")
    return LookedUp(read, notices)


def _table(name: str) -> str:
    return quote_name(f"intake lookup {name}")


def _boil(lookup: Lookup, rows: str) -> str:
    """One row a key: one value a column, and the numbered values of its rows in their order, rows alike once."""
    boiled = "".join(
        f", {AGGREGATES[next(iter(how))]}({quote_name(column)}) AS {quote_name(column)}" for column, how in lookup.columns.items()
    )
    single = f"SELECT {_KEY}{boiled} FROM {rows} WHERE {_KEY} IS NOT NULL GROUP BY {_KEY}"
    if not lookup.numbered:
        return single
    places = "".join(
        f", {_ALL}[{n}].{quote_name(column)} AS {quote_name(f'{column}_{n}')}"
        for column in lookup.numbered
        for n in range(1, lookup.up_to + 1)
    )
    return f"SELECT single.*{places} FROM ({single}) AS single LEFT JOIN ({_list_rows(lookup, rows)}) AS listed USING ({_KEY})"


def _list_rows(lookup: Lookup, rows: str) -> str:
    """The distinct numbered rows of each key as a list, in order."""
    names = ", ".join(map(quote_name, lookup.numbered))
    filled = " OR ".join(f"{quote_name(column)} IS NOT NULL" for column in lookup.numbered)
    packed = ", ".join(f"{quote_name(column)} := {quote_name(column)}" for column in lookup.numbered)
    distinct = (
        f"SELECT {_KEY}, {names}, min({_ORDER}) AS {_ORDER} FROM {rows} WHERE {_KEY} IS NOT NULL AND ({filled}) GROUP BY {_KEY}, {names}"
    )
    return f"SELECT {_KEY}, list(struct_pack({packed}) ORDER BY {_ORDER}, {names}) AS {_ALL} FROM ({distinct}) GROUP BY {_KEY}"


def _find_overflow(connection: duckdb.DuckDBPyConnection, profile: Profile, name: str) -> tuple[str, ...]:
    """A sentence, where keys have more numbered rows than the look-up has places for."""
    lookup, rows = profile.lookups[name], _table(f"{name} rows")
    if not lookup.numbered:
        return ()
    many = f"SELECT count(*) FROM ({_list_rows(lookup, rows)}) WHERE len({_ALL}) > {lookup.up_to}"
    [(keys,)] = connection.execute(many).fetchall()
    said = f"{keys} keys of the look-up {name} have more than {lookup.up_to} values; the profile {profile.name} reads no more of them."
    return (said,) if keys else ()


def _land_file(connection: duckdb.DuckDBPyConnection, profile: Profile, name: str, file: FoundFile) -> InputFile:
    lookup = profile.lookups[name]
    manner = Manner(lookup.delimiter or profile.delimiter, lookup.encoding or profile.encoding, name)
    opened = open_file(connection, file, manner)
    cells = _Cells(profile, name, opened.header)
    values = [cells.text(column) for column in (*(next(iter(how.values())) for how in lookup.columns.values()), *lookup.numbered.values())]
    order = f"[{', '.join(_sortable(cells.text(column)) for column in lookup.order_by)}]" if lookup.order_by else "NULL"
    where = " AND ".join(cells.condition(column, kept) for column, kept in lookup.only_where.items()) or "true"
    selected = ", ".join([cells.text(lookup.key), order, *values])
    landing = Landing(cells.needed(), f"INSERT INTO {_table(f'{name} rows')} SELECT {selected} FROM {{relation}} WHERE {where}")
    tally = land(connection, opened, landing)
    for row, fault in tally.malformed:
        raise ExtractRefused(f"{file.name}, row {row}: {fault.value}; other files are joined to this one, so mend it first")
    return InputFile(file.name, "lookup", tally.rows, tally.sha256, tally.size, tally.blank)


def _sortable(text: str) -> str:
    """Numbers of different lengths in the order of their values."""
    return f"lpad(coalesce({text}, ''), CAST(greatest(length(coalesce({text}, '')), 12) AS INTEGER), ' ')"


@dataclass(frozen=True)
class _Cells:
    """The cells of one file that a look-up reads, as text."""

    profile: Profile
    name: str
    header: Header

    def text(self, column: str) -> str:
        found = _find(self.profile, self.name, self.header, (column,))
        sql = as_text(quote_name(found), self.header.columns[found])
        words = self.profile.empty_words
        return f"CASE WHEN NOT {in_words(sql, words)} THEN {sql} END" if words else sql

    def condition(self, column: str, kept: tuple[str, ...]) -> str:
        one_of = in_words(f"lower({self.text(column)})", [value.lower() for value in kept])
        return f"({one_of} OR {self.text(column)} IS NULL)" if "" in kept else one_of

    def needed(self) -> list[str]:
        lookup = self.profile.lookups[self.name]
        single = (next(iter(how.values())) for how in lookup.columns.values())
        wanted = (lookup.key, *single, *lookup.numbered.values(), *lookup.order_by, *lookup.only_where)
        return sorted({_find(self.profile, self.name, self.header, (column,)) for column in wanted})


def _find(profile: Profile, name: str, header: Header, columns: tuple[str, ...]) -> str:
    """The first of the columns that the file has."""
    found = next((column for wanted in columns if (column := header.find(wanted)) is not None), None)
    if found is None:
        wanted = " or ".join(columns)
        hint = did_you_mean(wanted, header.columns)
        asked = f"which the profile {profile.name} reads for {name}"
        raise ExtractRefused(f"{header.file}: there is no column {wanted}, {asked}.{hint} Correct the profile or the file.")
    return found


def lookup_columns(profile: Profile, names: Iterable[str]) -> dict[str, str]:
    """The columns that joined look-ups add to a file, with their types."""
    return {f"{name}.{column}": "VARCHAR" for name in names for column in profile.lookups[name].offered}


def join_lookups(relation: str, profile: Profile, names: list[str], header: Header) -> str:
    """The relation with the columns of its look-ups beside its own, named ``lookup.column``."""
    if not names:
        return relation
    added = "".join(
        f", {quote_name(f'@{name}')}.{quote_name(column)} AS {quote_name(f'{name}.{column}')}"
        for name in names
        for column in profile.lookups[name].offered
    )
    joins = " ".join(_join(profile.lookups[name], profile, name, header) for name in names)
    return f'(SELECT "@rows".*{added} FROM {relation} AS "@rows" {joins})'


def _join(lookup: Lookup, profile: Profile, name: str, header: Header) -> str:
    column = _find(profile, name, header, lookup.joined_on)
    key = as_text(f'"@rows".{quote_name(column)}', header.columns[column])
    alias = quote_name(f"@{name}")
    return f"LEFT JOIN {_table(name)} AS {alias} ON {key} = {alias}.{_KEY}"
