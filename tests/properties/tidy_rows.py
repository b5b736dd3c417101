"""Hypothesis strategies for charts that nearly meet a pathway: everything it asks for, and then one or two things otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.chart_rows import GESTATION, NEWBORN, SURGICAL, Person, statements

Row = dict[str, Any]
LENGTHS = (10, 30, 71, 73, 96, 97, 120, 130, 312, 335, 336, 337, 360, 400)


@st.composite
def tidy_charts(draw: st.DrawFn, person: Person) -> dict[str, list[Row]]:
    """A member and a chart of one pathway, with up to two statements more or one less."""
    newborn = draw(st.booleans())
    days = draw(st.sampled_from((1, 3, 13, 14) if newborn else (120, 364, 365, 1900, 6574, 6575)))
    born = person.start - timedelta(days=days, hours=1)
    hours = draw(st.sampled_from(LENGTHS))
    events = [
        *_told(person, NEWBORN if newborn else SURGICAL, draw(st.sampled_from((None, None, None, 5, 30, 71, 72, 75, 130)))),
        *draw(_gestation(person)),
        *draw(_course(person, hours)),
    ]
    if draw(st.integers(0, 2)) == 0:
        events.pop(draw(st.integers(0, len(events) - 1)))
    events += draw(_daily_oxygen(person, hours)) + draw(st.lists(statements(person), max_size=2))
    return {
        "members": [{"member_id": person.member_id, "birth_date": born.isoformat() + person.offset}],
        "events": [{"member_id": person.member_id, **event} for event in events],
    }


def _told(person: Person, told: tuple[tuple[str, str | None, int], ...], denied: int | None) -> list[Row]:
    """Rows of what is told; ``denied`` is the hour at which it is said that nothing improved, None if it did."""
    rows: list[Row] = [{"concept": concept, "status": status, "start": person.clock(hour)} for concept, status, hour in told]
    for row in rows:
        if row["concept"] == "rapid_improvement" and denied is not None:
            row |= {"status": "absent", "start": person.clock(denied)}
    return rows


@st.composite
def _gestation(draw: st.DrawFn, person: Person) -> list[Row]:
    value, unit = draw(st.sampled_from((*GESTATION, ("38w2d", None), ("40", "wk"))))
    return [{"concept": "gestational_age", "value": value, "unit": unit, "start": str(person.day(-1))}]


@st.composite
def _course(draw: st.DrawFn, person: Person, hours: int) -> list[Row]:
    """One segment, or two with a gap that may end the episode, or one whose end is not charted."""
    split = draw(st.sampled_from((None, None, None, 24, 48, 72, 96)))
    end = draw(st.sampled_from((person.clock(hours),) * 5 + (None,)))
    if split is None or hours < 48:
        return [{"concept": "ino", "start": person.clock(0), "end": end}]
    half = hours // 2
    return [
        {"concept": "ino", "start": person.clock(0), "end": person.clock(half)},
        {"concept": "ino", "start": person.clock(half + split), "end": person.clock(hours + split)},
    ]


@st.composite
def _daily_oxygen(draw: st.DrawFn, person: Person, hours: int) -> list[Row]:
    """Oxygen and saturation every twelve hours or more seldom, some from before the start; room air at the end, or all the time."""
    room_air_from = hours - draw(st.sampled_from((-100, -100, -100, 20, 24, 25, 30, 50, 75, 500)))
    first, step = draw(st.sampled_from((1, 1, 1, 0, -3, -40))), draw(st.sampled_from((12, 12, 12, 24, 36, 60)))
    rows: list[Row] = []
    for hour in range(first, hours + 100, step):
        rows.append({"concept": "fio2", "start": person.clock(hour), "value": "0.21" if hour >= room_air_from else "0.5"})
        rows.append({"concept": "spo2", "start": person.clock(hour), "value": "93"})
    return rows
