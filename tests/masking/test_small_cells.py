"""Small cells of a masked comparison: none is shown, and none can be had by subtracting what is shown from a total."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.masking import withhold_small

SMALLEST = 11


def providers(counts: dict[str, int], shares: dict[str, int] | None = None, undecided: dict[str, int] | None = None) -> pd.DataFrame:
    """A measure in days of all episodes, and one of shares: for each facility how many it is true of, and of how many unknown."""
    shares, undecided = shares or {}, undecided or {}
    rows = []
    for name, count in counts.items():
        rows.append({"facility": name, "ordinal": 0, "measure": "days", "unit": "days", "episodes": count, "value": 4.5, "peers": 4.0})
        known = count - undecided.get(name, 0)
        value = shares.get(name, 0) / known if known else None
        rows.append({"facility": name, "ordinal": 1, "measure": "share", "unit": "share", "episodes": known, "value": value})
    table = pd.DataFrame(rows).query("episodes > 0").reset_index(drop=True)
    shown = table[table["measure"] == "share"]
    everyone = sum(shares.values()) / shown["episodes"].sum() if len(shown) else 0.0
    table.loc[table["measure"] == "share", "peers"] = everyone
    return table.assign(low=0.0, high=1.0, standing="within", finding_id=None, label="x").sort_values(
        ["facility", "ordinal"], ignore_index=True
    )


def shown(table: pd.DataFrame, measure: str) -> dict[str, int]:
    told = table[(table["measure"] == measure) & table["episodes"].notna()]
    return {str(row["facility"]): int(row["episodes"]) for row in told.to_dict("records")}


def test_a_small_facility_is_withheld_with_the_next_smallest() -> None:
    told = withhold_small(providers({"A": 4, "B": 15, "C": 20, "D": 30}), SMALLEST)
    assert shown(told, "days") == {"C": 20, "D": 30}
    assert set(told[told["facility"].isin(["A", "B"])]["standing"]) == {"withheld"}


def test_several_small_ones_that_are_few_together_take_another_with_them() -> None:
    assert shown(withhold_small(providers({"A": 4, "B": 5, "C": 20, "D": 30}), SMALLEST), "days") == {"D": 30}
    assert shown(withhold_small(providers({"A": 6, "B": 5, "C": 20, "D": 30}), SMALLEST), "days") == {"C": 20, "D": 30}


def test_nothing_small_is_left_as_it_is() -> None:
    table = providers({"A": 12, "B": 20})
    assert withhold_small(table, SMALLEST)[["episodes", "standing"]].equals(table[["episodes", "standing"]])


def test_a_share_that_stands_for_few_is_withheld_and_not_alone() -> None:
    told = withhold_small(providers({"A": 40, "B": 50, "C": 60}, {"A": 3, "B": 20, "C": 30}), SMALLEST)
    assert shown(told, "share") == {"C": 60}
    assert shown(told, "days") == {"A": 40, "B": 50, "C": 60}


def test_a_share_of_everyone_that_stands_for_few_is_withheld() -> None:
    told = withhold_small(providers({"A": 40, "B": 50}, {"A": 1}), SMALLEST)
    assert shown(told, "share") == {}
    assert told.loc[told["measure"] == "share", "peers"].isna().all()


def test_few_that_are_undecided_are_not_told_by_the_difference() -> None:
    told = withhold_small(providers({"A": 40, "B": 50, "C": 60}, undecided={"A": 2}), SMALLEST)
    assert "A" not in shown(told, "share")


COUNTS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 40), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.data())
def test_no_subtraction_gives_a_small_cell(counts: dict[str, int], data: st.DataObject) -> None:
    shares = {name: data.draw(st.integers(0, count)) for name, count in counts.items()}
    table = providers(counts, shares)
    told = withhold_small(table, SMALLEST)
    for measure in ("days", "share"):
        kept = shown(told, measure)
        assert all(count >= SMALLEST for count in kept.values())
        hidden = [count for name, count in counts.items() if name not in kept]
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= SMALLEST) or len(hidden) == len(counts)
    kept = shown(told, "share")
    for name in kept:
        assert not 0 < shares[name] < SMALLEST
        assert not 0 < counts[name] - shares[name] < SMALLEST
    withheld = [shares[name] for name in counts if name not in kept]
    assert not 0 < sum(withheld) < SMALLEST or len(withheld) == len(counts)
