"""Reads a reference file into checked rows: header found, every row read, none twice, no dates that overlap, nothing cut short."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from auditor.errors import ReferenceRefused
from auditor.releases.layouts import LAYOUTS, Cells, Layout, RowFault, Values, fits, plain
from auditor.releases.open_tables import RawTable
from auditor.releases.release import ADD_ONS, CODES, PAIRS, UNITS

HEADING_ROWS = 40  # a notice of copyright precedes the table
FLAT_ADD_ONS = re.compile(r"[123][0-9A-Z]{5}(?:\d{7}|\s{7})[0-9A-Z]{5}(?:\d{7}|\s{7})\d{7}(?:\d{7}|\s{7})?")
FLAT_CUTS = (0, 1, 6, 13, 18, 25, 32, 39)
NOT_APPLICABLE = 9


@dataclass(frozen=True)
class ReadTable:
    """A table that can be trusted: its layout, its setting where its headings say it, its rows, and the words above them."""

    layout: Layout
    setting: str | None
    rows: tuple[Values, ...]
    notice: str


@dataclass(frozen=True)
class Header:
    """Where the table begins: its layout and headings, and the rows above and below."""

    layout: Layout
    headings: Cells
    above: tuple[tuple[int, Cells], ...]
    below: tuple[tuple[int, Cells], ...]


def read_table(table: RawTable) -> ReadTable:
    """The rows of a reference file; ReferenceRefused with the row and the reason where one cannot be trusted."""
    header = find_header(unflattened(table))
    body = [(number, cells) for number, cells in header.below if any(cells)]
    if not body:
        raise ReferenceRefused(f"{table.name}: the header is there, and no row under it; the download was cut short. Download it again.")
    refuse_cut(table, header, body)
    read = [(number, _read(table, header, number, cells)) for number, cells in body]
    refuse_repeats(table, header.layout, read)
    notice = " ".join(cell for _, cells in header.above for cell in cells)
    return ReadTable(header.layout, header.layout.setting(header.headings), tuple(values for _, values in read), notice)


def unflattened(table: RawTable) -> RawTable:
    """The add-on file in fixed columns, given the columns and headings of the other one."""
    whole = [(number, ",".join(cells)) for number, cells in table.rows if any(cells)]
    if not whole or not all(FLAT_ADD_ONS.match(line) for _, line in whole):
        return table
    layout = next(one for one in LAYOUTS if one.kind == ADD_ONS)
    ends = (*FLAT_CUTS[1:], None)
    rows = [(number, tuple(line[start:end].strip() for start, end in zip(FLAT_CUTS, ends, strict=True))) for number, line in whole]
    return replace(table, rows=((0, layout.headings), *rows))


def find_header(table: RawTable) -> Header:
    """The first row whose headings are those of a known layout, with the rows that its headings run on into."""
    nearest: tuple[int, Layout, int, Cells] | None = None
    for place, (number, cells) in enumerate(table.rows[:HEADING_ROWS]):
        for layout in LAYOUTS:
            begins = cells if layout.kind == CODES else cells[:1]
            if not any(fits(cell, layout.headings[0]) for cell in begins):
                continue
            headings, taken = run_on(table, place, layout)
            if all_fit(headings, layout):
                below = table.rows[place + taken :]
                return Header(layout, headings, table.rows[:place], reordered(headings, layout, below))
            nearest = nearest or (number, layout, taken, headings)
    if nearest is None:
        told = "; ".join(", ".join(layout.headings[:3]) for layout in LAYOUTS)
        raise ReferenceRefused(f"{table.name}: no row in its first {HEADING_ROWS} has the headings of a known file ({told}, ...).")
    raise _wrong_columns(table, nearest[0], nearest[1], nearest[3])


def run_on(table: RawTable, place: int, layout: Layout) -> tuple[Cells, int]:
    """The headings, joined with the rows below that only continue them, and how many rows they take."""
    rows = [table.rows[place][1]]
    for _, cells in table.rows[place + 1 : place + HEADING_ROWS]:
        # a heading that runs on leaves the first columns empty
        if layout.kind != PAIRS or not any(cells) or any(cells[:2]):
            break
        rows.append(cells)
    width = max(map(len, rows))
    padded = [cells + ("",) * (width - len(cells)) for cells in rows]
    return tuple(" ".join(filter(None, column)) for column in zip(*padded, strict=True)), len(rows)


def all_fit(headings: Cells, layout: Layout) -> bool:
    """Whether the headings are those of the layout: in its order, or, for a plan's own list, in any."""
    filled = [heading for heading in headings if heading]
    if layout.kind == CODES:
        names = [plain(heading) for heading in filled]
        return set(layout.headings) <= set(names) <= {*layout.headings, *layout.optional} and len(names) == len(set(names))
    return len(filled) == len(layout.headings) and all(map(fits, filled, layout.headings))


