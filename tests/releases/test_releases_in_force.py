"""The edit in force on the day of service applies, and an audit says which release that was, and when there was none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.errors import ReferenceRefused
from auditor.pipeline import AuditResult
from auditor.releases import add_file
from auditor.tables import CLAIM_LINES
from tests.releases import cms
from tests.test_command_line import Command, command

__all__ = ["command"]

PHYSICIAN = {"claim_type": "professional", "rendering_npi": "1", "place_of_service_code": "21"}
VISIT, CARE = "99232", "99468"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "reference"


def claims(*lines: tuple[str, str, str]) -> dict[str, pd.DataFrame]:
    """Lines of one practitioner: code, day, modifier."""
    rows = [
        PHYSICIAN
        | {"claim_id": f"C{day}", "claim_line_number": str(n), "member_id": "M1", "claim_line_start_date": day, "hcpcs_code": code}
        | {"hcpcs_modifier_1": modifier, "paid_amount": "100.00"}
        for n, (code, day, modifier) in enumerate(lines)
    ]
    return {"claim_lines": pd.DataFrame(rows, columns=[column.name for column in CLAIM_LINES.columns], dtype="str")}


def run(library: Path | None, *lines: tuple[str, str, str]) -> AuditResult:
    return audit(Settings(reference=library, as_of=date(2026, 11, 22)), frames=claims(*lines))


def found(result: AuditResult, *families: str) -> list[tuple[str, str]]:
    findings = result.frames["findings"].astype(object)
    return sorted(
        (row["finding_id"], str(row["first_day"])[:10])
        for row in findings.to_dict("records")
        if row["finding_id"].startswith(families or ("K-0",))
    )


def notices(result: AuditResult) -> str:
    return "\n".join(result.facts.notices)


def test_without_a_release_the_shipped_table_speaks_and_says_so() -> None:
    result = run(None, (CARE, "2024-08-01", ""), ("94002", "2024-08-01", ""))
    assert found(result) == [("K-03", "2024-08-01")]
    assert "No reference release is installed" in notices(result)
    assert "1 July 2024" in notices(result)
    assert {use.release for use in result.facts.releases} == {"shipped table"}


def test_a_deleted_edit_ends_on_its_day(tmp_path: Path, library: Path) -> None:
    add_file(cms.write(tmp_path, "ccipra-v311r0.txt", cms.pair_text()), library)
    lines = [(code, day, "") for day in ("2025-03-31", "2025-04-01") for code in (CARE, "94003")]
    result = run(library, *lines)
    assert found(result, "K-03") == [("K-03", "2025-03-31")]


@pytest.mark.parametrize("order", [(0, 2, 10), (10, 2, 0)])
def test_of_the_revisions_of_a_quarter_the_highest_speaks(tmp_path: Path, library: Path, order: tuple[int, ...]) -> None:
    for revision in order:
        pairs = cms.PAIRS if revision == 10 else cms.PAIRS[:1]
        add_file(cms.write(tmp_path, f"ccipra-v302r{revision}.txt", cms.pair_text(pairs)), library)
    result = run(library, *((code, day, "") for day in ("2024-09-30", "2025-02-01") for code in (CARE, "94002")))
    assert found(result, "K-03") == [("K-03", "2024-09-30"), ("K-03", "2025-02-01")]
    assert {use.release for use in result.facts.releases if (use.kind, use.setting) == ("pairs", "practitioner")} == {"2024Q3 v30.2 r10"}


@pytest.mark.parametrize("keep", [None, 0, 100])
def test_an_installed_release_that_is_damaged_is_named(tmp_path: Path, library: Path, keep: int | None) -> None:
    release = add_file(cms.write(tmp_path, "ccipra-v302r0-f1.txt", cms.pair_text()), library)
    rows = library / release.name / "rows.parquet"
    whole = rows.read_bytes()
    rows.unlink()
    if keep is not None:
        rows.write_bytes(whole[:keep])
    with pytest.raises(ReferenceRefused, match=f"{release.name}/rows.parquet: cannot be read.*Remove the folder"):
        run(library, (CARE, "2024-08-01", ""))
    with pytest.raises(ReferenceRefused, match="damaged"):
        add_file(cms.write(tmp_path, "ccipra-v302r0-f2.txt", cms.pair_text(cms.PAIRS[:1])), library)


def test_a_reference_folder_that_is_named_must_be_there(tmp_path: Path, command: Command) -> None:
    said = command("run", tmp_path, "--out", tmp_path / "runs", "--reference-dir", tmp_path / "nowhere")
    assert said.code == 10
    assert "--reference-dir: there is no folder" in said.err


def test_the_release_of_the_day_speaks_and_not_a_later_one(tmp_path: Path, library: Path) -> None:
    third = cms.PAIRS[:1]
    add_file(cms.write(tmp_path, "ccipra-v302r0.txt", cms.pair_text(third)), library)
    add_file(cms.write(tmp_path, "ccipra-v303r0.txt", cms.pair_text()), library)
    lines = [(code, day, "") for day in ("2024-09-30", "2024-10-01") for code in (CARE, "94002")]
    result = run(library, *lines)
    assert found(result, "K-03") == [("K-03", "2024-10-01")]
    used = {(use.release, use.days, use.covered) for use in result.facts.releases if (use.kind, use.setting) == ("pairs", "practitioner")}
    assert used == {("2024Q3 v30.2 r0", 1, 1), ("2024Q4 v30.3 r0", 1, 1)}


def test_a_day_without_a_release_is_said_to_have_none(tmp_path: Path, library: Path) -> None:
    add_file(cms.write(tmp_path, "ccipra-v302r0.txt", cms.pair_text()), library)
    result = run(library, (CARE, "2026-02-01", ""), ("94002", "2026-02-01", ""))
    assert found(result, "K-03") == [("K-03", "2026-02-01")]
    assert "No installed release of pairs (practitioner) covers 2026Q1: release 2024Q3 v30.2 r0 was applied." in result.facts.notices
    assert any("units (practitioner) covers 2026Q1: the small table shipped" in notice for notice in result.facts.notices)


@pytest.mark.parametrize(
    ("indicator", "modifiers", "raised"), [("0", ("59",), ("59",)), ("1", ("", "59", "25"), ("", "25")), ("9", ("", "25"), ())]
)
def test_the_releases_own_indicator_decides(
    tmp_path: Path, library: Path, indicator: str, modifiers: tuple[str, ...], raised: tuple[str, ...]
) -> None:
    pair = (VISIT, "94002", "", "20200101", "*", indicator, cms.WHY)
    add_file(cms.write(tmp_path, "ccipra-v302r0.txt", cms.pair_text((*cms.PAIRS[:3], pair))), library)
    days = {modifier: f"2024-08-0{number}" for number, modifier in enumerate(modifiers, start=1)}
    result = run(library, *(line for modifier, day in days.items() for line in ((VISIT, day, ""), ("94002", day, modifier))))
    assert found(result, "K-02") == [("K-02", days[modifier]) for modifier in raised]


def test_the_releases_own_units_and_their_adjudication_decide(tmp_path: Path, library: Path) -> None:
    three = [("94799", "2024-08-01", "")] * 3
    assert found(run(None, *three), "K-05", "K-15") == [("K-15", "2024-08-01")] * 2
    add_file(
        cms.write(tmp_path, cms.PRACTITIONER_UNITS, cms.unit_text((("94799", "1", "1 Line Edit", "x"), ("94002", "1", "2", "x")))), library
    )
    apart = [("94799", "2024-08-01", ""), ("94799", "2024-08-01", "59"), ("94002", "2024-08-02", ""), ("94002", "2024-08-02", "59")]
    assert found(run(library, *apart), "K-04", "K-05") == [("K-04", "2024-08-02")]


def test_the_releases_own_add_ons_decide_and_those_left_to_the_payer_do_not(tmp_path: Path, library: Path) -> None:
    lines = [("93451", "2024-08-01", ""), ("93463", "2024-08-01", "")]
    assert found(run(None, *lines), "V-0") == [("V-06", "2024-08-01")]
    add_file(cms.write(tmp_path, cms.ADD_ON_FILE, cms.add_on_text((("1", "93463", "", "93452", "", "2013091", "", ""),))), library)
    assert found(run(library, *lines), "V-02") == [("V-02", "2024-08-01")]
    left = cms.add_on_text((("2", "93463", "", "CCCCC", "", "2013091", "", ""),))
    add_file(cms.write(tmp_path, cms.ADD_ON_FILE, left), library, replace_other=True)
    assert found(run(library, *lines), "V-01", "V-02") == []


def test_parts_that_are_not_installed_leave_the_shipped_table_to_speak_of_their_codes(tmp_path: Path, library: Path) -> None:
    add_file(cms.write(tmp_path, cms.PRACTITIONER_PAIRS, cms.pair_text([("11111", "22222", "", "20200101", "*", "0", cms.WHY)])), library)
    assert found(run(library, (CARE, "2024-08-01", ""), ("94002", "2024-08-01", "")), "K-03") == [("K-03", "2024-08-01")]


def test_a_plans_list_dates_codes(tmp_path: Path, library: Path) -> None:
    add_file(cms.write(tmp_path, "plan.csv", "code,effective date,end date\n94799,2020-01-01,2024-07-31\n"), library)
    lines = [("94799", "2024-07-31", ""), ("94799", "2024-09-01", "")]
    assert found(run(library, *lines), "DQ-07") == [("DQ-07", "2024-09-01")]


def test_the_command_line_installs_lists_and_uses(command: Command, tmp_path: Path, library: Path) -> None:
    file = cms.write(tmp_path, cms.PRACTITIONER_PAIRS, cms.pair_text())
    said = command("reference", "list", "--reference-dir", library)
    assert "none installed" in said.out
    said = command("reference", "add", file, "--reference-dir", library)
    assert (said.code, "pairs, practitioner, 2024Q3 v30.2 r0, part f1; 5 rows" in said.out) == (0, True)
    [listed] = json.loads(command("reference", "list", "--json", "--reference-dir", library).out)
    assert (listed["kind"], listed["first_day"], listed["last_day"]) == ("pairs", "1996-01-01", "2024-09-30")
    refused = command("reference", "add", cms.write(tmp_path, "ccipra-v303r0-f1.TXT", "a\tb\n"), "--reference-dir", library)
    assert refused.code == 10
    assert "ccipra-v303r0-f1.TXT" in refused.err
    extract = tmp_path / "claim_lines.csv"
    claims((CARE, "2024-08-01", ""), ("94002", "2024-08-01", ""))["claim_lines"].to_csv(extract, index=False)
    out = command("run", extract, "--out", tmp_path / "runs", "--json", "--as-of", "2026-11-22", "--reference-dir", library)
    releases = json.loads(out.out)["reference_releases"]
    assert [use["sha256"] for use in releases if use["setting"] == "practitioner" and use["kind"] == "pairs"] == [[listed["sha256"]]]


@pytest.mark.parametrize(("paid", "late"), [("2025-05-21", True), ("2025-05-22", False)])
def test_an_edit_for_which_it_is_too_late_says_so_itself(paid: str, late: bool) -> None:
    frames = claims(("94002", "2024-08-01", ""), ("94003", "2024-08-01", ""))
    frames["claim_lines"] = frames["claim_lines"].assign(paid_date=paid, line_of_business="commercial", state="OR")
    findings = audit(Settings(as_of=date(2026, 11, 22)), frames=frames).frames["findings"].set_index("finding_id")
    assert ("be asked back is over" in findings.loc["K-01", "says"]) == late
    assert ("P-01" in findings.index) == late
