"""Hypothesis strategies for blood gases, oxygen, saturation and airway pressure around a start: near limits, paired or not, at odds."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.properties.chart_rows import Person, Row

# hours from the start: within the baseline's day and out of it, within the hours of a pair and out of them, within the window and past it
HOURS = (-30, -24.5, -24, -20, -5, -4, -1, 0, 0, 1, 3, 4, 4.5, 8, 24, 71, 72, 73)
NUMBERS = {
    "pao2": ("40", "44", "49", "50", "55", "60", "66", "71", "100", "110"),
    "fio2": ("1.0", "100", "0.95", "0.9", "0.85", "80", "0.6", "0.5"),
    "spo2": ("84", "90", "0.9", "91", "97"),
    "mean_airway_pressure": ("12", "14", "14.4", "16", "18", "20"),
}
STATUSES = (None,) * 12 + ("preliminary", "entered_in_error")

# what is read before the start and after it, exactly a tenth apart
TENTHS: tuple[dict[str, tuple[str, str]], ...] = (
    {"pao2": ("50", "55")},
    {"pao2": ("100", "110")},
    {"pao2": ("50", "50"), "fio2": ("0.8", "0.8"), "mean_airway_pressure": ("16", "14.4")},
)


@st.composite
def gases(draw: st.DrawFn, person: Person) -> list[Row]:
    """A few moments, each with some readings, now and then with two of a kind that may differ; or a change of exactly a tenth."""
    if draw(st.integers(0, 3)) == 0:
        read = draw(st.sampled_from(TENTHS))
        return [_reading(person, hour, kind, pair[n]) for n, hour in enumerate((-1, 4)) for kind, pair in read.items()]
    moments = draw(st.lists(st.sampled_from(HOURS), max_size=6))
    return [row for hour in moments for row in draw(_readings(person, hour))]


@st.composite
def _readings(draw: st.DrawFn, person: Person, hour: float) -> list[Row]:
    """What is read at one moment."""
    kinds = draw(st.lists(st.sampled_from((*NUMBERS, "fio2", "spo2")), min_size=1, max_size=5))
    read = [_reading(person, hour, kind, draw(st.sampled_from(NUMBERS[kind]))) for kind in kinds]
    return [{**row, "status": draw(st.sampled_from(STATUSES))} for row in read]


def _reading(person: Person, hour: float, kind: str, value: str) -> Row:
    return {"member_id": person.member_id, "concept": kind, "start": person.clock(hour), "value": value}
