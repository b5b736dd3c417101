"""What was measured as one table, ratios first: a column a size; in Markdown, or spaced for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measuring import Measure

BARE, AUDIT, SORTED, PANDAS, DUCKDB = "bare scan", "audit", "audit, events sorted by member", "pandas script", "DuckDB script"
RATIOS = (
    (AUDIT, BARE),
    (SORTED, BARE),
    (PANDAS, BARE),
    (DUCKDB, BARE),
    (AUDIT, PANDAS),
    (AUDIT, DUCKDB),
    (SORTED, AUDIT),
)
Row = tuple[str, ...]
NOTHING = ""


@dataclass(frozen=True)
class Column:
    """What was measured at one size: parts by name, and how each script agrees with the audit."""

    name: str
    parts: Mapping[str, Measure]
    agreement: Mapping[str, str]


def rows(columns: Sequence[Column]) -> list[Row]:
    """The table: its head, ratios, agreement, seconds and memory, stages of the audit."""
    counts = (f"{column.parts[AUDIT].told['episodes']:,}" if finished(column, AUDIT) else "-" for column in columns)
    return [
        (NOTHING, *(column.name for column in columns)),
        heading("times, by CPU / by wall", columns),
        *((f"{whole}, of the {base}", *(ratio(column, whole, base) for column in columns)) for whole, base in RATIOS),
        heading("the same answers", columns),
        ("number of episodes", *counts),
        *((f"{name} and the audit", *(column.agreement.get(name, "-") for column in columns)) for name in (PANDAS, DUCKDB)),
        heading("wall s / CPU s / peak MB", columns),
        *((name, *(taken(column, name) for column in columns)) for name in (BARE, AUDIT, SORTED, PANDAS, DUCKDB)),
        heading("stages of the audit, wall s / CPU s", columns),
        *stages(columns),
    ]


def heading(words: str, columns: Sequence[Column]) -> Row:
    """What the rows below say."""
    return (f"**{words}**", *(NOTHING for _ in columns))


def ratio(column: Column, whole: str, base: str) -> str:
    """CPU and wall of one part in times of another's; why not, where one did not finish."""
    for name in (whole, base):
        if not finished(column, name):
            return column.parts[name].unfinished if name in column.parts else "-"
    one, other = column.parts[whole], column.parts[base]
    return f"{one.cpu / other.cpu:.1f} / {one.wall / other.wall:.1f}"


def finished(column: Column, name: str) -> bool:
    """Whether a part was measured, to its end."""
    return name in column.parts and not column.parts[name].unfinished


def taken(column: Column, name: str) -> str:
    """Seconds and megabytes of one part."""
    if not finished(column, name):
        return column.parts[name].unfinished if name in column.parts else "-"
    one = column.parts[name]
    return f"{one.wall:.1f} / {one.cpu:.1f} / {one.peak:,.0f}"


def stages(columns: Sequence[Column]) -> Iterable[Row]:
    """Seconds of each stage of the audit, in the order in which they first began."""
    told = [column.parts[AUDIT].told["stages"] if finished(column, AUDIT) else {} for column in columns]
    for stage in dict.fromkeys(stage for one in told for stage in one):
        yield (stage, *("{:.1f} / {:.1f}".format(*one[stage]) if stage in one else "-" for one in told))


def in_markdown(table: Sequence[Row]) -> str:
    """For a README."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|---" * len(table[0]) + "|", *lines[1:]])


def for_a_terminal(table: Sequence[Row]) -> str:
    """The same in columns of spaces."""
    table = [tuple(cell.replace("*", NOTHING) for cell in row) for row in table]
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    pads: list[Callable[[str, int], str]] = [str.ljust, *[str.rjust] * (len(widths) - 1)]
    return "\n".join("  ".join(pad(cell, width) for pad, cell, width in zip(pads, row, widths, strict=True)).rstrip() for row in table)
