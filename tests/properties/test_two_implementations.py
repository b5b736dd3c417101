"""The engine and the reference read the same page; random extracts must never tell them apart.

Members are audited one by one, whatever else is in the extract: so many random extracts are drawn, their members renamed apart, and
audited together, by either implementation once.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from auditor import Settings, audit
from auditor.tables import CANONICAL
from tests.properties.implementations import as_frames, differences, engine_tables, reference_tables
from tests.properties.strategies import Extract, extracts

MEMBER_COLUMNS = ("member_id", "mother_member_id", "person_id")
SHOWN = 40


def draw(count: int, number: int) -> list[Extract]:
    """So many random extracts, the same for the same number."""
    drawn: list[Extract] = []

    @seed(number)
    @settings(max_examples=count, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(extracts())
    def keep(extract: Extract) -> None:
        drawn.append(extract)

    keep()
    return drawn


def together(drawn: list[Extract]) -> Extract:
    """One extract of all their rows, members renamed apart."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list, {table.name: [] for table in CANONICAL})
    for number, extract in enumerate(drawn):
        for table, found in extract.items():
            rows[table] += [
                {name: f"X{number:04d}{value}" if value and name in MEMBER_COLUMNS else value for name, value in row.items()}
                for row in found
            ]
    return dict(rows)


def agree(count: int, number: int) -> None:
    """Fails with the differences, by table, key and column."""
    extract = together(draw(count, number))
    engine, reference = engine_tables(extract), reference_tables(extract)
    found = differences(engine, reference)
    assert len(engine["episodes"]) > count, "the strategies no longer make courses"
    assert not found, "\n".join([f"{len(found)} differences", *found[:SHOWN]])


def test_the_engine_and_the_reference_agree() -> None:
    agree(75, 1)


@pytest.mark.parametrize(("count", "number"), [(60, 31), pytest.param(300, 32, marks=pytest.mark.thorough)])
def test_the_dollars_of_findings_are_those_at_risk_and_none_is_counted_twice(count: int, number: int) -> None:
    frames = audit(Settings(threads=1), frames=as_frames(together(draw(count, number)))).frames
    episodes, findings, parts = frames["episodes"], frames["findings"], frames["line_days"]
    carried = findings.groupby("episode_id")[["at_risk_low_cents", "at_risk_high_cents"]].sum()
    at_risk = episodes.set_index("episode_id")[["at_risk_low_cents", "at_risk_high_cents"]]
    told = carried.reindex(at_risk.index).fillna(0)
    over = (told > at_risk).any(axis=1)
    assert not over.any(), "a dollar is carried twice"
    coding = findings[findings["finding_id"].str.match("[VK]-|C-13")]
    assert coding["at_risk_high_cents"].sum() > 0, "the strategies no longer reach coding edits"
    assert int(parts["cents"].sum()) == int(episodes["counted_cents"].sum()) == int(frames["lines"]["counted_cents"].sum())
    assert not parts.duplicated(["line_key", "day"]).any()
    in_edits = parts[parts["bucket"].isin(["coding", "coding_review"])].groupby("episode_id")["cents"].sum()
    by_edits = coding.groupby("episode_id")["at_risk_high_cents"].sum().reindex(in_edits.index).fillna(0)
    assert (by_edits >= in_edits).all(), "a coding edit carries what it puts at risk"


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(2, 14))
def test_the_engine_and_the_reference_agree_at_length(number: int) -> None:
    agree(300, number)
