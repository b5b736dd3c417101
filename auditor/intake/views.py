"""Lands text, workbooks and frames as typed tables, reads Parquet in place, and lays a ``_read`` view over both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import duckdb
import pyarrow

from auditor.intake.asking import Asking
from auditor.intake.clean_columns import find_clean
from auditor.intake.columns import Header, needed_columns, pick, plain_columns, suggest_columns, used_lookups
from auditor.intake.csv_files import Tally
from auditor.intake.discovery import Feed
from auditor.intake.frames import FRAME, describe_frame, register_frame
from auditor.intake.landed_words import SAID, land_words, only_words, word_columns
from auditor.intake.lookups import join_lookups, lookup_columns
from auditor.intake.opened_files import Landing, Manner, OpenedFile, land, open_file
from auditor.intake.parquet_files import ParquetFile, ParquetRows, hash_file, scan_parquet
from auditor.intake.passed_checks import find_passed
from auditor.intake.profiles import Profile, Source
from auditor.intake.reading import IgnoredColumn, InputFile
from auditor.intake.sql_text import quote_name, quote_text
from auditor.intake.times import Conventions
from auditor.intake.typed_select import CLOCK_COLUMNS, MEMBER, SCOPE, typed_select, view_columns
from auditor.tables import EVENTS, Table

MALFORMED = "intake_malformed"
TYPED = "intake_typed"
NUMBERED = re.compile(r"(diagnosis_code|procedure_code|procedure_date)_([2-9]|\d\d)")


@dataclass(frozen=True)
class Views:
    """The SELECTs whose rows together are a table: of all rows, and of members in scope.

    ``words`` say at least once what the first say in the columns ``SAID``, where these are events; ``counts`` are SQL for the rows of
    each of the first; ``filled`` are the canonical columns that any of them fills.
    """

    every: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    filled: frozenset[str] = frozenset()

    def joined(self, other: Views) -> Views:
        """The rows of both."""
        words, counts = self.words + other.words, self.counts + other.counts
        return Views(self.every + other.every, self.scope + other.scope, words, counts, self.filled | other.filled)


@dataclass(frozen=True)
class Scan:
    """The same of one set of Parquet files."""

    every: str
    scope: str
    words: str


@dataclass(frozen=True)
class Intake:
    """Where the rows go, the profile that maps them, and the facility's time zone where it is known."""

    connection: duckdb.DuckDBPyConnection
    profile: Profile
    zone: str | None

    def select(self, table: Table, source: Source, header: Header, relation: str) -> str:
        """The typed SELECT of one source over a relation that offers the header's columns."""
        joined = self._join(relation, source, header)
        return typed_select(table, pick(self.profile, table, source, header), joined, self._conventions(table, source))

    def scan(self, table: Table, source: Source, header: Header, rows: ParquetRows) -> Scan:
        """The SELECTs over Parquet files, that take cells as they lie where they can, and leave out the checks that no row fails."""
        lookups = lookup_columns(self.profile, used_lookups(self.profile, source))
        plain = {name: own for name, own in plain_columns(self.profile, table, source, header).items() if own not in lookups}
        words = land_words(self.connection, table, rows.relation, word_columns(pick(self.profile, table, source, header), plain))
        asking = Asking(self.connection, table, rows.relation, words, rows.files)
        picks = pick(self.profile, table, source, replace(header, clean=find_clean(asking, plain)))
        joined, conventions = self._join(rows.relation, source, header), self._conventions(table, source)
        picks = replace(picks, passed=find_passed(replace(asking, relation=joined), picks, conventions))
        every, scope = (typed_select(table, replace(picks, only_scope=only), joined, conventions) for only in (False, True))
        return Scan(every, scope, typed_select(table, only_words(picks), words, conventions) if words else every)

    def _join(self, relation: str, source: Source, header: Header) -> str:
        return join_lookups(relation, self.profile, used_lookups(self.profile, source), header)

    def _conventions(self, table: Table, source: Source) -> Conventions:
        return Conventions(self.zone, self.profile.formats(source), self.profile.years, self.profile.longest_days.of(table))


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


