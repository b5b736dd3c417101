"""Lands text, workbooks and frames as typed tables, reads Parquet in place, and lays a ``_read`` view over both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow

from auditor.intake.columns import Header, Picks, needed_columns, pick, suggest_columns, used_lookups
from auditor.intake.csv_files import Tally
from auditor.intake.discovery import Feed
from auditor.intake.frames import FRAME, describe_frame, register_frame
from auditor.intake.lookups import join_lookups, lookup_columns
from auditor.intake.opened_files import Landing, Manner, OpenedFile, land, open_file
from auditor.intake.parquet_files import ParquetFile, hash_file, is_trimmed, scan_parquet
from auditor.intake.profiles import Profile, Source, column_rules
from auditor.intake.reading import IgnoredColumn, InputFile
from auditor.intake.sql_text import quote_name, quote_text
from auditor.intake.times import Conventions
from auditor.intake.typed_select import CLOCK_COLUMNS, MEMBER, SCOPE, typed_select, view_columns
from auditor.tables import Table

MALFORMED = "intake_malformed"


@dataclass(frozen=True)
class _Selecting:
    """A typed SELECT that lacks only which cells it picks."""

    table: Table
    relation: str
    conventions: Conventions

    def sql(self, picks: Picks) -> str:
        return typed_select(self.table, picks, self.relation, self.conventions)


@dataclass(frozen=True)
class Views:
    """The SELECTs whose rows together are a table: of all rows, and of members in scope."""

    every: tuple[str, ...]
    scope: tuple[str, ...]

    def joined(self, other: Views) -> Views:
        """The rows of both."""
        return Views(self.every + other.every, self.scope + other.scope)


@dataclass(frozen=True)
class Intake:
    """Where the rows go, the profile that maps them, and the facility's time zone where it is known."""

    connection: duckdb.DuckDBPyConnection
    profile: Profile
    zone: str | None

    def select(self, table: Table, source: Source, header: Header, relation: str) -> str:
        """The typed SELECT of one source over a relation that offers the header's columns."""
        return self._select(table, source, header, relation).sql(pick(self.profile, table, source, header))

    def select_scope(self, table: Table, source: Source, header: Header, relation: str) -> str:
        """The same SELECT, of the members in scope only."""
        return self._select(table, source, header, relation).sql(replace(pick(self.profile, table, source, header), only_scope=True))

    def _select(self, table: Table, source: Source, header: Header, relation: str) -> _Selecting:
        joined = join_lookups(relation, self.profile, used_lookups(self.profile, source), header)
        return _Selecting(table, joined, Conventions(self.zone, self.profile.formats(source), self.profile.years))


@dataclass(frozen=True)
class FeedRead:
    """One file after intake: what identifies it, its header with that of its look-ups, and the columns passed over."""

    feed: Feed
    file: InputFile
    header: Header
    ignored: tuple[IgnoredColumn, ...]
    in_place: bool


