"""Splits an extract in hand into partitions that can each be audited alone: families whole, and rows of nobody too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.engine import Connection, open_engine
from auditor.partitions.groups import kin_groups

if TYPE_CHECKING:
    import pyarrow

MEMBER = "member_id"

# The part of each row by its family's id, else its member's; intake trims ids, and so does this.
PLACED = """
SELECT (coalesce(hash(coalesce(kin_group, given.member_id)), 0) % $parts)::BIGINT AS part
FROM (SELECT row, trim(member_id::VARCHAR) AS member_id FROM ids) AS given LEFT JOIN groups USING (member_id)
ORDER BY row
"""


def split_members(
    claim_lines: pyarrow.Table, members: pyarrow.Table, events: pyarrow.Table, authorizations: pyarrow.Table, parts: int
) -> list[tuple[pyarrow.Table, ...]]:
    """So many partitions of the four tables, in the order in which ``audit_partition`` takes them."""
    tables = (claim_lines, members, events, authorizations)
    with open_engine() as connection:
        connection.register("groups", kin_groups(members))
        placed = [_parts_of(connection, table, parts) for table in tables]
    return [tuple(table.filter(own == place) for table, own in zip(tables, placed, strict=True)) for place in range(parts)]


def _parts_of(connection: Connection, table: pyarrow.Table, parts: int) -> np.ndarray:
    import pyarrow

    numbers = pyarrow.array(np.arange(len(table)))
    connection.register("ids", table.select([MEMBER]).append_column("row", numbers))
    found = connection.sql(PLACED, params={"parts": parts}).to_arrow_table()
    connection.unregister("ids")
    return np.asarray(found["part"].to_numpy())
