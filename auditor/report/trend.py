"""The readings of an episode over time: saturation, oxygen fraction and dose, each from lowest to highest in steps of a few hours.

What is drawn is what the table under it says; lengths are pixels of a fixed canvas.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from auditor.policy.wording import list_words
from auditor.report.cases import Row, Rows
from auditor.report.grids import numbers, texts
from auditor.report.phrases import NOTHING, counted, iso_day, span
from auditor.report.quantities import DOSE, FRACTION, QUANTITIES, SATURATION
from auditor.report.view import Grid, Mark, TrendView

STEPS_AT_MOST = 84
STEPS = (1, 2, 3, 4, 6, 8, 12, 24)
WIDTH, LEFT, RIGHT, TOP = 1060, 74, 12, 34
PANEL, SPACE, FOOT = 88, 20, 30
DAY_LABELS, BAR, LEAST = 15, 0.7, 3.0
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Panel:
    """One quantity: its name, the ends of its scale, what one of its unit is shown as, and whether it rises from nothing.

    ``title`` is its name in the title of the chart.
    """

    quantity: str
    label: str
    title: str
    unit: str
    low: float
    high: float
    shown_times: float = 1
    rises: bool = False


# The scales are those of the drawing; what lies beyond is drawn at the end, and told in the table.
PANELS = (
    Panel(SATURATION, "SpO₂", "SpO₂", "%", 60, 100),
    Panel(FRACTION, "FiO₂", "FiO₂", "%", 0.2, 1, shown_times=100),
    Panel(DOSE, "iNO", "iNO dose", "ppm", 0, 40, rises=True),
)


@dataclass(frozen=True)
class Moment:
    """A moment that the policy or the record names, as a line across the chart; ``role`` names its look."""

    at: datetime
    text: str
    role: str


@dataclass(frozen=True)
class Stretch:
    """Readings of one quantity in one step: lowest, highest, and how many; without a clock time, of a whole day."""

    start: datetime
    hours: int
    clocked: bool
    low: float
    high: float
    readings: int


# By quantity, then by day and first hour of the step; without a clock time, by day.
Found = Mapping[str, Mapping[tuple[date, int], Stretch]]
UNTIMED = -1


@dataclass(frozen=True)
class Axis:
    """Time from the first day to the end of the last, on a canvas of some panels, one under the other."""

    first: datetime
    days: int
    hours: int
    panels: tuple[Panel, ...]

    @property
    def bottom(self) -> int:
        """Where the last panel ends, and the days are named."""
        return TOP + len(self.panels) * (PANEL + SPACE)

    def x(self, at: datetime) -> float:
        """Where a moment lies."""
        return LEFT + (WIDTH - LEFT - RIGHT) * ((at - self.first) / (self.days * DAY))

    def width(self, hours: float) -> float:
        """How wide some hours are."""
        return (WIDTH - LEFT - RIGHT) * hours / (self.days * 24)


def draw_trend(readings: Rows, days: Rows, moments: Iterable[Moment], quantities: Collection[str] = QUANTITIES) -> TrendView | None:
    """The chart of an episode, a panel for each of ``quantities``; None where nothing was charted."""
    if not readings:
        return None
    wanted = {row["quantity"] for row in readings}.union(quantities)
    axis = _axis([row["day"] for row in (*readings, *days)], tuple(panel for panel in PANELS if panel.quantity in wanted))
    found = _stretches(readings, axis)
    within = tuple(moment for moment in moments if LEFT <= axis.x(moment.at) <= WIDTH - RIGHT)
    named = "; ".join(f"{moment.text} at {moment.at:%Y-%m-%d %H:%M}" for moment in within)
    step = counted(axis.hours, "hour")
    marks = (
        *_frame(axis),
        *(mark for place, panel in enumerate(axis.panels) for mark in _panel(panel, place, found[panel.quantity], axis)),
    )
    return TrendView(
        title=_title(axis),
        description=f"Lowest to highest reading in each {step}. {named + '. ' if named else ''}The table below says the same.",
        width=str(WIDTH),
        height=str(axis.bottom + FOOT),
        marks=(*marks, *(mark for place, moment in enumerate(within) for mark in _moment(moment, place, axis))),
        legend=tuple(_legend(step, found)),
        grid=_grid(found, axis),
    )


def _title(axis: Axis) -> str:
    until = axis.first + (axis.days - 1) * DAY
    return f"{list_words([panel.title for panel in axis.panels])}, {iso_day(axis.first.date())} to {iso_day(until.date())}"


def _axis(days: list[date], panels: tuple[Panel, ...]) -> Axis:
    """The days that anything is known of, in the fewest hours a step that leave few enough steps."""
    first, count = min(days), (max(days) - min(days)).days + 1
    hours = next((hours for hours in STEPS if count * 24 <= hours * STEPS_AT_MOST), 24)
    return Axis(datetime.combine(first, time()), count, hours, panels)


def _stretches(readings: Rows, axis: Axis) -> Found:
    """The readings of each quantity by step; those without a clock time by day."""
    ends: dict[str, dict[tuple[date, int], tuple[float, float, int]]] = {panel.quantity: {} for panel in axis.panels}
    for row in readings:
        found = ends[row["quantity"]]
        place = row["day"], UNTIMED if row["hour"] is None else row["hour"] // axis.hours * axis.hours
        low, high, count = found.get(place, (row["low"], row["high"], 0))
        found[place] = min(low, row["low"]), max(high, row["high"]), count + row["readings"]
    return {name: {place: _stretch(place, said, axis) for place, said in sorted(found.items())} for name, found in ends.items()}


def _stretch(place: tuple[date, int], said: tuple[float, float, int], axis: Axis) -> Stretch:
    day, hour = place
    clocked = hour != UNTIMED
    return Stretch(datetime.combine(day, time(max(hour, 0))), axis.hours if clocked else 24, clocked, *said)


def _frame(axis: Axis) -> Iterator[Mark]:
    """Midnights, and the day of as many of them as there is room for."""
    midnights = [axis.first + place * DAY for place in range(axis.days + 1)]
    bottom = axis.bottom
    yield Mark("path", "midnight", path="".join(f"M{_px(axis.x(at))} {TOP}V{bottom}" for at in midnights))
    every = -(-axis.days // DAY_LABELS)
    for at in midnights[:-1:every]:
        yield Mark("text", "tick-x", x=_px(axis.x(at + DAY / 2)), y=str(bottom + 16), text=f"{at:%b} {at.day}")


def _panel(panel: Panel, place: int, found: Mapping[tuple[date, int], Stretch], axis: Axis) -> Iterator[Mark]:
    top = TOP + place * (PANEL + SPACE)
    middle = (panel.low + panel.high) / 2
    ticks = [(panel.high, top), (middle, top + PANEL / 2), (panel.low, top + PANEL)]
    yield Mark("path", "gridline", path="".join(f"M{LEFT} {_px(y)}H{WIDTH - RIGHT}" for _, y in ticks))
    yield Mark("text", "panel-name", x="0", y=_px(top + PANEL / 2 - 4), text=panel.label)
    yield Mark("text", "tick-y start", x="0", y=_px(top + PANEL / 2 + 11), text=panel.unit)
    for value, y in ticks:
        yield Mark("text", "tick-y", x=str(LEFT - 8), y=_px(y + 4), text=f"{value * panel.shown_times:.0f}")
    if not found:
        yield Mark("text", "tick-y start", x=str(LEFT + 8), y=_px(top + PANEL / 2 + 4), text="not charted")
    for clocked in (True, False):
        if bars := [stretch for stretch in found.values() if stretch.clocked == clocked]:
            yield from _bars(panel, top, bars, axis)


def _bars(panel: Panel, top: int, bars: list[Stretch], axis: Axis) -> Iterator[Mark]:
    look, room = (panel.quantity if bars[0].clocked else f"{panel.quantity} untimed"), axis.width(bars[0].hours)
    aside, width = room * (1 - BAR) / 2, room * BAR
    drawn, below = [], []
    for bar in bars:
        left, high, low = axis.x(bar.start) + aside, _y(panel, top, bar.high), _y(panel, top, bar.low)
        depth = max(low - high, LEAST)
        drawn.append(f"M{left:.1f} {min(high, top + PANEL - depth):.1f}h{width:.1f}v{depth:.1f}h-{width:.1f}z")
        below.append(f"M{left:.1f} {low:.1f}h{width:.1f}V{top + PANEL}h-{width:.1f}z")
    if panel.rises:
        yield Mark("path", f"{look} below", path="".join(below))
    yield Mark("path", look, path="".join(drawn))


def _y(panel: Panel, top: int, value: float) -> float:
    return top + PANEL * (1 - min(max((value - panel.low) / (panel.high - panel.low), 0), 1))


def _moment(moment: Moment, place: int, axis: Axis) -> Iterator[Mark]:
    """A line across, named above it; names side by side stand at two heights."""
    x = axis.x(moment.at)
    yield Mark("path", f"moment {moment.role}", path=f"M{_px(x)} {TOP - 8}V{axis.bottom}")
    yield Mark(
        "text", "moment-name end" if x > WIDTH - 120 else "moment-name", x=_px(x), y=str(TOP - 12 - place % 2 * 10), text=moment.text
    )


def _legend(step: str, found: Found) -> Iterator[str]:
    yield f"Each bar spans the lowest and highest reading of {step}."
    if any(hour == UNTIMED for stretches in found.values() for _, hour in stretches):
        yield "Outlined bars were charted without a clock time, and span their day."


def _grid(found: Found, axis: Axis) -> Grid:
    places = sorted({place for stretches in found.values() for place in stretches})
    return Grid(
        caption="Readings over time",
        headings=(*texts("Hours"), *numbers(*(f"{panel.label} {panel.unit}" for panel in axis.panels), "Readings")),
        rows=tuple((_hours(*place, axis.hours), *_cells(place, found, axis.panels)) for place in places),
    )


def _cells(place: tuple[date, int], found: Found, panels: Iterable[Panel]) -> Iterator[str]:
    for panel in panels:
        stretch = found[panel.quantity].get(place)
        yield span(stretch.low, stretch.high, panel.shown_times) if stretch else NOTHING
    yield f"{sum(stretches[place].readings for stretches in found.values() if place in stretches):,}"


def _hours(day: date, hour: int, hours: int) -> str:
    return f"{iso_day(day)}, no clock time" if hour == UNTIMED else f"{iso_day(day)} {hour:02d}:00–{hour + hours:02d}:00"


def moments_of(episode: Row, days: Rows, hours: str, limit: str) -> tuple[Moment, ...]:
    """The start by the clock, the hours of the improvement rule after it, and the end of the last day within the limit."""
    found = []
    if episode["start_clock"]:
        start = datetime.combine(episode["start_day"], time.fromisoformat(episode["start_clock"]))
        found.append(Moment(start, "start", "begin"))
        if hours:
            found.append(Moment(start + float(hours) * HOUR, f"{hours} h", "hours"))
    last = next((row["day"] for row in days if limit and row["day_number"] == int(float(limit))), None)
    if last:
        found.append(Moment(datetime.combine(last, time()) + DAY, f"end of day {limit}", "limit"))
    return tuple(found)


def _px(length: float) -> str:
    return f"{length:.1f}"
