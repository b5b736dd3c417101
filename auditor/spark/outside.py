"""What is told of rows that no part has: how many there were, and those of them that were set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.engine import Connection
from auditor.intake import load_profile, open_typed
from auditor.partitions.members import Partial, audit_members
from auditor.parts import Found, RowCount
from auditor.pipeline import Terms
from auditor.results import SET_ASIDE

if TYPE_CHECKING:
    import pyarrow

    from auditor.intake import Reading

OUTSIDE = "SELECT {columns} FROM told WHERE member_id IS NULL OR member_id NOT IN (FROM scope_members)"


def audit_outside(connection: Connection, terms: Terms, set_aside: Sequence[pyarrow.Table], rows_in: Mapping[str, int]) -> Partial:
    """The audit of nobody, with the rows of everyone out of scope; the connection knows ``scope_members``."""
    nobody = audit_members(terms, take_nothing(terms))
    assert nobody.part is not None
    aside = rows_outside(connection, set_aside, nobody.part.found[0])
    return replace(nobody, part=replace(nobody.part, found=tuple(_tell(found, aside, rows_in) for found in nobody.part.found)))


def take_nothing(terms: Terms) -> Callable[[Connection], Reading]:
    """Takes in an extract without rows."""

    def take_rows(connection: Connection) -> Reading:
        return open_typed(connection, load_profile(terms.settings.profile), terms.settings.time_zone, ())

    return take_rows


def rows_outside(connection: Connection, set_aside: Sequence[pyarrow.Table], nobody: Found) -> pyarrow.Table:
    """Of rows set aside, those of nobody in scope, as a result table holds them."""
    import pyarrow

    schema = nobody.tables[SET_ASIDE.name].schema
    connection.execute("CREATE TABLE IF NOT EXISTS scope_members (member_id VARCHAR)")
    connection.register("told", pyarrow.concat_tables(set_aside))
    outside: pyarrow.Table = connection.sql(OUTSIDE.format(columns=", ".join(schema.names))).to_arrow_table().cast(schema)
    connection.unregister("told")
    return outside


def _tell(found: Found, aside: pyarrow.Table, rows_in: Mapping[str, int]) -> Found:
    faults = aside["table_name"].to_pylist()
    counts = tuple(RowCount(one.table, rows_in[one.table], faults.count(one.table), 0) for one in found.sums.counts)
    return replace(found, tables={**found.tables, SET_ASIDE.name: aside}, sums=replace(found.sums, counts=counts))
