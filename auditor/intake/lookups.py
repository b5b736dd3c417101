"""Look-ups: other files of the extract boiled down to one value per key, and joined to the files that refer to them."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from auditor.errors import ExtractRefused
from auditor.intake.columns import Header
from auditor.intake.found_files import FoundFile
from auditor.intake.nearest import did_you_mean
from auditor.intake.opened_files import Landing, Manner, land, open_file
from auditor.intake.profiles import Lookup, Profile
from auditor.intake.reading import InputFile
from auditor.intake.source_types import as_text
from auditor.intake.sql_text import quote_name

AGGREGATES = {"min": "min", "max": "max", "any": "min"}


def land_lookup(connection: duckdb.DuckDBPyConnection, profile: Profile, name: str, files: Iterable[FoundFile]) -> list[InputFile]:
    """Makes the table of one look-up: ``@key`` and its columns, all VARCHAR, one row a key.

    ExtractRefused where a file it needs is missing, or has a row that cannot be read.
    """
    lookup, table, rows = profile.lookups[name], _table(name), _table(f"{name} rows")
    columns = "".join(f", {quote_name(column)} VARCHAR" for column in lookup.columns)
    connection.execute(f"CREATE OR REPLACE TABLE {rows} ({_KEY} VARCHAR{columns})")
    read = [_land_file(connection, profile, name, file) for file in files]
    if not (read or lookup.optional):
        raise ExtractRefused(
            f"no file {' or '.join(lookup.files)} was found; the profile {profile.name} reads {name} from it. Add it to the extract."
        )
    boiled = "".join(
        f", {AGGREGATES[next(iter(how))]}({quote_name(column)}) AS {quote_name(column)}" for column, how in lookup.columns.items()
    )
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {_KEY}{boiled} FROM {rows} WHERE {_KEY} IS NOT NULL GROUP BY {_KEY}")
    connection.execute(f"DROP TABLE {rows}")
    return read


_KEY = quote_name("@key")


def _table(name: str) -> str:
    return quote_name(f"intake lookup {name}")


def _land_file(connection: duckdb.DuckDBPyConnection, profile: Profile, name: str, file: FoundFile) -> InputFile:
    lookup = profile.lookups[name]
    manner = Manner(lookup.delimiter or profile.delimiter, lookup.encoding or profile.encoding, name)
    opened = open_file(connection, file, manner)
    wanted = [lookup.key, *(next(iter(how.values())) for how in lookup.columns.values())]
    found = [_find(profile, name, opened.header, column) for column in wanted]
    cells = ", ".join(as_text(quote_name(column), opened.header.columns[column]) for column in found)
    landing = Landing(sorted(set(found)), f"INSERT INTO {_table(f'{name} rows')} SELECT {cells} FROM {{relation}}")
    tally = land(connection, opened, landing)
    for row, fault in tally.malformed:
        raise ExtractRefused(f"{file.name}, row {row}: {fault.value}; other files are joined to this one, so mend it first")
    return InputFile(file.name, "lookup", tally.rows, tally.sha256, tally.size, tally.blank)


def _find(profile: Profile, name: str, header: Header, column: str) -> str:
    found = header.find(column)
    if found is None:
        hint = did_you_mean(column, header.columns)
        asked = f"which the profile {profile.name} reads for {name}"
        raise ExtractRefused(f"{header.file}: there is no column {column}, {asked}.{hint} Correct the profile or the file.")
    return found


def lookup_columns(profile: Profile, names: Iterable[str]) -> dict[str, str]:
    """The columns that joined look-ups add to a file, with their types."""
    return {f"{name}.{column}": "VARCHAR" for name in names for column in profile.lookups[name].columns}


def join_lookups(relation: str, profile: Profile, names: list[str], header: Header) -> str:
    """The relation with the columns of its look-ups beside its own, named ``lookup.column``."""
    if not names:
        return relation
    added = "".join(
        f", {quote_name(f'@{name}')}.{quote_name(column)} AS {quote_name(f'{name}.{column}')}"
        for name in names
        for column in profile.lookups[name].columns
    )
    joins = " ".join(_join(profile.lookups[name], profile, name, header) for name in names)
    return f'(SELECT "@rows".*{added} FROM {relation} AS "@rows" {joins})'


def _join(lookup: Lookup, profile: Profile, name: str, header: Header) -> str:
    column = _find(profile, name, header, lookup.joined_on)
    key = as_text(f'"@rows".{quote_name(column)}', header.columns[column])
    alias = quote_name(f"@{name}")
    return f"LEFT JOIN {_table(name)} AS {alias} ON {key} = {alias}.{_KEY}"
