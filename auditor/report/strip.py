"""The day strip: one column a day, drawn as shapes so that the template only writes them out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from auditor.outcomes import OUTCOMES, VERDICTS, Outcome, Verdict, Word
from auditor.report.cases import Row, Rows
from auditor.report.lanes import Lane, Layout, lay_out
from auditor.report.phrases import counted, dollars, iso_day, plain_dollars, span
from auditor.report.quantities import DOSE, ENDS, FRACTION, NEED, QUANTITIES, SATURATION
from auditor.report.view import Shape, Strip, StripCell

DAYS_A_ROW = 14
LEFT, DAY, GAP, EDGE = 104, 58, 30, 3
CODES_SHOWN = 2
TRACK, INSET = 22, 9


@dataclass(frozen=True)
class Chart:
    """A lane that draws what a day's values span on a scale; ``rises`` fills from the bottom of the scale, as a dose does."""

    quantity: str
    role: str
    scale: tuple[float, float]
    shown_times: float = 1
    rises: bool = False

    def height(self, value: float) -> int:
        """How far up the track a value stands, in pixels; what lies beyond the scale stands at its end."""
        bottom, top = self.scale
        return round(min(max((value - bottom) / (top - bottom), 0), 1) * TRACK)


# The scales are those of the drawing, chosen so that usual values stand apart; nothing is decided by them.
CHARTS = (
    Chart(DOSE, "dose", (0, 40), rises=True),
    Chart(FRACTION, "band", (0.2, 1), shown_times=100),
    Chart(SATURATION, "band", (60, 100)),
)
SUPPORTS = ("ventilated", "ecmo")

Codes = Mapping[date, tuple[str, ...]]


@dataclass(frozen=True)
class Marks:
    """The day on which the hours of the improvement rule run out, and how long the limit is; None where there is no such rule."""

    improvement_day: date | None = None
    improvement_hours: str = ""
    day_limit: str = ""


@dataclass(frozen=True)
class Sheet:
    """What the rows of one strip share: its lanes, its marks, and the first day past the limit, if there is one."""

    layout: Layout
    marks: Marks
    first_past: date | None

    def lane(self, key: str) -> Lane:
        """The lane of that key."""
        return self.layout.lanes[key]


def strips(days: Rows, marks: Marks, codes: Codes, quantities: Collection[str] = QUANTITIES) -> tuple[Strip, ...]:
    """The days in rows of fourteen, so that a second row begins where the usual limit ends.

    ``codes`` are those billed each day, ``quantities`` those of the chart that have a lane.
    """
    rows = [days[first : first + DAYS_A_ROW] for first in range(0, len(days), DAYS_A_ROW)]
    first_past = next((row["day"] for row in days if row["past_limit"]), None)
    sheet = Sheet(lay_out(quantities), marks, first_past)
    return tuple(_strip(row, sheet, codes) for row in rows)


def _strip(days: Rows, sheet: Sheet, codes: Codes) -> Strip:
    cells, x = [], LEFT
    for before, row in zip([days[0], *days], days, strict=False):
        off = (row["day"] - before["day"]).days - 1
        if off > 0:
            cells.append(_gap(off, x, sheet.layout))
            x += GAP
        billed = codes.get(row["day"], ())
        shapes = (*_day(row, x, sheet), *_billed(billed, x, sheet.lane("billed")), *_marks(row, x, sheet))
        cells.append(StripCell(day_sentence(row, billed), shapes))
        x += DAY
    label = f"{iso_day(days[0]['day'])} to {iso_day(days[-1]['day'])}, {counted(len(days), 'day')}"
    return Strip(label, str(x + EDGE), str(sheet.layout.height), tuple(map(_lane_name, sheet.layout.lanes.values())), tuple(cells))


