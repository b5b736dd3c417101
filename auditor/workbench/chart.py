"""The chart of a sweep: dollars at risk, lowest and highest, over the values of a reading, in the report's own shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from auditor.report.phrases import dollars
from auditor.report.view import Funnel, Mark
from auditor.workbench.sweep import Step

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 110, 24, 22, 40
TICKS, MOST_NAMES, CENTS = 4, 16, 100
Scale = Callable[[float], float]


def draw_steps(reading: str, steps: Sequence[Step]) -> Funnel:
    """The chart; the table beside it says the same. The value that is set has a mark of its own."""
    x, y = _scales(steps)
    return Funnel(
        label=f"Dollars at risk, lowest and highest, for {len(steps)} values of {reading}. The table below says the same.",
        width=str(WIDTH),
        height=str(HEIGHT),
        marks=(*_axes(reading, steps, x, y), *_lines(steps, x, y), *(mark for step in steps for mark in _points(step, x, y))),
    )


def _scales(steps: Sequence[Step]) -> tuple[Scale, Scale]:
    first, last = steps[0].value, steps[-1].value
    least, most = min(0, *(step.at_risk[0] for step in steps)), round_ticks(steps)[-1]
    across = WIDTH - LEFT - RIGHT
    return (
        lambda value: LEFT + across * ((value - first) / (last - first) if last > first else 0.5),
        lambda cents: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (cents - least) / (most - least),
    )


def _axes(reading: str, steps: Sequence[Step], x: Scale, y: Scale) -> list[Mark]:
    named = steps if len(steps) <= MOST_NAMES else steps[:: -(-len(steps) // MOST_NAMES)]
    return [
        Mark("path", "axis", path=f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"),
        Mark("text", "axis-title", x=str(WIDTH - RIGHT), y=str(HEIGHT - 6), text=reading),
        *(Mark("text", "tick-x", x=_px(x(step.value)), y=str(HEIGHT - BOTTOM + 16), text=str(step.value)) for step in named),
        *(Mark("text", "tick-y", x=str(LEFT - 8), y=_px(y(cents) + 4), text=dollars(cents)) for cents in round_ticks(steps)),
    ]


def round_ticks(steps: Sequence[Step]) -> range:
    """Round amounts in cents from nothing to the highest dollars at risk or just above: no reader needs cents on an axis."""
    most = max(CENTS, *(step.at_risk[1] for step in steps))
    apart = next(size for power in count(2) for size in (10**power, 2 * 10**power, 5 * 10**power) if size * TICKS >= most)
    return range(0, -(-most // apart) * apart + 1, apart)


def _lines(steps: Sequence[Step], x: Scale, y: Scale) -> list[Mark]:
    marks = []
    for end, (role, name) in enumerate((("peers", "lowest"), ("limit", "highest"))):
        points = [(x(step.value), y(step.at_risk[end])) for step in steps]
        marks.append(Mark("path", role, path="M" + "L".join(f"{_px(across)} {_px(down)}" for across, down in points)))
        marks.append(Mark("text", "peers-name", x=_px(points[-1][0]), y=_px(points[-1][1] - 6), text=name))
    return marks


def _points(step: Step, x: Scale, y: Scale) -> list[Mark]:
    symbol, told = ("◆", "as set") if step.is_set else ("●", "tried")
    return [
        Mark("text", "facility", x=_px(x(step.value)), y=_px(y(cents) + 5), text=symbol, title=f"{step.value}, {told}: {dollars(cents)}")
        for cents in dict.fromkeys(step.at_risk)
    ]


def _px(length: float) -> str:
    return f"{length:.1f}"
