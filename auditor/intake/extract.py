"""Opens an extract: files in, four views of typed rows out, each row with its fault, its file and its row number."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import duckdb
import pyarrow

from auditor.errors import ExtractRefused
from auditor.intake.clocks import check_zone
from auditor.intake.columns import used_lookups
from auditor.intake.damage import refuse_damage
from auditor.intake.discovery import Discovery, discover
from auditor.intake.frames import as_arrow
from auditor.intake.lookups import land_lookup
from auditor.intake.nearest import did_you_mean
from auditor.intake.profile_files import load_profile
from auditor.intake.reading import Extract, InputFile, Reading
from auditor.intake.views import FeedRead, Intake, create_landed, create_views, read_feed, read_frame, selects
from auditor.tables import CANONICAL

NATIVE = "native"


def open_extract(connection: duckdb.DuckDBPyConnection, extract: Extract) -> Reading:
    """Creates ``claim_lines_read``, ``members_read``, ``events_read`` and ``authorizations_read`` in the connection.

    Their columns are those of ``typed_select.view_columns``. Beside each lies ``<table>_scope``, the rows of the members that the
    caller puts into ``scope_members``; ``check_clocks`` looks at those once they are known. ExtractRefused names the file that
    cannot be trusted and what to do; SettingsRefused a mistake of the profile.
    """
    profile = load_profile(extract.profile)
    zone = extract.time_zone or profile.time_zone
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(files("auditor.intake").joinpath("macros.sql").read_text(encoding="utf-8"))
    if zone is not None:
        check_zone(connection, zone)
    frames = _frames(extract)
    discovery = discover(profile, extract.paths, frames)
    intake = Intake(connection, profile, zone)
    looked_up = _land_lookups(intake, discovery)
    with refuse_damage(feed.file.name for feed in discovery.feeds):
        reads, framed = _read_tables(intake, discovery, frames)
    ignored = tuple(column for read in reads for column in read.ignored)
    inputs = (*framed, *dict.fromkeys(read.file for read in reads), *looked_up)
    return Reading(inputs, discovery.not_read, ignored, profile, zone)


def _frames(extract: Extract) -> dict[str, pyarrow.Table]:
    names = [table.name for table in CANONICAL]
    for name in extract.frames or {}:
        if name not in names:
            raise ExtractRefused(
                f"frame:{name}: no canonical table has this name; there are {', '.join(names)}.{did_you_mean(name, names)}"
            )
    return {name: as_arrow(name, frame) for name, frame in (extract.frames or {}).items()}


def _land_lookups(intake: Intake, discovery: Discovery) -> list[InputFile]:
    used = sorted({name for feed in discovery.feeds for name in used_lookups(intake.profile, feed.source)})
    return [file for name in used for file in land_lookup(intake.connection, intake.profile, name, discovery.lookups[name])]


def _read_tables(intake: Intake, discovery: Discovery, frames: Mapping[str, pyarrow.Table]) -> tuple[list[FeedRead], list[InputFile]]:
    native = load_profile(NATIVE)
    reads: list[FeedRead] = []
    framed: list[InputFile] = []
    for table in CANONICAL:
        create_landed(intake.connection, table)
        if table.name in frames:
            framed.append(read_frame(Intake(intake.connection, native, intake.zone), table, native.sources(table)[0], frames[table.name]))
        fed = [read_feed(intake, feed) for feed in discovery.feeds if feed.table == table]
        framed_columns = frames[table.name].column_names if table.name in frames else ()
        create_views(intake.connection, table, selects(intake, table, fed, framed_columns))
        reads += fed
    return reads, framed
