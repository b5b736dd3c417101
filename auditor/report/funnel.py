"""A funnel plot: each facility's value over its number of episodes, between the limits of chance, in the report's own shapes.

Everything drawn is a number of the table beside it; lengths are pixels of a fixed canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from auditor.outcomes import STANDINGS
from auditor.report.cases import Row
from auditor.report.phrases import measured
from auditor.report.view import Funnel, Mark

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 18, 40
TICKS = 4
Scale = Callable[[float], float]


def draw_funnel(rows: Sequence[Row], peers: str) -> Funnel:
    """The plot of facilities with enough episodes; at least one is needed."""
    x, y = _scales(rows)
    label = f"{rows[0]['label']}: {len(rows)} facilities by number of episodes. The table below says the same."
    return Funnel(
        label=label,
        width=str(WIDTH),
        height=str(HEIGHT),
        marks=(*_axes(rows, x, y), *_limits(rows, x, y), *_peers(rows[0], y, peers), *(_facility(row, x, y) for row in rows)),
    )


def _scales(rows: Sequence[Row]) -> tuple[Scale, Scale]:
    """Episodes by their square root, as chance narrows; values from nought, or below where the limits are."""
    few, many = sqrt(min(row["episodes"] for row in rows)), sqrt(max(row["episodes"] for row in rows))
    least = min(0.0, *(min(row["low"], row["value"]) for row in rows))
    most = max(max(row["high"], row["value"], row["peers"]) for row in rows)
    across, up = (many - few) or 1.0, (most - least) or 1.0
    return (
        lambda count: LEFT + 14 + (WIDTH - LEFT - RIGHT - 28) * ((sqrt(count) - few) / across if many > few else 0.5),
        lambda value: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - least) / up,
    )


def _axes(rows: Sequence[Row], x: Scale, y: Scale) -> list[Mark]:
    counts = sorted({row["episodes"] for row in rows})
    shown = counts if len(counts) <= TICKS else [counts[0], counts[len(counts) // 3], counts[2 * len(counts) // 3], counts[-1]]
    most = max(max(row["high"], row["value"], row["peers"]) for row in rows)
    marks = [
        Mark("path", "axis", path=f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"),
        Mark("text", "axis-title", x=str(WIDTH - RIGHT), y=str(HEIGHT - 6), text="episodes"),
    ]
    marks += [Mark("text", "tick-x", x=_px(x(count)), y=str(HEIGHT - BOTTOM + 16), text=f"{count:,}") for count in shown]
    steps = [most * step / TICKS for step in range(TICKS + 1)] if most > 0 else [0.0]
    marks += [Mark("text", "tick-y", x=str(LEFT - 8), y=_px(y(value) + 4), text=measured(value, rows[0]["unit"])) for value in steps]
    return marks


def _limits(rows: Sequence[Row], x: Scale, y: Scale) -> list[Mark]:
    by_count = {row["episodes"]: row for row in rows}
    ordered = [by_count[count] for count in sorted(by_count)]
    return [Mark("path", "limit", path=_line([(x(row["episodes"]), y(row[side])) for row in ordered])) for side in ("low", "high")]


def _line(points: Sequence[tuple[float, float]]) -> str:
    """A line through the points; through one alone, across the plot."""
    (_, level), *rest = points
    drawn = points if rest else [(LEFT, level), (WIDTH - RIGHT, level)]
    return "M" + "L".join(f"{_px(across)} {_px(down)}" for across, down in drawn)


def _peers(row: Row, y: Scale, peers: str) -> list[Mark]:
    level = _px(y(row["peers"]))
    return [
        Mark("path", "peers", path=f"M{LEFT} {level}H{WIDTH - RIGHT}"),
        Mark("text", "peers-name", x=str(WIDTH - RIGHT), y=_px(y(row["peers"]) - 5), text=f"all {peers}"),
    ]


def _facility(row: Row, x: Scale, y: Scale) -> Mark:
    word = STANDINGS[row["standing"]]
    title = f"{row['facility']}: {measured(row['value'], row['unit'])} of {row['episodes']:,} episodes, {word.word}"
    return Mark("text", f"facility tone-{word.tone}", x=_px(x(row["episodes"])), y=_px(y(row["value"]) + 5), text=word.symbol, title=title)


def _px(length: float) -> str:
    return f"{length:.1f}"
