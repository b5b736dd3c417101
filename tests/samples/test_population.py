"""A population for benchmarks: as many rows as asked, the same for the same seed, and typed as the extract contract says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import yaml

from auditor.samples.patients import DAY
from auditor.samples.population import TABLES, Population, make_population, write_population
from auditor.samples.writing import arrow_type
from auditor.tables import canonical

LISTED = Path(__file__).parents[2] / "configs" / "value_sets" / "listed_services.yaml"
LINES, EVENTS, MEMBERS = 40_000, 90_000, 1_600


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population(MEMBERS, seed=7, lines=LINES, events=EVENTS)


def test_it_has_as_many_rows_as_asked(population: Population) -> None:
    counts = {name: population.table(name).num_rows for name in TABLES[:3]}
    assert counts == {"claim_lines": LINES, "members": MEMBERS, "events": EVENTS}


def test_lines_and_events_come_in_proportion_to_members() -> None:
    small = make_population(40, seed=7)
    assert (small.design.lines, small.design.events) == (1_000, 4_000)


@pytest.mark.parametrize("name", TABLES)
def test_the_same_seed_makes_the_same_rows(population: Population, name: str) -> None:
    again = make_population(MEMBERS, seed=7, lines=LINES, events=EVENTS)
    assert again.table(name) == population.table(name)


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_contract(population: Population, name: str) -> None:
    table = canonical(name)
    for field in population.table(name).schema:
        clock = table.column(field.name).kind == "time" and pa.types.is_timestamp(field.type)
        assert clock or field.type == arrow_type(table.column(field.name)), field.name
    assert set(table.required) <= set(population.table(name).column_names)


def test_about_one_line_in_a_hundred_is_listed(population: Population) -> None:
    services = yaml.safe_load(LISTED.read_text("utf-8"))["tiers"]["decides"]["hcpcs"]
    codes = population.table("claim_lines")["hcpcs_code"].to_pylist()
    listed = sum(code in services for code in codes)
    assert 0.008 < listed / LINES <= 0.01


def test_more_lines_are_listed_where_asked() -> None:
    few, many = (make_population(400, seed=7, lines=10_000, events=0, listed=share) for share in (None, 0.1))
    assert 7 < len(many.patients) / len(few.patients) < 13


def test_a_line_appears_once(population: Population) -> None:
    keys = population.table("claim_lines").select(["claim_id", "claim_line_number"])
    assert keys.group_by(keys.column_names).aggregate([]).num_rows == LINES


def test_lines_and_events_are_of_known_members(population: Population) -> None:
    known = population.table("members")["member_id"]
    for name in ("claim_lines", "events"):
        assert pc.all(pc.is_in(population.table(name)["member_id"], value_set=known.combine_chunks())).as_py()


def test_replacements_point_to_claims_that_are_there(population: Population) -> None:
    lines = population.table("claim_lines")
    originals = pc.drop_null(lines["original_claim_id"])
    assert len(originals) > 0
    assert pc.all(pc.is_in(originals, value_set=lines["claim_id"].combine_chunks())).as_py()


def test_courses_have_an_end(population: Population) -> None:
    events = population.table("events")
    courses = events.filter(pc.equal(events["concept"], pa.scalar("ino")))
    assert courses.num_rows > 20
    assert pc.all(pc.less(courses["start"], courses["end"])).as_py()


def test_courses_start_within_the_period(population: Population) -> None:
    assert int(population.patients["start"].min()) >= 0
    assert int(population.patients["start"].max()) < population.design.days * DAY


def test_it_is_written_in_row_groups(tmp_path: Path) -> None:
    counts = write_population(make_population(200, seed=3, lines=501_000, events=2_000), tmp_path)
    assert counts["claim_lines"] == 501_000
    assert pq.ParquetFile(tmp_path / "claim_lines.parquet").num_row_groups == 2


def test_csv_holds_the_same_number_of_rows(tmp_path: Path) -> None:
    counts = write_population(make_population(80, seed=3), tmp_path, "csv")
    for name in ("claim_lines", "events"):
        assert pa.csv.read_csv(tmp_path / f"{name}.csv").num_rows == counts[name]
