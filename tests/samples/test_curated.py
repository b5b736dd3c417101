"""The curated sample: same seed, same bytes; every scenario played; CSV and Parquet alike."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from auditor.outcomes import Determination
from auditor.samples import Case, curated_cases, make_curated, write_samples
from auditor.tables import CANONICAL, Column, Table, canonical

SHIPPED = Path(__file__).parents[2] / "data_samples"
SCENARIOS = range(1, 35)
FAMILIES = ("DQ", "SC", "A", "B", "E", "C")
MEGABYTES = 7
NPI_PREFIX = "80840"
READERS: dict[str, Any] = {"date": date.fromisoformat, "money": Decimal, "number": float, "integer": int}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return curated_cases()


def files(folder: Path) -> Iterator[Path]:
    return (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())


def read_csv(table: Table) -> list[dict[str, str]]:
    with (SHIPPED / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def typed(column: Column, text: str) -> Any:
    try:
        return READERS.get(column.kind, str)(text) if text else None
    except (ValueError, InvalidOperation):
        return None


def signature(path: Path) -> str:
    """The release of the library that wrote a Parquet file; another release may write the same rows as other bytes."""
    return str(pq.read_metadata(path).created_by)


def test_the_same_seed_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_samples(tmp_path)
    for path in files(written):
        assert (tmp_path / path).read_bytes() == (written / path).read_bytes(), path


def test_the_shipped_sample_is_what_the_program_writes(written: Path) -> None:
    for path in files(written):
        if path.suffix == ".parquet" and signature(SHIPPED / path) != signature(written / path):
            assert pq.read_table(SHIPPED / path) == pq.read_table(written / path), path
        else:
            assert (SHIPPED / path).read_bytes() == (written / path).read_bytes(), path


def test_another_seed_writes_other_readings() -> None:
    assert make_curated(seed=1)["events"] != make_curated()["events"]


@pytest.mark.parametrize("table", CANONICAL, ids=lambda table: table.name)
def test_csv_and_parquet_hold_the_same_rows(table: Table) -> None:
    parquet = pq.read_table(SHIPPED / "parquet" / f"{table.name}.parquet").to_pylist()
    rows = [{name: typed(table.column(name), text) for name, text in row.items()} for row in read_csv(table)]
    assert parquet == rows


def test_every_scenario_is_played(cases: tuple[Case, ...]) -> None:
    assert {number for case in cases for number in case.scenarios} == set(SCENARIOS)


def test_every_determination_is_expected_of_someone(cases: tuple[Case, ...]) -> None:
    assert {word for case in cases for word in case.expect.determinations} == set(Determination)


def test_expected_findings_are_of_the_families_that_the_sample_is_for(cases: tuple[Case, ...]) -> None:
    for case in cases:
        for finding in (*case.expect.findings, *case.expect.without):
            assert re.fullmatch(rf"({'|'.join(FAMILIES)})-\d\d", finding), case.member_id
        assert not set(case.expect.findings) & set(case.expect.without), case.member_id


def test_ids_are_unique_and_plainly_synthetic(cases: tuple[Case, ...]) -> None:
    ids = [case.member_id for case in cases]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"S-\d{4}", member_id) for member_id in ids)


def test_the_readme_lists_every_member_once(cases: tuple[Case, ...]) -> None:
    listed = re.findall(r"^\| (S-\d{4}) \|", (SHIPPED / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == [case.member_id for case in cases]


def test_every_clock_time_has_an_offset() -> None:
    times = [row[name] for row in read_csv(canonical("events")) for name in ("start", "end") if row.get(name)]
    times += [row["birth_date"] for row in read_csv(canonical("members"))]
    assert all(re.fullmatch(r"\d{4}-\d\d(-\d\d(T\d\d:\d\d[+-]\d\d:00)?)?", time) for time in times)


def test_provider_numbers_cannot_belong_to_anyone() -> None:
    names = ("rendering_npi", "billing_npi", "facility_npi")
    numbers = {row[name] for row in read_csv(canonical("claim_lines")) for name in names if row[name]}
    assert all(len(number) == 10 and not has_check_digit(number) for number in numbers)


def has_check_digit(npi: str) -> bool:
    """The check of a national provider number: from the right, every second digit counts double."""
    digits = [int(digit) for digit in reversed(NPI_PREFIX + npi)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def test_the_folder_stays_small() -> None:
    size = sum((SHIPPED / path).stat().st_size for path in files(SHIPPED))
    assert size < MEGABYTES * 1_000_000
