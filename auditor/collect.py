"""Brings the result tables out of the database, and says what is known of the run besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.engine import Connection
from auditor.intake import Reading
from auditor.noted_rows import count_noted, noted_notices
from auditor.numbering import named_lines
from auditor.parts import EditUse, LineSum, RowCount, Sums, Tables
from auditor.policy import Policy, RuleBook
from auditor.releases import Release, installed_releases
from auditor.results import COLLECTED, ResultTable
from auditor.settings import Settings
from auditor.version import VERSION

if TYPE_CHECKING:
    import pyarrow

    from auditor.report import RunFacts
    from auditor.report.facts import ReleaseUse

SOURCES = {
    "episodes": "result_episodes",
    "findings": "result_findings",
    "lines": "result_lines",
    "therapy_days": "result_therapy_days",
    "line_days": "line_days",
    "criteria": "result_criteria",
    "settling": "result_settling",
    "evidence": "result_evidence",
    "measurements": "measurements",
    "set_aside": "set_aside",
}

# Which rows of each result belong to this revision: by their episode, else by the line's first day.
GOVERNED = """
CREATE OR REPLACE MACRO is_governed(day) AS
    (getvariable('is_first_revision') OR day >= getvariable('policy_effective'))
    AND (getvariable('next_effective') IS NULL OR day < getvariable('next_effective'));
