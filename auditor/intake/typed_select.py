"""Writes the SELECT that turns the cells of a file into the typed rows of a canonical table, faults beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.intake.codes import lasting_systems
from auditor.intake.columns import VARIANT, Picks
from auditor.intake.faults import Check, Fault, first_fault, missing, name_fault
from auditor.intake.source_types import family
from auditor.intake.sql_text import in_words, quote_name
from auditor.intake.times import LOCAL, OFFSET, UTC, Conventions
from auditor.intake.values import Output, Typed, output_types, read_column
from auditor.tables import Table

FILE, ROW, FAULT = quote_name("@file"), quote_name("@row"), quote_name("@fault")

FAULT_COLUMNS = (("fault_column", "VARCHAR"), ("fault", "VARCHAR"))
SOURCE_COLUMNS = (("source_file", "VARCHAR"), ("source_row", "BIGINT"))
CLOCK_COLUMNS = (("@local", "UTINYINT"), ("@offset", "UTINYINT"), ("@utc", "UTINYINT"))

MEMBER = "member_id"
SCOPE = "scope_members"
ONE_DAY = ("claim_line_start_date", "claim_line_end_date")

PERIODS = {"claim_lines": ONE_DAY, "events": ("start", "end"), "authorizations": ("from", "to")}


def view_columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Names and DuckDB types of a ``_read`` view, in order."""
    typed = (pair for column in table.columns for pair in output_types(column))
    return (*typed, *FAULT_COLUMNS, *SOURCE_COLUMNS)


def typed_select(table: Table, picks: Picks, relation: str, conventions: Conventions) -> str:
    """The SELECT over a relation that offers the file's columns, ``@file`` and ``@row``.

    With ``picks.only_scope``, rows of members out of scope are left out before anything is typed: by the lowest and highest id
    first, which lets the reader skip row groups.

    Its columns are those of ``view_columns`` and then ``CLOCK_COLUMNS``: for each way of writing a clock time the number,
    from 1, of the first canonical column written so, which is asked for only where no zone is known.
    """
    columns = [read_column(column, picks.cells, conventions) for column in table.columns]
    checks = [check for check in _checks(table, picks, columns, conventions) if check not in picks.passed]
    picked = ", ".join([FILE, ROW, *(f"{cell.sql} AS {quote_name(name)}" for name, cell in picks.cells.items())])
    before = ", ".join(["*", *(f"{sql} AS {name}" for column in columns for name, sql in column.before)])
    typed = ", ".join([FILE, ROW, *_raw(table, picks), *_typed(picks, columns), *_clocks(columns, conventions)])
    final = ", ".join(quote_name(output.name) for column in columns for output in column.outputs)
    clocks = ", ".join(quote_name(name) for name, _ in CLOCK_COLUMNS)
    return (
        f"SELECT {final}, {name_fault(checks, FAULT)}, {FILE} AS source_file, {ROW} AS source_row, {clocks}\n"
        f"FROM (SELECT *, {first_fault(checks)} AS {FAULT}\n"
        f"FROM (SELECT {typed}\nFROM (SELECT {before}\nFROM (SELECT {picked}\nFROM {read_rows(relation, picks)}))))"
    )


def list_checks(table: Table, picks: Picks, conventions: Conventions) -> list[Check]:
    """Every check of a row, in contract order."""
    columns = [read_column(column, picks.cells, conventions) for column in table.columns]
    return _checks(table, picks, columns, conventions)


def read_rows(relation: str, picks: Picks) -> str:
    """What is picked from: the rows of the relation, or what they are unpivoted to, that the picks take."""
    return f"{_variants(relation, picks)}{_where(picks)}"


def _variants(relation: str, picks: Picks) -> str:
    if picks.variants == 1 and not any(VARIANT in condition for condition in picks.where):
        return relation
    return f"{relation} CROSS JOIN (SELECT unnest(range(1, {picks.variants + 1})) AS {VARIANT})"


def _where(picks: Picks) -> str:
    conditions = [f"({condition})" for condition in picks.where]
    if picks.only_scope:
        member = picks.cells[MEMBER].sql
        conditions.append(f"{member} BETWEEN getvariable('lowest_member') AND getvariable('highest_member')")
        conditions.append(f"{member} IN (SELECT {MEMBER} FROM {SCOPE})")
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _raw(table: Table, picks: Picks) -> list[str]:
    """The untyped cells beside the typed ones, so that empty and unreadable can be told apart."""
    return [f"{quote_name(column.name) if column.name in picks.cells else 'NULL'} AS {_raw_cell(column.name)}" for column in table.columns]


def _raw_cell(name: str) -> str:
    """The untyped cell: asking whether it is empty costs nothing, where typing it would."""
    return quote_name(f"@{name}")


