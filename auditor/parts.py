"""What the audit of a part of the members leaves, so that parts can be joined: result tables, and what a whole run adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

Tables = Mapping[str, "pyarrow.Table"]


@dataclass(frozen=True)
class RowCount:
    """Rows of one canonical table: read, set aside, and in scope."""

    table: str
    rows_in: int
    set_aside: int
    in_scope: int


@dataclass(frozen=True)
class LineSum:
    """Claim lines in scope of one disposition, and the cents they carry."""

    disposition: str
    lines: int
    cents: int


@dataclass(frozen=True)
class EditUse:
    """The days of service that one release of coding edits was asked about: those it speaks for, and the others."""

    kind: str
    setting: str
    release: str | None
    covered: frozenset[date]
    without: frozenset[date]

    @property
    def quarters_without(self) -> tuple[str, ...]:
        """The quarters of the days that it does not speak for."""
        return tuple(sorted({f"{day.year}Q{(day.month + 2) // 3}" for day in self.without}))


@dataclass(frozen=True)
class ClockUse:
    """One way of writing a clock time (a column of ``CLOCK_COLUMNS``), and a file and column of rows in scope that has it."""

    way: str
    place: str


@dataclass(frozen=True)
class NotedRows:
    """Rows in scope of one kind that a report must speak of (a query of ``noted_rows.sql``), though they were read as they stand."""

    kind: str
    rows: int


@dataclass(frozen=True)
class Sums:
    """What the run adds up of one guideline."""

    counts: tuple[RowCount, ...]
    lines: tuple[LineSum, ...]
    edits: tuple[EditUse, ...]
    noted: tuple[NotedRows, ...] = ()


@dataclass(frozen=True)
class Found:
    """What one guideline came to: the tables of ``COLLECTED``, lines numbered within the part, and its sums.

    ``lines`` are the ``line_key`` and ``member_id`` of every claim line that a table speaks of.
    """

    tables: Tables
    lines: pyarrow.Table
    sums: Sums


@dataclass(frozen=True)
class SharedLines:
    """Claim lines that the same several guidelines have in scope, the cents they carry, and the first of them by file and row."""

    guidelines: tuple[str, ...]
    lines: int
    cents: int
    cited: tuple[str, ...]


@dataclass(frozen=True)
class Tallies:
    """What several guidelines had in scope, each row once; empty where there is only one."""

    kept: tuple[tuple[str, int], ...] = ()
    lines: tuple[LineSum, ...] = ()
    shared: tuple[SharedLines, ...] = ()


@dataclass(frozen=True)
class Part:
    """What the audit of a part of the members leaves: what each guideline found, in the order of the run, and what they share."""

    found: tuple[Found, ...]
    tallies: Tallies = Tallies()


CITED = 3


def add_sums(parts: Iterable[Sums]) -> Sums:
    """The sums of all parts, in the order that one audit of them all would give."""
    all_of = list(parts)
    return Sums(
        counts=tuple(
            RowCount(name, *map(sum, zip(*rows, strict=True)))
            for name, rows in _grouped((one.table, (one.rows_in, one.set_aside, one.in_scope)) for each in all_of for one in each.counts)
        ),
        lines=add_lines(each.lines for each in all_of),
        edits=_add_edits(one for each in all_of for one in each.edits),
        noted=tuple(
            NotedRows(kind, sum(rows for (rows,) in own))
            for kind, own in _grouped((one.kind, (one.rows,)) for each in all_of for one in each.noted)
        ),
    )


def add_lines(parts: Iterable[Iterable[LineSum]]) -> tuple[LineSum, ...]:
    """Line sums by disposition."""
    rows = _grouped((one.disposition, (one.lines, one.cents)) for each in parts for one in each)
    return tuple(LineSum(name, *map(sum, zip(*own, strict=True))) for name, own in rows)


def _add_edits(edits: Iterable[EditUse]) -> tuple[EditUse, ...]:
    uses: dict[tuple[str, str, str | None], list[EditUse]] = defaultdict(list)
    for use in edits:
        uses[use.kind, use.setting, use.release].append(use)
    by_release = sorted(uses.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] is not None, item[0][2] or ""))
    return tuple(
        EditUse(*key, frozenset().union(*(use.covered for use in own)), frozenset().union(*(use.without for use in own)))
        for key, own in by_release
    )


def add_tallies(parts: Iterable[Tallies]) -> Tallies:
    """The tallies of all parts."""
    all_of = list(parts)
    kept = _grouped((name, (rows,)) for each in all_of for name, rows in each.kept)
    shared: dict[tuple[str, ...], list[SharedLines]] = defaultdict(list)
    for one in (one for each in all_of for one in each.shared):
        shared[one.guidelines].append(one)
    return Tallies(
        kept=tuple((name, sum(count for (count,) in rows)) for name, rows in kept),
        lines=add_lines(each.lines for each in all_of),
        shared=tuple(_add_shared(names, own) for names, own in sorted(shared.items())),
    )


def _add_shared(guidelines: tuple[str, ...], own: list[SharedLines]) -> SharedLines:
    cited = sorted(cite for one in own for cite in one.cited)[:CITED]
    return SharedLines(guidelines, sum(one.lines for one in own), sum(one.cents for one in own), tuple(cited))


def _grouped(rows: Iterable[tuple[str, tuple[int, ...]]]) -> list[tuple[str, list[tuple[int, ...]]]]:
    groups: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for name, values in rows:
        groups[name].append(values)
    return sorted(groups.items())
