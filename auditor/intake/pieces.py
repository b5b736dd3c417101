"""Reads an extract in pieces, each by itself and anywhere: a file, or a range of a Parquet file's row groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet

from auditor.intake.converted import Conversion, Converted
from auditor.intake.damage import refuse_damage
from auditor.intake.discovery import PARQUET_SUFFIXES, Discovery, Feed, places_of
from auditor.intake.extract import Given, Note, land_lookups, open_intake, read_tables
from auditor.intake.found_files import FoundFile, Span
from auditor.intake.profiles import Profile
from auditor.intake.views import Intake

SPAN_ROWS = 4_000_000


@dataclass(frozen=True)
class Piece:
    """Part of an extract: the feeds of one file or of a span of its rows, or one table that a foreign format was converted to.

    ``numbers`` are the places of the feeds among all of the extract.
    """

    feeds: tuple[Feed, ...] = ()
    numbers: tuple[int, ...] = ()
    converted: tuple[Converted, ...] = ()

    @property
    def places(self) -> dict[str, Path]:
        """Where its files lie."""
        return places_of(self.feeds)


@dataclass(frozen=True)
class Cut:
    """An extract to be read in pieces: how, and what every piece may need."""

    profile: Profile
    time_zone: str | None
    discovery: Discovery
    pieces: tuple[Piece, ...]

    def with_table(self, feeds: Sequence[Feed], files: Sequence[FoundFile]) -> Cut:
        """The same with a table kept elsewhere: its feeds, and the files that together are it, a piece each."""
        first = 1 + max((number for piece in self.pieces for number in piece.numbers), default=-1)
        numbers = tuple(range(first, first + len(feeds)))
        pieces = (Piece(tuple(replace(feed, file=file) for feed in feeds), numbers) for file in files)
        return replace(self, pieces=(*self.pieces, *pieces))


def cut_extract(intake: Intake, discovery: Discovery, conversion: Conversion, rows: int = SPAN_ROWS) -> Cut:
    """The pieces in the order in which one audit reads them; a span has at least so many rows, for row groups stay whole."""
    by_file: dict[FoundFile, list[int]] = defaultdict(list)
    for number, feed in enumerate(discovery.feeds):
        by_file[_anywhere(feed.file)].append(number)
    pieces = [
        Piece(tuple(replace(discovery.feeds[number], file=replace(file, span=span)) for number in numbers), tuple(numbers))
        for file, numbers in by_file.items()
        for span in _spans(file, rows)
    ]
    pieces += [Piece(converted=(table,)) for table in conversion.tables]
    lookups = {name: tuple(map(_anywhere, files)) for name, files in discovery.lookups.items()}
    return Cut(intake.profile, intake.zone, Discovery((), lookups, (), (), ()), tuple(pieces))


def _anywhere(file: FoundFile) -> FoundFile:
    """A file that is found from any folder."""
    return replace(file, path=file.path.absolute())


def _spans(file: FoundFile, rows: int) -> Iterator[Span | None]:
    """Ranges of whole row groups; None for a file that is read as one, or that cannot be read, which its reader will say."""
    if not file.has_suffix(PARQUET_SUFFIXES):
        yield None
        return
    try:
        metadata = pyarrow.parquet.read_metadata(file.path)
    except (OSError, pyarrow.ArrowException):
        yield None
        return
    first = end = 0
    for group in range(metadata.num_row_groups):
        end += metadata.row_group(group).num_rows
        if end - first >= rows:
            yield Span(first, end)
            first = end
    if end > first or not end:
        yield Span(first, end)


def open_piece(connection: duckdb.DuckDBPyConnection, cut: Cut, place: int) -> list[Note]:
    """Creates the views of ``open_extract`` over one piece. ExtractRefused where it cannot be trusted."""
    piece = cut.pieces[place]
    intake = open_intake(connection, cut.profile, cut.time_zone)
    discovery = replace(cut.discovery, feeds=piece.feeds)
    land_lookups(intake, discovery)
    with refuse_damage(piece.places):
        reads, _ = read_tables(intake, discovery, Given({}, Conversion((), piece.converted, ())))
    return [Note(read.file, read.ignored) for read in reads]


def join_notes(cut: Cut, notes: Mapping[int, Sequence[Note]]) -> list[Note]:
    """What was read of every feed, from the notes of all pieces by their places: as one audit would tell it."""
    told: dict[int, list[Note]] = defaultdict(list)
    for place, piece in enumerate(cut.pieces):
        for number, note in zip(piece.numbers, notes[place], strict=True):
            told[number].append(note)
    return [_whole(told[number]) for number in sorted(told)]


def _whole(spans: Sequence[Note]) -> Note:
    first = spans[0]
    return replace(first, file=replace(first.file, rows=sum(one.file.rows for one in spans)))
