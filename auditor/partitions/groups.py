"""Which members belong in one partition: ids of one person, mothers and their children, by the ties that the audit itself follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine import Connection, named_queries, open_engine
from auditor.intake import open_members

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow


def kin_groups(members: pyarrow.Table | pd.DataFrame) -> pyarrow.Table:
    """``member_id`` and ``kin_group`` of every member who has kin; a group goes by its lowest id. All others stand alone.

    ``members`` is the canonical table of all members; rows of other tables go where their member's group goes.
    """
    with open_engine() as connection:
        open_members(connection, members)
        connection.execute(named_queries("scope")["kin"])
        connection.execute(named_queries("scope")["ties"])
        group_kin(connection)
        groups: pyarrow.Table = connection.sql("FROM kin_groups ORDER BY member_id").to_arrow_table()
        return groups


def group_kin(connection: Connection) -> None:
    """Makes ``kin_groups`` of ``kin_ties``: every member takes the lowest group among its ties until none changes."""
    queries = named_queries("kin_groups", "partitions")
    connection.execute(queries["begin"])
    changed = True
    while changed:
        connection.execute(queries["step"])
        [(changed,)] = connection.execute(queries["changed"]).fetchall()
        connection.execute(queries["take"])


def number_members(connection: Connection, parts: int) -> None:
    """Makes ``scope_parts`` of ``scope_members`` and ``kin_ties``: a part's number for each, families whole."""
    connection.execute("DELETE FROM kin_ties WHERE member_id NOT IN (FROM scope_members)")
    group_kin(connection)
    connection.execute("SET VARIABLE parts = $parts::BIGINT", {"parts": parts})
    connection.execute(named_queries("kin_groups", "partitions")["number"])