def reordered(headings: Cells, layout: Layout, rows: tuple[tuple[int, Cells], ...]) -> tuple[tuple[int, Cells], ...]:
    """The rows with a plan's columns brought into the layout's order."""
    if layout.kind != CODES:
        return rows
    names = [plain(heading) for heading in headings]
    places = [names.index(name) if name in names else None for name in (*layout.headings, *layout.optional)]

    def pick(cells: Cells) -> Cells:
        return tuple(cells[place] if place is not None and place < len(cells) else "" for place in places)

    return tuple((number, pick(cells) if any(cells) else ()) for number, cells in rows)


def _wrong_columns(table: RawTable, number: int, layout: Layout, headings: Cells) -> ReferenceRefused:
    lacking = [wanted.strip("*") for wanted in layout.headings if not any(fits(heading, wanted) for heading in headings)]
    beyond = [heading for heading in headings if heading and not any(fits(heading, wanted) for wanted in layout.headings)]
    said = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"has {', '.join(beyond)} beyond them"] * bool(beyond)
    why = " and ".join(said) or "has them in another order"
    return ReferenceRefused(
        f"{table.name}, row {number}: these are not the columns of today's layout of {layout.kind}: it {why}. "
        f"Expected {', '.join(wanted.strip('*') for wanted in layout.headings)}. Download the current quarter's file."
    )


def _read(table: RawTable, header: Header, number: int, cells: Cells) -> Values:
    try:
        if len(cells) < len(header.layout.headings) - 1:
            raise RowFault(f"it has {len(cells)} of {len(header.layout.headings)} columns; the download may have been cut short")
        return header.layout.read(cells + ("",) * (len(header.layout.headings) - len(cells)))
    except RowFault as fault:
        raise ReferenceRefused(f"{table.name}, row {number}: {fault}. Nothing was installed; download the file again.") from fault


def refuse_cut(table: RawTable, header: Header, body: list[tuple[int, Cells]]) -> None:
    """Refuses a file that ends inside a row: too few columns, or last words that other rows have whole."""
    number, last = body[-1]
    width = len(header.layout.headings)
    if table.ended or len(body) == 1 or header.layout.kind == CODES:
        return
    others = {cells[width - 1] for _, cells in body[:-1] if len(cells) >= width}
    words = last[width - 1] if len(last) >= width else None
    if words is None or (words not in others and any(other.startswith(words) for other in others)):
        raise ReferenceRefused(f"{table.name}, row {number}: the file ends inside this row; the download was cut short. Download it again.")


def refuse_repeats(table: RawTable, layout: Layout, rows: list[tuple[int, Values]]) -> None:
    """Refuses a row that is there twice, and two rows of one edit whose dates overlap."""
    found: dict[Values, list[tuple[date, date, int]]] = defaultdict(list)
    for number, values in rows:
        if layout.kind == UNITS:
            key, first, last = values[:1], date.min, date.max
        elif layout.kind == PAIRS and values[2] == NOT_APPLICABLE:
            continue  # deleted the day it began: it was never in force
        else:
            key = values[:2] if layout.kind in (PAIRS, CODES) else (values[0], values[2])
            first, last = values[-2], values[-1] or date.max  # type: ignore[assignment]
        found[key].append((first, last, number))
    for key, spans in found.items():
        spans.sort()
        for (first, last, number), (next_first, next_last, later) in pairwise(spans):
            if next_first <= last:
                same = (first, last) == (next_first, next_last)
                what = "is there twice" if same else "has dates that overlap"
                named = " with ".join(str(part) for part in key)
                raise ReferenceRefused(
                    f"{table.name}, rows {min(number, later)} and {max(number, later)}: {named} {what}. Keep one of them."
                )
