"""Hypothesis strategies that make small extracts which reach where the rules turn: rows of text, as a CSV file would hold them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.properties.chart_rows import Person, authorizations, doses, findings, member_rows, oxygen, segments
from tests.properties.claim_rows import claims
from tests.properties.gas_rows import gases
from tests.properties.tidy_rows import tidy_charts
from tests.properties.typed import Extract, typed

__all__ = ["Extract", "extracts", "one_member_extracts", "typed"]

OFFSETS = ("-08:00", "-08:00", "-07:00", "+05:30")


@st.composite
def people(draw: st.DrawFn, member_id: str, offset: str) -> Person:
    """Someone whose course starts in 2024 to 2026 mostly, now and then around the first revision's date."""
    first = draw(st.sampled_from((datetime(2024, 1, 1),) * 9 + (datetime(2020, 10, 15),)))
    days = draw(st.integers(0, 1000 if first.year > 2020 else 20))
    forward = draw(st.sampled_from((None, None, None, -30, 20, 50, 90)))
    return Person(member_id, first + timedelta(days=days, hours=draw(st.sampled_from((0, 6, 14, 23)))), offset, forward)


@st.composite
def _rows_of(draw: st.DrawFn, person: Person) -> Extract:
    chart = draw(tidy_charts(person) if draw(st.booleans()) else _wild_charts(person))
    measured = draw(gases(person)) if draw(st.booleans()) else []
    return {
        "claim_lines": draw(claims(person)),
        "members": chart["members"],
        "events": chart["events"] + measured,
        "authorizations": draw(st.lists(authorizations(person), max_size=3)),
    }


@st.composite
def _wild_charts(draw: st.DrawFn, person: Person) -> Extract:
    """A member and a chart in which nothing need fit."""
    events = draw(segments(person)) + draw(findings(person))
    events += draw(st.lists(doses(person), max_size=draw(st.sampled_from((0, 0, 3)))))
    return {"members": draw(member_rows(person)), "events": events + draw(oxygen(person))}


@st.composite
def extracts(draw: st.DrawFn, most_members: int = 3) -> Extract:
    """One to three members with their claim lines, chart events and authorizations."""
    offset = draw(st.sampled_from(OFFSETS))
    parts = [draw(_rows_of(draw(people(f"M{n}", offset)))) for n in range(1, draw(st.integers(1, most_members)) + 1)]
    rows = {name: [row for part in parts for row in part[name]] for name in parts[0]}
    return draw(_kin(rows)) if draw(st.integers(0, 3)) == 0 else rows


@st.composite
def _kin(draw: st.DrawFn, rows: Extract) -> Extract:
    """The same rows, their people one another's mothers or the same person, and now and then a newborn's or a mother's claim."""
    ids = sorted({row["member_id"] for row in rows["claim_lines"] + rows["members"]})
    ties = {
        "person_id": st.sampled_from((None, "P1", "P1", "P2")),
        "mother_member_id": st.sampled_from((None, None, *ids)),
        "birth_order": st.sampled_from((None,) * 6 + ("1", "2")),
    }
    crosswalk = [{"member_id": member} for member in ids]
    members = [row | {name: draw(values) for name, values in ties.items()} for row in [*rows["members"], *crosswalk]]
    codes = st.sampled_from((None, None, "P29.30", "Z38.00", "Z3A.38"))
    # one plan for all: whose plan a course takes when its own lines name none is another question
    plan = {name: rows["claim_lines"][0].get(name) for name in ("line_of_business", "state", "plan")} if rows["claim_lines"] else {}
    lines = [row | plan | ({"diagnosis_code_9": code} if (code := draw(codes)) else {}) for row in rows["claim_lines"]]
    return rows | {"members": members, "claim_lines": lines}


def one_member_extracts() -> st.SearchStrategy[Extract]:
    """Extracts of a single member."""
    return extracts(most_members=1)


def describe(extract: Extract) -> str:
    """The extract with empty cells left out, for a message."""
    lines = []
    for name, rows in extract.items():
        lines += [f"{name}:"] + [f"  {number}: {_filled(row)}" for number, row in enumerate(rows, 1)]
    return "\n".join(lines)


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}
