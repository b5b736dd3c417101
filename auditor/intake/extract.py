"""Opens an extract: files in, four views of typed rows out, each row with its fault, its file and its row number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow

from auditor.engine import run_sql, scratch_folder
from auditor.errors import ExtractRefused
from auditor.intake.clocks import check_zone
from auditor.intake.columns import used_lookups
from auditor.intake.converted import Conversion
from auditor.intake.converted_views import converted_selects
from auditor.intake.damage import refuse_damage
from auditor.intake.discovery import Discovery, discover, places_of, refuse_without_claims
from auditor.intake.formats import FORMATS, Format, convert_foreign
from auditor.intake.frames import as_arrow
from auditor.intake.lookups import LookedUp, land_lookup
from auditor.intake.nearest import did_you_mean
from auditor.intake.profile_files import load_profile
from auditor.intake.profiles import Profile
from auditor.intake.reading import Extract, IgnoredColumn, InputFile, Reading
from auditor.intake.views import FeedRead, Intake, create_landed, create_views, read_feed, read_frame, selects
from auditor.tables import CANONICAL, MEMBERS

if TYPE_CHECKING:
    import pandas

NATIVE = "native"


def open_extract(connection: duckdb.DuckDBPyConnection, extract: Extract, formats: Sequence[Format] = FORMATS) -> Reading:
    """Creates ``claim_lines_read``, ``members_read``, ``events_read`` and ``authorizations_read`` in the connection.

    Their columns are those of ``typed_select.view_columns``. Beside each lies ``<table>_scope``, the rows of the members that the
    caller puts into ``scope_members``; ``find_clocks`` looks at those once they are known. ExtractRefused names the file that
    cannot be trusted and what to do; SettingsRefused a mistake of the profile.
    """
    intake = open_intake(connection, load_profile(extract.profile), extract.time_zone)
    frames = _frames(extract)
    discovery = discover(intake.profile, extract.paths, formats)
    conversion = convert_foreign(discovery.foreign, scratch_folder(connection))
    fed = (*(feed.table.name for feed in discovery.feeds), *frames, *(part.table for part in conversion.tables))
    refuse_without_claims(intake.profile, fed, formats)
    looked_up = land_lookups(intake, discovery)
    with refuse_damage(places_of(discovery.feeds)):
        reads, framed = read_tables(intake, discovery, Given(frames, conversion))
    notes = [Note(read.file, read.ignored) for read in reads]
    return tell(intake, discovery, Told(framed, notes, looked_up, conversion))


@dataclass(frozen=True)
class Note:
    """What was read of one file for one table, and its columns that were passed over."""

    file: InputFile
    ignored: tuple[IgnoredColumn, ...]


@dataclass(frozen=True)
class Told:
    """What was read of an extract: of frames, of files, of look-ups, and of foreign formats."""

    framed: Sequence[InputFile]
    notes: Sequence[Note]
    looked_up: LookedUp
    conversion: Conversion


def tell(intake: Intake, discovery: Discovery, told: Told) -> Reading:
    """The same as one reading."""
    inputs = (*told.framed, *dict.fromkeys(note.file for note in told.notes), *told.looked_up.files, *told.conversion.inputs)
    ignored = tuple(column for note in told.notes for column in note.ignored)
    notices = told.conversion.notices + told.looked_up.notices
    places = {file.name: file.path.resolve() for file in discovery.files}
    return Reading(inputs, discovery.not_read, ignored, intake.profile, intake.zone, notices, places)


def open_members(connection: duckdb.DuckDBPyConnection, members: pandas.DataFrame | pyarrow.Table) -> None:
    """Creates ``members_read`` over a frame of canonical members, and nothing else of an extract."""
    intake, frame = open_intake(connection, load_profile(NATIVE), None), as_arrow(MEMBERS.name, members)
    create_landed(connection, MEMBERS)
    read_frame(intake, MEMBERS, intake.profile.sources(MEMBERS)[0], frame)
    create_views(connection, MEMBERS, selects(intake, MEMBERS, [], frame.column_names))


def open_intake(connection: duckdb.DuckDBPyConnection, profile: Profile, time_zone: str | None) -> Intake:
    """Readies a connection to read by a profile; the time zone given goes before the profile's."""
    zone = time_zone or profile.time_zone
    connection.execute("SET TimeZone = 'UTC'")
    run_sql(connection, "macros", "intake")
    if zone is not None:
        check_zone(connection, zone)
    return Intake(connection, profile, zone)


def _frames(extract: Extract) -> dict[str, pyarrow.Table]:
    names = [table.name for table in CANONICAL]
    if not isinstance(extract.frames or {}, Mapping):
        raise ExtractRefused(f"frames: expected tables by the names of canonical tables, {', '.join(names)}; give a dict of frames")
    for name in extract.frames or {}:
        if name not in names:
            raise ExtractRefused(
                f"frame:{name}: no canonical table has this name; there are {', '.join(names)}.{did_you_mean(name, names)}"
            )
    return {name: as_arrow(name, frame) for name, frame in (extract.frames or {}).items()}


def land_lookups(intake: Intake, discovery: Discovery) -> LookedUp:
    """Makes the tables of the look-ups that the files refer to."""
    used = sorted({name for feed in discovery.feeds for name in used_lookups(intake.profile, feed.source)})
    landed = [land_lookup(intake.connection, intake.profile, name, discovery.lookups[name]) for name in used]
    files = dict.fromkeys(file for each in landed for file in each.files)
    return LookedUp(tuple(files), tuple(notice for each in landed for notice in each.notices))


@dataclass(frozen=True)
class Given:
    """Canonical rows that no profile maps: frames of the caller, and foreign files converted."""

    frames: Mapping[str, pyarrow.Table]
    conversion: Conversion


def read_tables(intake: Intake, discovery: Discovery, given: Given) -> tuple[list[FeedRead], list[InputFile]]:
    """Reads the files and frames, and makes the views; what was read of each."""
    native = Intake(intake.connection, load_profile(NATIVE), intake.zone)
    reads: list[FeedRead] = []
    framed: list[InputFile] = []
    for table in CANONICAL:
        create_landed(intake.connection, table)
        if table.name in given.frames:
            framed.append(read_frame(native, table, native.profile.sources(table)[0], given.frames[table.name]))
        fed = [read_feed(intake, feed) for feed in discovery.feeds if feed.table == table]
        framed_columns = given.frames[table.name].column_names if table.name in given.frames else ()
        views = selects(intake, table, fed, framed_columns).joined(converted_selects(native, table, given.conversion.tables))
        create_views(intake.connection, table, views)
        reads += fed
    return reads, framed
