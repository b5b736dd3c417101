"""What a report says of rows that were read as they stand, though something about them is odd: how many, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from auditor.engine import Connection, named_queries
from auditor.parts import NotedRows

# What is odd about lines of a kind, and what is made of them.
READ_AS = {
    "unknown_frequencies": (
        "With a frequency code that is not known",
        "They count where their claim has no other version, and carry no dollars beside one; correct the code, or name it in "
        "coding/frequency.yaml.",
    ),
    "unknown_states": (
        "With a state that is not two letters",
        "They are read as if no state were given; map the words to letters under values in the profile.",
    ),
}


def count_noted(connection: Connection) -> tuple[NotedRows, ...]:
    """The rows in scope of each kind, of those that have any."""
    counted = ((kind, connection.execute(question).fetchall()) for kind, question in named_queries("noted_rows").items())
    return tuple(NotedRows(kind, rows) for kind, [(rows,)] in counted if rows)


def noted_notices(noted: Iterable[NotedRows], as_of: date) -> Iterator[str]:
    """The same in sentences; none of them names a value of a row."""
    rows = {one.kind: one.rows for one in noted}
    yield from _future(rows, as_of)
    yield from _unread(rows)


def _future(rows: dict[str, int], as_of: date) -> Iterator[str]:
    from auditor.report.phrases import counted

    kinds = (("future_lines", "claim line"), ("future_charts", "chart row"))
    if told := [counted(rows[kind], noun) for kind, noun in kinds if kind in rows]:
        yield (
            f"Dated after {as_of.isoformat()}, the day this report speaks from: {' and '.join(told)} in scope. They are judged like "
            "any other; correct their dates if they are wrong, or give the day of the report with --as-of."
        )


def _unread(rows: dict[str, int]) -> Iterator[str]:
    from auditor.report.phrases import counted

    for kind, (what, then) in READ_AS.items():
        if kind in rows:
            yield f"{what}: {counted(rows[kind], 'claim line')} in scope. {then}"