def _lane_name(lane: Lane) -> Shape:
    return Shape("text", "lane", "0", str(lane.top + lane.height // 2 + 4), text=lane.name)


def _gap(days: int, x: int, layout: Layout) -> StripCell:
    middle = str(x + GAP // 2)
    return StripCell(
        f"{counted(days, 'day')} off",
        (
            Shape("rect", "off", str(x + 4), str(layout.top), str(GAP - 8), str(layout.depth)),
            Shape("text", "small middle", middle, "14", text="off"),
            Shape("text", "small middle", middle, "28", text=f"{days} d"),
        ),
    )


def _day(row: Row, x: int, sheet: Sheet) -> Iterator[Shape]:
    middle, layout = str(x + DAY // 2), sheet.layout
    role = "day" if row["is_therapy_day"] else "day billed"
    yield Shape("rect", role, str(x + 1), str(layout.top), str(DAY - 2), str(layout.depth))
    yield Shape("text", "number middle", middle, "15", text=str(row["day_number"] or "billed"))
    yield Shape("text", "small middle", middle, "30", text=f"{row['day']:%b} {row['day'].day}")
    yield from _verdict(row, x, sheet.lane("verdict"))
    for chart in CHARTS:
        if chart.quantity in layout.lanes:
            yield from _bar(row, chart, x, sheet.lane(chart.quantity))
    yield from _presence(row, x, sheet)
    yield Shape("text", "money middle", middle, str(sheet.lane("money").top + 14), text=plain_dollars(row["counted_cents"] or 0))


def _verdict(row: Row, x: int, lane: Lane) -> Iterator[Shape]:
    if row["verdict"]:
        word = VERDICTS[Verdict(row["verdict"])]
        yield Shape("rect", f"solid-{word.tone}", str(x + 1), str(lane.top), str(DAY - 2), str(lane.height))
        yield Shape("text", f"symbol-{word.tone} middle", str(x + DAY // 2), str(lane.top + 18), text=word.symbol)


def _bar(row: Row, chart: Chart, x: int, lane: Lane) -> Iterator[Shape]:
    low, high = (row[end] for end in ENDS[chart.quantity])
    values = [value for value in (low, high) if value is not None]
    middle, floor = str(x + DAY // 2), lane.top + lane.height - 3
    if not values:
        yield Shape("text", "silent middle", middle, str(floor - TRACK // 2 + 4), text="·")
        return
    left, width = str(x + INSET), str(DAY - 2 * INSET)
    bottom, top = chart.height(min(values)), chart.height(max(values))
    yield Shape("text", "value middle", middle, str(lane.top + 12), text=span(low, high, chart.shown_times))
    yield Shape("rect", "track", left, str(floor - TRACK), width, str(TRACK))
    if chart.rises:
        yield Shape("rect", f"{chart.role} below", left, str(floor - bottom), width, str(bottom))
    yield Shape("rect", chart.role, left, str(floor - max(top, bottom + 3)), width, str(max(top - bottom, 3)))


def _billed(codes: tuple[str, ...], x: int, lane: Lane) -> Iterator[Shape]:
    """The codes of a day, and how many more there are than fit."""
    more = len(codes) - CODES_SHOWN
    said = [*codes[: CODES_SHOWN - 1], f"+{more + 1} more"] if more > 0 else list(codes)
    for place, text in enumerate(said):
        yield Shape("text", "code middle", str(x + DAY // 2), str(lane.top + 12 + 13 * place), text=text[:9])


def _presence(row: Row, x: int, sheet: Sheet) -> Iterator[Shape]:
    if NEED in sheet.layout.lanes and row["oxygen_need"] is not None:
        word = OUTCOMES[Outcome(row["oxygen_need"])]
        yield Shape("text", f"mark-{word.tone} middle", str(x + DAY // 2), str(sheet.lane(NEED).top + 13), text=word.symbol)
    for name in SUPPORTS:
        lane = sheet.lane(name)
        if row[name]:
            yield Shape("rect", name, str(x + 1), str(lane.top + 5), str(DAY - 2), str(lane.height - 9))


def _marks(row: Row, x: int, sheet: Sheet) -> Iterator[Shape]:
    marks, layout = sheet.marks, sheet.layout
    if row["day"] == sheet.first_past:
        yield Shape("rect", "limit", str(x - 1), "0", "2", str(layout.top + layout.depth))
        yield Shape("text", "flag", str(x + 4), str(layout.top - 6), text=f"past {marks.day_limit} d")
    elif row["day"] == marks.improvement_day:
        yield Shape("rect", "hours", str(x + DAY - 1), str(layout.top - 14), "1", str(layout.depth + 14))
        yield Shape("text", "flag end", str(x + DAY - 3), str(layout.top - 6), text=f"{marks.improvement_hours} h")


def day_sentence(row: Row, codes: tuple[str, ...]) -> str:
    """What one day shows, in a line: for a pointer that rests on it."""
    named = f"Day {row['day_number']}" if row["day_number"] else "Billed, not charted"
    readings = (
        (span(row["dose_low"], row["dose_high"]), "iNO {} ppm"),
        (span(row["fio2_low"], row["fio2_high"], 100), "FiO₂ {}%"),
        (span(row["spo2_low"], row["spo2_high"]), "SpO₂ {}%"),
    )
    said = [phrase.format(value) for value, phrase in readings if value]
    flags = [name for name, flag in (("ventilator", row["ventilated"]), ("ECMO", row["ecmo"])) if flag]
    billed = [f"billed {' '.join(codes)}"] if codes else []
    verdict = [VERDICTS[Verdict(row["verdict"])].word] if row["verdict"] else []
    return f"{named}, {iso_day(row['day'])}: {', '.join([*verdict, *said, *flags, *billed, dollars(row['counted_cents'] or 0)])}"


def legend(days: Rows) -> tuple[Word, ...]:
    """The verdicts that occur, in their usual order."""
    seen = {row["verdict"] for row in days}
    return tuple(word for verdict, word in VERDICTS.items() if verdict in seen)
