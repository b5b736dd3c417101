"""Facilities beside their peers: who is compared, on what, and what the page says of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.errors import SettingsRefused
from auditor.places import configs_folder
from auditor.providers import Plan, compare_providers, load_plan
from auditor.report import publish

READINGS = {"day_limit": 14, "improvement_window_h": 72}
DAY = pd.Timestamp("2025-03-01")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(configs_folder())


def frames(days: dict[str, list[int]]) -> dict[str, pd.DataFrame]:
    """Episodes of so many therapy days each, by facility, with one line of 1,000 dollars a day; the first of each is not decided."""
    episodes, lines, criteria, therapy = [], [], [], []
    for facility, own in days.items():
        for number, length in enumerate(own):
            name = f"E{facility}{number}"
            episodes.append(
                {"episode_id": name, "attribution": "confirmed", "kind": "therapy", "facilities": [facility], "therapy_days": length,
                 "determination": "criteria_met", "at_risk_high_cents": 100_000 * length}
            )  # fmt: skip
            lines.append(
                {"line_key": len(lines), "episode_id": name, "facility_npi": facility, "billing_npi": facility, "disposition": "counted",
                 "first_day": DAY,
                 "attribution": "confirmed", "charge_cents": 100_000 * length}
            )  # fmt: skip
            criteria.append({"episode_id": name, "key": "I.A.gestation", "outcome": 1 if number == 0 else 2})
            therapy += [{"episode_id": name, "past_limit": day >= 14} for day in range(length)]
    return {
        "episodes": pd.DataFrame(episodes),
        "lines": pd.DataFrame(lines),
        "criteria": pd.DataFrame(criteria),
        "therapy_days": pd.DataFrame(therapy),
    }


def noise(seed: int = 4, facilities: int = 12) -> dict[str, list[int]]:
    rng = np.random.default_rng(seed)
    return {f"F{number:02d}": [int(days) for days in rng.integers(2, 9, 20)] for number in range(facilities)}


def standings(table: pd.DataFrame, measure: str) -> dict[str, str]:
    return table[table["measure"] == measure].set_index("facility")["standing"].to_dict()


def test_a_facility_with_longer_courses_stands_above_and_the_others_within(plan: Plan) -> None:
    table = compare_providers(frames({**noise(), "LONG": [16] * 20}), plan, READINGS)
    assert standings(table, "therapy_days")["LONG"] == "above"
    assert standings(table, "past_limit")["LONG"] == "above"
    assert set(standings(table, "charge_per_day").values()) == {"within"}
    flagged = table[table["finding_id"].notna()]
    assert set(flagged["standing"]) <= {"above", "below"}
    assert set(flagged[flagged["facility"] == "LONG"]["finding_id"]) == {"U-05"}


def test_one_absurd_charge_hides_nobody(plan: Plan) -> None:
    given = frames({**noise(), "DEAR": [5] * 20})
    dear = given["lines"]["episode_id"].str.startswith("EDEAR")
    given["lines"].loc[dear, "charge_cents"] *= 8
    given["lines"].loc[given["lines"].index[0], "charge_cents"] = 900_000_000
    assert standings(compare_providers(given, plan, READINGS), "charge_per_day")["DEAR"] == "above"


def test_dollars_are_dollars(plan: Plan) -> None:
    table = compare_providers(frames(noise()), plan, READINGS)
    assert set(table[table["measure"] == "charge_per_day"]["value"]) == {1000.0}


def test_a_biller_stands_for_a_facility_that_no_one_names(plan: Plan) -> None:
    given = frames(noise())
    given["lines"]["facility_npi"] = None
    given["episodes"]["facilities"] = [[] for _ in range(len(given["episodes"]))]
    assert set(compare_providers(given, plan, READINGS)["facility"]) == set(noise())


def test_clustering_on_the_last_day_allowed_is_seen(plan: Plan) -> None:
    table = compare_providers(frames({**noise(), "EXACT": [14] * 12 + [5] * 8}), plan, READINGS)
    row = table[(table["facility"] == "EXACT") & (table["measure"] == "ends_on_limit")].iloc[0]
    assert (row["standing"], row["finding_id"]) == ("above", "U-06")


def test_few_episodes_are_counted_and_nothing_else_is_said(plan: Plan) -> None:
    table = compare_providers(frames({**noise(), "SMALL": [16] * (plan.minimum_episodes - 1)}), plan, READINGS)
    small = table[table["facility"] == "SMALL"]
    assert set(small["standing"]) == {"too_few"}
    assert small[["value", "low", "high", "finding_id"]].isna().all(axis=None)
    assert set(small[small["measure"] == "therapy_days"]["episodes"]) == {plan.minimum_episodes - 1}


def test_what_is_not_decided_is_not_counted(plan: Plan) -> None:
    table = compare_providers(frames(noise()), plan, READINGS)
    assert set(table[table["measure"] == "under_gestation"]["episodes"]) == {19}
    assert set(table[table["measure"] == "undocumented"]["episodes"]) == {20}


def test_courses_without_ino_are_not_compared(plan: Plan) -> None:
    given = frames(noise())
    given["episodes"].loc[given["episodes"]["episode_id"].str.startswith("EF00"), "attribution"] = "none"
    assert "F00" not in set(compare_providers(given, plan, READINGS)["facility"])


def test_facilities_stand_by_their_numbers_never_by_rank(plan: Plan) -> None:
    table = compare_providers(frames(noise()), plan, READINGS)
    assert table["facility"].is_monotonic_increasing


def test_nothing_to_compare_is_an_empty_table(plan: Plan) -> None:
    given = {name: frame.iloc[:0] for name, frame in frames(noise()).items()}
    assert compare_providers(given, plan, READINGS).empty


def test_a_mistake_of_the_plan_is_named(tmp_path: Path) -> None:
    text = (configs_folder() / "providers.yaml").read_text(encoding="utf-8")
    (tmp_path / "providers.yaml").write_text(text.replace("minimum_episodes: 10 ", "minimum_episodes: ten "), encoding="utf-8")
    with pytest.raises(SettingsRefused, match=r"providers\.yaml: minimum_episodes"):
        load_plan(tmp_path)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> tuple[str, pd.DataFrame]:
    samples = Path(__file__).parents[2] / "data_samples"
    found = audit(Settings(paths=(samples,), as_of=date(2026, 11, 22)))
    run = publish({**found.frames}, replace(found.facts), tmp_path_factory.mktemp("run") / "run")
    return (run / "facilities.html").read_text(encoding="utf-8"), pd.read_csv(run / "providers.csv", dtype={"facility": str})


def test_the_page_says_what_the_table_says(page: tuple[str, pd.DataFrame]) -> None:
    text, table = page
    shares = table[(table["unit"] == "share") & table["value"].notna()]
    assert len(shares)
    for row in shares.itertuples():
        assert f">{row.value:.1%}<" in text
    assert len(re.findall(r"<section", text)) == table["measure"].nunique()
    compared = table[table["standing"] != "too_few"]
    numbers = compared.groupby("measure")[["value", "low", "high", "peers"]].agg(set).map(frozenset)
    flat = [measure for measure, row in numbers.iterrows() if len(frozenset.union(*row)) == 1]
    assert flat
    assert text.count("<svg") == compared["measure"].nunique() - len(flat)
    assert text.count("there is nothing to tell apart") == len(flat)
    assert text.count("No facility has enough episodes to compare") == table["measure"].nunique() - compared["measure"].nunique()


def test_each_measure_and_the_report_are_reached_from_the_beginning(page: tuple[str, pd.DataFrame]) -> None:
    text, table = page
    head = text[text.index("<nav") : text.index("</nav>")]
    assert re.findall(r'href="#([^"]+)"', head) == re.findall(r'<section class="measure" id="([^"]+)"', text)
    assert head.count('href="#') == table["measure"].nunique()
    assert 'href="report.html"' in head


def test_the_page_names_no_member(page: tuple[str, pd.DataFrame]) -> None:
    assert not re.search(r"S-\d{4}", page[0])