def land_typed(connection: duckdb.DuckDBPyConnection, table: Table, rows: pyarrow.Table) -> None:
    """Lands rows that were typed elsewhere; columns that they lack are empty."""
    connection.register(TYPED, rows)
    connection.execute(f"INSERT INTO {_landed(table)} BY NAME FROM {TYPED}")
    connection.unregister(TYPED)


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
    """Lands the rows of a canonical table that the caller holds, under the contract's column names."""
    relation, header = register_frame(intake.connection, table.name, frame)
    try:
        intake.connection.execute(f"INSERT INTO {_landed(table)} {intake.select(table, source, header, relation)}")
    finally:
        intake.connection.unregister(FRAME)
    return describe_frame(table.name, frame)


def selects(intake: Intake, table: Table, reads: Sequence[FeedRead], framed: Iterable[str] = ()) -> Views:
    """One SELECT over what was landed, and one over each set of Parquet files alike; ``framed`` are columns that a frame fills."""
    alike: dict[str, list[FeedRead]] = {}
    for read in reads:
        if read.in_place:
            key = repr((read.feed.file.path.resolve().parent, read.feed.source, read.header.columns))
            alike.setdefault(key, []).append(read)
    landed = f"SELECT * FROM {_landed(table)}"
    scans = [_scan(intake, same) for same in alike.values()]
    in_scope = f"{landed} WHERE {MEMBER} IN (SELECT {MEMBER} FROM {SCOPE})"
    filled = {name for read in reads for name in pick(intake.profile, table, read.feed.source, read.header).cells}
    here = Views((landed,), (in_scope,), (landed,), (count_rows(landed),), frozenset({*filled, *framed}))
    return reduce(Views.joined, scans, here)


def count_rows(select: str) -> str:
    """SQL for the number of rows of a SELECT."""
    return f"(SELECT count(*) FROM ({select}))"


def _scan(intake: Intake, alike: list[FeedRead]) -> Views:
    """The views over Parquet files of one folder, source and schema."""
    feed, header = alike[0].feed, alike[0].header
    files = [read.feed.file for read in alike]
    scan = intake.scan(feed.table, feed.source, header, ParquetRows(scan_parquet(files), files))
    row_for_row = not (feed.source.unpivot or feed.source.only_where or used_lookups(intake.profile, feed.source))
    count = str(sum(read.file.rows for read in alike)) if row_for_row else count_rows(scan.every)
    return Views((scan.every,), (scan.scope,), (scan.words,), (count,))


def create_views(connection: duckdb.DuckDBPyConnection, table: Table, views: Views) -> None:
    """``<table>_read`` over all rows, whatever files they come from, and ``<table>_scope`` over those of members in scope.

    ``<table>_count`` has the rows of the first in its column ``rows_in``; ``events_words`` has, at least once, what the first says in the
    columns ``SAID``.

    The second also has ``CLOCK_COLUMNS``, and of codes of the claim only the first and those that some file fills: what the stages
    keep of a line is as wide as the extract.
    """
    connection.execute(f"CREATE TABLE IF NOT EXISTS {SCOPE} ({MEMBER} VARCHAR)")
    connection.execute(f"CREATE OR REPLACE VIEW {quote_name(f'{table.name}_count')} AS SELECT {' + '.join(views.counts)} AS rows_in")
    _create_view(connection, f"{table.name}_read", [name for name, _ in view_columns(table)], views.every)
    kept = [name for name, _ in (*view_columns(table), *CLOCK_COLUMNS) if name in views.filled or not NUMBERED.fullmatch(name)]
    _create_view(connection, f"{table.name}_scope", kept, views.scope)
    if table is EVENTS:
        _create_view(connection, f"{table.name}_words", SAID, views.words)


def _create_view(connection: duckdb.DuckDBPyConnection, view: str, names: Sequence[str], rows: Sequence[str]) -> None:
    columns = ", ".join(quote_name(name) for name in names)
    union = "\nUNION ALL ".join(f"SELECT {columns} FROM ({select})" for select in rows)
    connection.execute(f"CREATE OR REPLACE VIEW {quote_name(view)} AS {union}")


def _landed(table: Table) -> str:
    return quote_name(f"intake landed {table.name}")
