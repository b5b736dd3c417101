"""The rows of the extract behind one episode, read back from the run's inputs by file and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa

from auditor.engine import Connection, open_engine
from auditor.intake import Extract, open_extract
from auditor.settings import Settings
from auditor.tables import CANONICAL, Table

CITED = re.compile(r"(.+) row (\d+)")
WANTED = "pack_wanted"

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Course:
    """Whose chart is read, from which day to which, and the rows cited (file and number)."""

    member: str
    days: tuple[Any, Any]
    cited: frozenset[tuple[str, int]]


def course_of(results: Rows) -> Course:
    """What the result rows of one episode cite: its lines, its evidence, and what its findings rest on."""
    [episode] = results["episodes"]
    placed = ((row["source_file"], row["source_row"]) for name in ("lines", "evidence") for row in results[name])
    told = (CITED.fullmatch(text) for row in results["findings"] for text in row["evidence"] or ())
    cited = {*((file, int(row)) for file, row in placed if file), *((found[1], int(found[2])) for found in told if found)}
    return Course(episode["member_id"], (episode["start_day"], episode["end_day"]), frozenset(cited))


def read_source_rows(settings: Settings, course: Course) -> bytes:
    """Rows cited, rows about the member, and every chart row of the member on the days of the course, as one JSON document.

    A row has its file, its number there, and its cells as the intake reads them under the profile; empty cells are left out.
    """
    with open_engine(settings.memory, settings.threads, settings.scratch) as connection:
        open_extract(connection, Extract(settings.paths, settings.profile, settings.time_zone))
        files, numbers = [file for file, _ in course.cited], [row for _, row in course.cited]
        wanted = pa.table({"file": pa.array(files, pa.string()), "row": pa.array(numbers, pa.int64())})
        connection.register(WANTED, wanted)
        rows = {table.name: list(_rows(connection, table, course)) for table in CANONICAL}
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str)


# Besides the rows cited: who the member is, what was approved, and the chart of the days, which shows the gas and its doses.
BESIDES = {
    "members": "member_id = $member",
    "authorizations": "member_id = $member",
    "events": "member_id = $member AND start_day <= $last AND coalesce(end_last_day, start_last_day) >= $first",
}


def _rows(connection: Connection, table: Table, course: Course) -> Iterator[dict[str, Any]]:
    first, last = course.days
    besides = BESIDES.get(table.name, "false")
    given = {"member": course.member, "first": first, "last": last}
    found = connection.execute(
        f"SELECT source_file, source_row, * EXCLUDE (source_file, source_row) FROM {table.name}_read "
        f"WHERE (source_file, source_row) IN (SELECT (file, row) FROM {WANTED}) OR ({besides}) ORDER BY ALL",
        {name: value for name, value in given.items() if f"${name}" in besides},
    )
    names = [column[0] for column in found.description or ()]
    yield from (_filled(names, row) for row in found.fetchall())


def _filled(names: Iterable[str], row: Iterable[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, row, strict=True) if value is not None}