CREATE OR REPLACE TABLE governed AS SELECT episode_id FROM judged_courses WHERE is_governed(start_last_day);
CREATE OR REPLACE TABLE governed_lines AS
SELECT line_key FROM result_lines
WHERE CASE WHEN episode_id IS NULL THEN is_governed(first_day) ELSE episode_id IN (SELECT episode_id FROM governed) END;
"""
FILTERS = {
    "lines": "line_key IN (SELECT line_key FROM governed_lines)",
    "line_days": "line_key IN (SELECT line_key FROM governed_lines)",
    "findings": """
        CASE WHEN episode_id IS NULL THEN line_key IN (SELECT line_key FROM governed_lines)
        ELSE episode_id IN (SELECT episode_id FROM governed) END""",
    "set_aside": "getvariable('is_first_revision')",
}
# Numbers that rise as the words of a table's order do: the longest table is sorted by them in half the time.
ORDERS = {"measurements": ("course", "quantity_place", "day", "hour", "file_place")}
BY_EPISODE = "episode_id IN (SELECT episode_id FROM governed)"


def collect(connection: Connection, book: RuleBook, policy: Policy, tables: Sequence[ResultTable] = COLLECTED) -> Tables:
    """The result tables of the courses and lines that this revision governs, in their published order."""
    connection.execute("SET VARIABLE is_first_revision = $first::BOOLEAN", {"first": policy is book.policies[0]})
    connection.execute(GOVERNED)
    return {table.name: _fetch(connection, table) for table in tables}


def _fetch(connection: Connection, table: ResultTable) -> pyarrow.Table:
    from auditor.report.schemas import arrow_schema

    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{name}" NULLS FIRST' for name in ORDERS.get(table.name, table.order))
    where = FILTERS.get(table.name, BY_EPISODE)
    found = connection.sql(f"SELECT {columns} FROM {SOURCES[table.name]} WHERE {where} ORDER BY {order}")
    rows: pyarrow.Table = found.to_arrow_table().cast(arrow_schema(table))
    return rows


COUNTS = """
SELECT table_name, rows_in, (SELECT count(*) FROM set_aside WHERE set_aside.table_name = intake_counts.table_name), in_scope
FROM intake_counts ORDER BY table_name
"""
TOTALS = """
SELECT disposition, count(*), coalesce(sum(coalesce(paid_cents, allowed_cents, 0)), 0)::BIGINT
FROM scope_lines GROUP BY ALL ORDER BY ALL
"""


EDITS_USED = """
SELECT kind, file, release, list(day) FILTER (covered), list(day) FILTER (NOT covered)
FROM edit_days GROUP BY ALL ORDER BY kind, file, release NULLS FIRST
"""
SHIPPED = "shipped table"


def read_lines(connection: Connection, tables: Tables) -> pyarrow.Table:
    """``line_key`` and ``member_id`` of the claim lines that result tables speak of."""
    import pyarrow

    connection.register("named_lines", pyarrow.table({"line_key": pyarrow.array(named_lines(tables))}))
    named = "SELECT line_key, member_id FROM claim_lines WHERE line_key IN (FROM named_lines) ORDER BY line_key"
    lines: pyarrow.Table = connection.sql(named).to_arrow_table()
    connection.unregister("named_lines")
    return lines


def read_sums(connection: Connection) -> Sums:
    """What the run adds up of one guideline."""
    used = connection.execute(EDITS_USED).fetchall()
    return Sums(
        counts=tuple(RowCount(*row) for row in connection.execute(COUNTS).fetchall()),
        lines=tuple(LineSum(*row) for row in connection.execute(TOTALS).fetchall()),
        edits=tuple(EditUse(*head, frozenset(days or ()), frozenset(others or ())) for *head, days, others in used),  # type: ignore[call-arg]
        noted=count_noted(connection),
    )


def releases_used(edits: tuple[EditUse, ...], installed: tuple[Release, ...]) -> tuple[ReleaseUse, ...]:
    """Which coding edits were applied to how many days of service, and the quarters that have no release of their own."""
    from auditor.report.facts import ReleaseUse

    used = []
    for one in edits:
        files = [each for each in installed if (each.kind, each.setting, each.version) == (one.kind, one.setting, one.release)]
        names, hashes = tuple(each.file for each in files), tuple(each.sha256 for each in files)
        head = (one.kind, one.setting, one.release or SHIPPED)
        used.append(ReleaseUse(*head, names, hashes, len(one.covered | one.without), len(one.covered), one.quarters_without))
    lists = [one for one in installed if one.kind == "codes"]
    used += [ReleaseUse(one.kind, one.setting, one.version, (one.file,), (one.sha256,), 0, 0, ()) for one in lists]
    return tuple(used)


def release_notices(used: tuple[ReleaseUse, ...], book: RuleBook) -> tuple[str, ...]:
    """Which days of service no installed release speaks for, and what was applied instead."""
    shipped = f"the {book.coding.source}"
    without = [use for use in used if use.quarters_without]
    if without and all(use.release == SHIPPED for use in used if use.kind != "codes"):
        mend = "Install CMS's files by the command auditor reference add."
        return (f"No reference release is installed: coding edits rest on {shipped}. {mend}",)
    return tuple(
        f"No installed release of {use.kind.replace('_', ' ')} ({use.setting}) covers {', '.join(use.quarters_without)}: "
        f"{shipped if use.release == SHIPPED else 'release ' + use.release} was applied."
        for use in without
    )


def gather_facts(sums: Sums, book: RuleBook, settings: Settings, reading: Reading) -> RunFacts:
    """The inputs, counts and totals of the run, for the report and the manifest."""
    from auditor.report.facts import InputFile, LineTotal, RunFacts, TableCount, revision_facts

    used = releases_used(sums.edits, installed_releases(settings.reference))
    return RunFacts(
        revisions=tuple(revision_facts(policy) for policy in book.policies),
        as_of=settings.as_of,
        version=VERSION,
        profile=reading.profile.name,
        inputs=tuple(InputFile(file.name, file.table, file.rows, file.sha256, file.bytes) for file in reading.files),
        counts=tuple(
            TableCount(one.table, one.rows_in, one.in_scope, one.rows_in - one.set_aside - one.in_scope, one.set_aside)
            for one in sums.counts
        ),
        line_totals=tuple(LineTotal(one.disposition, one.lines, one.cents) for one in sums.lines),
        notices=(
            *reading.notices,
            *(
                f"Column {ignored.column} of {ignored.file} is not read; did you mean {ignored.nearest}?"
                for ignored in reading.ignored_columns
                if ignored.nearest
            ),
            *noted_notices(sums.noted, settings.as_of),
            *release_notices(used, book),
        ),
        not_read=reading.not_read,
        releases=used,
        show_members=settings.show_members,
        labels={name: concept.label for name, concept in book.concepts.event_concepts.items()},
    )
