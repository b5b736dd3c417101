"""What a report says of rows that were read as they stand, though something about them is odd: how many, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from auditor.engine import Connection, named_queries
from auditor.parts import NotedRows


def count_noted(connection: Connection) -> tuple[NotedRows, ...]:
    """The rows in scope of each kind, of those that have any."""
    counted = ((kind, connection.execute(question).fetchall()) for kind, question in named_queries("noted_rows").items())
    return tuple(NotedRows(kind, rows) for kind, [(rows,)] in counted if rows)


def noted_notices(noted: Iterable[NotedRows], as_of: date) -> Iterator[str]:
    """The same in sentences; none of them names a value of a row."""
    rows = {one.kind: one.rows for one in noted}
    yield from _future(rows, as_of)


def _future(rows: dict[str, int], as_of: date) -> Iterator[str]:
    from auditor.report.phrases import counted

    kinds = (("future_lines", "claim line"), ("future_charts", "chart row"))
    if told := [counted(rows[kind], noun) for kind, noun in kinds if kind in rows]:
        yield (
            f"Dated after {as_of.isoformat()}, the day this report speaks from: {' and '.join(told)} in scope. They are judged like "
            "any other; correct their dates if they are wrong, or give the day of the report with --as-of."
        )
