"""The doctor asks the warehouse before a night does: what it would refuse, or pass over, is said in the evening."""

from __future__ import annotations

from pathlib import Path

import pytest
from nightly.nights import desk

from auditor.cli.doctor_warehouse import check_warehouse
from auditor.errors import SettingsRefused
from auditor.nightly.doctor import Health, examine
from tests.warehouse.server import Server

KEYS = "SELECT 'C1' AS claim_id, '1' AS claim_line_number, 'M1' AS member_id, DATE '2026-01-01' AS claim_line_start_date"
LINES = f"{KEYS}, '93463' AS hcpcs_code"
Found = list[tuple[Health, str]]
FOUND: dict[str, tuple[str, Found]] = {
    "as it should be": (LINES, [(Health.WELL, "1 queries can be asked")]),
    "a column that nothing reads": (
        f"{LINES}, 1 AS shoe_size",
        [(Health.WELL, "can be asked"), (Health.WATCH, "claim_lines.shoe_size")],
    ),
    "a column that is wanted": ("SELECT 'C1' AS claim_id", [(Health.MEND, "there is no column claim_line_number")]),
    "a table that is not there": ("SELECT * FROM nowhere", [(Health.MEND, "SQLSTATE 42P01")]),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_the_doctor_finds_of_a_warehouse(server: Server, tmp_path: Path, name: str) -> None:
    query, expected = FOUND[name]
    settings = server.settings(queries={"claim_lines": query})
    night = desk(tmp_path, extract={"paths": ()}, warehouse=settings.model_dump()).night()
    found = list(examine([("warehouse", lambda: check_warehouse(night, lambda place: ""))]))
    assert [check.health for check in found] == [health for health, _ in expected]
    assert all(says in check.line for check, (_, says) in zip(found, expected, strict=True)), found
    assert list(tmp_path.iterdir()) == []


def test_a_password_that_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    def nothing(place: object) -> str:
        raise SettingsRefused("WAREHOUSE_PASSWORD is empty or not there.")

    settings = server.settings(queries={"claim_lines": LINES}, password={"env": "WAREHOUSE_PASSWORD"})
    night = desk(tmp_path, extract={"paths": ()}, warehouse=settings.model_dump()).night()
    [check] = examine([("warehouse", lambda: check_warehouse(night, nothing))])
    assert (check.health, "empty or not there" in check.found) == (Health.MEND, True)