def create_landed(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """An empty table for the typed rows of whatever is not read in place."""
    columns = ", ".join(f"{quote_name(name)} {kind}" for name, kind in (*view_columns(table), *CLOCK_COLUMNS))
    connection.execute(f"CREATE OR REPLACE TABLE {_landed(table)} ({columns})")


def read_feed(intake: Intake, feed: Feed) -> FeedRead:
    """Reads one file into its canonical table; ExtractRefused where it cannot be trusted."""
    source = feed.source
    manner = Manner(source.delimiter or intake.profile.delimiter, source.encoding or intake.profile.encoding, feed.table.name)
    opened = open_file(intake.connection, feed.file, manner)
    joined = lookup_columns(intake.profile, used_lookups(intake.profile, source))
    header = Header(feed.file.name, {**opened.header.columns, **joined})
    tally = _tally(intake, feed, opened, header)
    file = InputFile(feed.file.name, feed.table.name, tally.rows, tally.sha256, tally.size, tally.blank)
    ignored = _ignored(intake.profile, feed, opened.header)
    return FeedRead(feed, file, header, ignored, isinstance(opened.content, ParquetFile))


def _tally(intake: Intake, feed: Feed, opened: OpenedFile, header: Header) -> Tally:
    """Lands the file's rows, or only describes it where it can be read in place."""
    select = intake.select(feed.table, feed.source, header, "{relation}")
    if isinstance(opened.content, ParquetFile):
        sha256, size = hash_file(feed.file)
        return Tally(opened.content.rows, sha256=sha256, size=size)
    columns = needed_columns(intake.profile, feed.table, feed.source, opened.header)
    tally = land(intake.connection, opened, Landing(columns, f"INSERT INTO {_landed(feed.table)} {select}"))
    if feed.first and tally.malformed:
        _land_malformed(intake, feed, tally)
    return tally


def _land_malformed(intake: Intake, feed: Feed, tally: Tally) -> None:
    """Rows that could not be parted into cells: nothing is known of them but where they are and why."""
    numbers, faults = zip(*tally.malformed, strict=True)
    rows = pyarrow.table({"source_row": numbers, "fault": [fault.value for fault in faults]})
    intake.connection.register(MALFORMED, rows)
    file = f"{quote_text(feed.file.name)} AS source_file"
    intake.connection.execute(f"INSERT INTO {_landed(feed.table)} BY NAME SELECT *, {file} FROM {MALFORMED}")
    intake.connection.unregister(MALFORMED)


def _ignored(profile: Profile, feed: Feed, header: Header) -> tuple[IgnoredColumn, ...]:
    read = needed_columns(profile, feed.table, feed.source, header)
    near = suggest_columns(feed.table, feed.source, header, read)
    return tuple(IgnoredColumn(header.file, column, name) for column, name in near.items())


def read_frame(intake: Intake, table: Table, source: Source, frame: pyarrow.Table) -> InputFile:
    """Lands the rows of a canonical table that the caller holds."""
    relation, header = register_frame(intake.connection, table.name, frame)
    try:
        intake.connection.execute(f"INSERT INTO {_landed(table)} {intake.select(table, source, header, relation)}")
    finally:
        intake.connection.unregister(FRAME)
    return describe_frame(table.name, frame)


def selects(intake: Intake, table: Table, reads: Iterable[FeedRead]) -> Views:
    """One SELECT over what was landed, and one over each set of Parquet files alike."""
    alike: dict[str, list[FeedRead]] = {}
    for read in reads:
        if read.in_place:
            key = repr((read.feed.file.path.resolve().parent, read.feed.source, read.header.columns))
            alike.setdefault(key, []).append(read)
    landed = f"SELECT * FROM {_landed(table)}"
    scans = [_scan(intake, same) for same in alike.values()]
    in_scope = f"{landed} WHERE {MEMBER} IN (SELECT {MEMBER} FROM {SCOPE})"
    return Views((landed, *(every for every, _ in scans)), (in_scope, *(scope for _, scope in scans)))


def _scan(intake: Intake, alike: list[FeedRead]) -> tuple[str, str]:
    """The SELECT over Parquet files of one folder, source and schema: of all rows, and of members in scope."""
    feed, header = alike[0].feed, alike[0].header
    relation = scan_parquet([read.feed.file for read in alike])
    rule = column_rules(feed.table, feed.source).get(MEMBER)
    names = {found for name in (rule.column if rule else ()) if (found := header.find(name)) and header.columns[found] == "VARCHAR"}
    trimmed = frozenset(name for name in names if is_trimmed(intake.connection, relation, name))
    read = replace(header, trimmed=trimmed)
    return intake.select(feed.table, feed.source, read, relation), intake.select_scope(feed.table, feed.source, read, relation)


def create_views(connection: duckdb.DuckDBPyConnection, table: Table, views: Views) -> None:
    """``<table>_read`` over all rows, whatever files they come from, and ``<table>_scope`` over those of members in scope.

    The second also has ``CLOCK_COLUMNS``.
    """
    connection.execute(f"CREATE TABLE IF NOT EXISTS {SCOPE} ({MEMBER} VARCHAR)")
    _create_view(connection, f"{table.name}_read", [name for name, _ in view_columns(table)], views.every)
    _create_view(connection, f"{table.name}_scope", [name for name, _ in (*view_columns(table), *CLOCK_COLUMNS)], views.scope)


def _create_view(connection: duckdb.DuckDBPyConnection, view: str, names: Sequence[str], rows: Sequence[str]) -> None:
    columns = ", ".join(quote_name(name) for name in names)
    union = "\nUNION ALL ".join(f"SELECT {columns} FROM ({select})" for select in rows)
    connection.execute(f"CREATE OR REPLACE VIEW {quote_name(view)} AS {union}")


def _landed(table: Table) -> str:
    return quote_name(f"intake landed {table.name}")