def _typed(picks: Picks, columns: Sequence[Typed]) -> list[str]:
    outputs = {output.name: output for column in columns for output in column.outputs}
    if ONE_DAY[1] in outputs:
        start, end = (outputs[name] for name in ONE_DAY)
        given = f"{quote_name(end.name)} IS NOT NULL" if end.name in picks.cells else "false"
        outputs[end.name] = Output(end.name, end.type, f"CASE WHEN {given} THEN {end.sql} ELSE {start.sql} END")
    return [f"CAST({output.sql} AS {output.type}) AS {quote_name(output.name)}" for output in outputs.values()]


def _clocks(columns: Sequence[Typed], conventions: Conventions) -> list[str]:
    """Which column first gives a local clock time, one with an offset, one in UTC: asked only where no zone is known."""
    return [
        f"CAST({_first_written(columns, way) if conventions.zone is None else 'NULL'} AS {type_name}) AS {quote_name(name)}"
        for way, (name, type_name) in zip((LOCAL, OFFSET, UTC), CLOCK_COLUMNS, strict=True)
    ]


def _first_written(columns: Sequence[Typed], way: int) -> str:
    branches = " ".join(f"WHEN {column.ways[way]} THEN {number}" for number, column in enumerate(columns, start=1) if way in column.ways)
    return f"CASE {branches} END" if branches else "NULL"


def _period(table: Table, picks: Picks, longest: int | None) -> list[Check]:
    """An end certainly before its start, or too long after it."""
    start, end = PERIODS.get(table.name, ("", ""))
    if not {start, end} <= set(picks.cells):
        return []
    return [_end_first(table, picks), *([_too_long(table, picks, longest)] if longest else [])]


def _end_first(table: Table, picks: Picks) -> Check:
    """Cells of one type are compared as they lie in the file, which costs no calendar."""
    start, end = PERIODS[table.name]
    first, last = picks.cells[start], picks.cells[end]
    alike = first.type == last.type != "VARCHAR"
    signs = (f"{last.sql} < {first.sql}",)
    if table.column(end).kind == "date":
        # of two instants, the later may be on the earlier day, where clocks go back
        on_calendar = alike and family(first.type) != "instant"
        return Check(end, Fault.END_BEFORE_START, f"{quote_name(end)} < {quote_name(start)}", signs if on_calendar else None)
    if alike and last.midnight == "clock":
        return Check(end, Fault.END_BEFORE_START, f"{_raw_cell(end)} < {_raw_cell(start)}", signs)
    return Check(end, Fault.END_BEFORE_START, f"{end}_last_day < {start}_day OR {end}_at < {start}_at")


def _too_long(table: Table, picks: Picks, longest: int) -> Check:
    """More days than a row may span, whatever its dates can mean. In the file's own cells the facility's day may be one off."""
    start, end = PERIODS[table.name]
    first, last = picks.cells[start], picks.cells[end]
    kind = table.column(end).kind
    days = (quote_name(start), quote_name(end)) if kind == "date" else (f"{start}_last_day", f"{end}_day")
    lasting = f" AND {in_words('code_system', lasting_systems())} IS NOT TRUE" if "code_system" in picks.cells else ""
    alike = first.type == last.type != "VARCHAR"
    sign = f"date_diff('day', {first.sql}, {last.sql}) >= {longest}"
    return Check(end, Fault.SPAN_TOO_LONG, f"date_diff('day', {days[0]}, {days[1]}) > {longest}{lasting}", (sign,) if alike else None)


def _filled(picks: Picks, check: Check, asked: Mapping[str, str]) -> Check:
    """The check with its condition: of each cell, whether it is empty."""
    cells = {name: picks.cells.get(name) for name in asked}
    signs = " AND ".join(f"{cell.sql if cell else 'NULL'} {asked[name]}" for name, cell in cells.items())
    direct = all(cell is None or cell.direct for cell in cells.values())
    return replace(
        check, when=" AND ".join(f"{_raw_cell(name)} {words}" for name, words in asked.items()), signs=(signs,) if direct else None
    )


def _checks(table: Table, picks: Picks, columns: Sequence[Typed], conventions: Conventions) -> list[Check]:
    """Every check of a row, in contract order."""
    checks = [check for column in columns for check in column.checks]
    for group in table.one_of:
        checks.append(_filled(picks, Check(group[0], missing(group[0]), ""), dict.fromkeys(group, "IS NULL")))
    if "code_system" in (column.name for column in table.columns):
        unsaid = {"code_system": "IS NULL", "code": "IS NOT NULL", "concept": "IS NULL"}
        checks.append(_filled(picks, Check("code_system", Fault.SYSTEM_MISSING, ""), unsaid))
    checks += _period(table, picks, conventions.longest_days)
    position = {column.name: number for number, column in enumerate(table.columns)}
    return sorted(checks, key=lambda check: position[check.column])
