"""Takes in rows that an intake elsewhere has typed, as a part of a larger extract."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow

from auditor.intake.extract import open_intake
from auditor.intake.profiles import Profile
from auditor.intake.reading import Reading
from auditor.intake.views import create_landed, create_views, land_typed, selects
from auditor.tables import CANONICAL, canonical


def open_typed(
    connection: duckdb.DuckDBPyConnection, profile: Profile, time_zone: str | None, rows: Iterable[tuple[str, pyarrow.Table]]
) -> Reading:
    """Creates the views of ``open_extract`` over typed rows: the name of a canonical table, and rows with columns of its ``_scope`` view.

    No file is named by what it returns: whoever read the files knows them.
    """
    intake = open_intake(connection, profile, time_zone)
    filled: dict[str, set[str]] = {table.name: set() for table in CANONICAL}
    for table in CANONICAL:
        create_landed(connection, table)
    for name, typed in rows:
        land_typed(connection, canonical(name), typed)
        filled[name] |= {column for column in typed.column_names if typed[column].null_count < len(typed)}
    for table in CANONICAL:
        create_views(connection, table, selects(intake, table, [], filled[table.name]))
    return Reading((), (), (), profile, intake.zone)
