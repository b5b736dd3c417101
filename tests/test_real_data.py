"""The whole audit of real, openly licensed extracts that nobody in this project wrote."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from auditor import Settings, audit
from auditor.outcomes import ExitCode
from auditor.pipeline import AuditResult
from tests.test_command_line import Command, command, manifest_of

__all__ = ["command"]

DATA = Path(os.environ.get("AUDITOR_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")
WITH_INO = "10126"


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"no real data: {name} is not in ../shared/data, nor in the folder that AUDITOR_REAL_DATA names")
    return DATA / name


def listed(lines: pd.DataFrame, column: str) -> pd.DataFrame:
    """The lines of the services that the guideline lists, counted without the program."""
    return lines[lines[column].isin(["93463", "94002", "94003", "94799"])]


@cache
def mimic(*added: Path) -> AuditResult:
    return audit(Settings(paths=(folder("mimic3_demo"), *added), profile="mimic3"))


def rows_read(result: AuditResult) -> dict[str, tuple[int, int, int, int]]:
    """Rows in, in scope, out of scope and set aside, of each table."""
    return {count.table: (count.rows_in, count.in_scope, count.out_of_scope, count.set_aside) for count in result.facts.counts}


def read_text(name: str) -> pd.DataFrame:
    return pd.read_csv(folder("mimic3_demo") / f"{name}.csv", dtype=str, keep_default_na=False).rename(columns=str.upper)


# --- an extract without iNO ----------------------------------------------------------------------------------------------------


def test_tuva_has_nothing_to_audit_and_a_report_says_so(command: Command, tmp_path: Path) -> None:
    said = command("run", folder("tuva"), "--profile", "tuva", "--out", tmp_path, "--json", "--as-of", "2026-11-22")
    assert said.code == ExitCode.NOTHING_TO_AUDIT
    manifest = manifest_of(said)
    lines = pd.read_csv(folder("tuva") / "medical_claim_seed.csv", dtype=str, keep_default_na=False)
    assert listed(lines, "hcpcs_code").empty
    coded = (lines["hcpcs_code"] != "") | (lines["revenue_center_code"] != "")
    counts = manifest["rows_read"]["claim_lines"]
    assert (counts["rows_in"], counts["set_aside"]) == (len(lines), int((~coded).sum()))
    assert {name: rows for name, rows in manifest["rows_out"].items() if rows} == {"set_aside": int((~coded).sum())}
    report = (Path(manifest["run"]) / "report.html").read_text(encoding="utf-8")
    assert "nothing to audit" in report.lower()


# --- one patient with iNO among many with a ventilator ---------------------------------------------------------------------------


def test_every_listed_line_of_mimic_is_accounted_for() -> None:
    written, lines = listed(read_text("CPTEVENTS"), "CPT_CD"), mimic().frames["lines"]
    assert len(written) == 291
    assert sorted(lines["claim_line_number"]) == sorted(written["ROW_ID"])
    assert lines["episode_id"].notna().all()
    assert set(lines["disposition"]) == {"counted"}


def test_every_row_of_mimic_is_in_scope_out_of_scope_or_set_aside() -> None:
    counts, aside = rows_read(mimic()), mimic().frames["set_aside"]
    assert all(rows_in == in_scope + out + set_aside for rows_in, in_scope, out, set_aside in counts.values())
    assert {table: row[3] for table, row in counts.items()} == {table: int((aside["table_name"] == table).sum()) for table in counts}

    procedures, diagnoses, charted = read_text("PROCEDURES_ICD"), read_text("DIAGNOSES_ICD"), read_text("PROCEDUREEVENTS_MV")
    services, patients = read_text("CPTEVENTS"), read_text("PATIENTS")
    ventilation = charted[charted["ITEMID"].isin(["225792", "225794"])]
    patients_in_scope = set(listed(services, "CPT_CD")["SUBJECT_ID"]) | {WITH_INO}
    dated = services["CHARTDATE"] != ""
    in_scope = {
        "claim_lines": int((dated & services["SUBJECT_ID"].isin(patients_in_scope)).sum()),
        "events": sum(int(table["SUBJECT_ID"].isin(patients_in_scope).sum()) for table in (procedures, diagnoses, ventilation)),
        "members": 0,
        "authorizations": 0,
    }
    rows_in = {
        "claim_lines": len(services),
        "events": len(procedures) + len(diagnoses) + len(ventilation),
        "members": len(patients),
        "authorizations": 0,
    }
    assert {table: (row[0], row[1]) for table, row in counts.items()} == {table: (rows_in[table], in_scope[table]) for table in counts}
    assert counts["claim_lines"][3] == int((~dated).sum()) == 1288
    assert counts["members"][3] == len(patients), "births with years of two digits are set aside"


def test_only_the_patient_with_the_procedure_code_had_ino() -> None:
    episodes = mimic().frames["episodes"]
    shown = episodes[episodes["attribution"].isin(["confirmed", "probable"])]
    assert list(zip(shown["member_id"], shown["basis"], strict=True)) == [(WITH_INO, "marker")]
    others = episodes[episodes["member_id"] != WITH_INO]
    assert set(others["determination"]) == {"not_ino"}, "a ventilator is never a failed iNO"


def of_kind(finding: str) -> pd.DataFrame:
    findings = mimic().frames["findings"]
    return findings[findings["finding_id"] == finding]


def test_the_ventilator_days_of_mimic_are_found_exactly() -> None:
    """Counted without the program: a day with both codes, stays with the first day again, stays that begin with a later day."""
    lines, episodes = mimic().frames["lines"], mimic().frames["episodes"].set_index("episode_id")
    written = listed(read_text("CPTEVENTS"), "CPT_CD").sort_values(["CHARTDATE", "CPT_CD"])
    days = written.groupby(["HADM_ID", "CHARTDATE"])["CPT_CD"].agg(set)
    both = [stay for stay, codes in days.items() if codes == {"94002", "94003"}]
    assert [(stay, day[:10]) for stay, day in both] == [("170883", "2192-05-04")]
    again = {stay for stay, codes in written.groupby("HADM_ID")["CPT_CD"] if (codes == "94002").sum() > 1}
    later = {stay for stay, codes in written.groupby("HADM_ID")["CPT_CD"] if codes.iloc[0] == "94003"}
    assert (len(again), len(later), written["HADM_ID"].nunique()) == (2, 29, 48)

    stay_of = {episode: set(rows["claim_id"]) for episode, rows in lines.groupby("episode_id")}
    [pair] = of_kind("K-01").to_dict("records")
    assert (stay_of[pair["episode_id"]], str(pair["first_day"])[:10]) == ({"170883"}, "2192-05-04")
    assert lines.set_index("line_key").loc[pair["line_key"], "hcpcs_code"] == "94003", "column 2 bears the loss"
    for finding, stays in (("K-09", again), ("K-10", later)):
        assert sorted(stay for episode in of_kind(finding)["episode_id"] for stay in stay_of[episode]) == sorted(stays)
    raised = set(mimic().frames["findings"]["finding_id"]) - {"K-01", "K-09", "K-10"}
    assert {finding for finding in raised if finding.startswith(("V-", "K-", "P-"))} == {"K-11"}, "charted ventilation ended before"
    assert not episodes[["at_risk_low_cents", "at_risk_high_cents"]].any(axis=None), "no amounts are given"


def test_damaged_birth_dates_leave_ages_unknown() -> None:
    episodes, criteria, evidence = (mimic().frames[name] for name in ("episodes", "criteria", "evidence"))
    ages = episodes[["age_days_low", "age_days_high", "age_years_low", "age_years_high"]]
    assert ages.isna().all(axis=None), "no age, rather than one of 144 or 244 years"
    [episode] = episodes.loc[episodes["member_id"] == WITH_INO, "episode_id"]
    said = criteria[(criteria["episode_id"] == episode) & (criteria["key"].isin(["X.4", "I.B.age"]))]
    assert list(zip(said["outcome"], said["reason"], strict=True)) == [(1, "imprecise"), (1, "imprecise")]
    assert not (evidence["low"] > 130 * 365).any()
    [determination] = episodes.loc[episodes["member_id"] == WITH_INO, "determination"]
    assert determination == "insufficient_documentation"


def test_with_her_birth_date_the_patient_is_found_too_old(tmp_path: Path) -> None:
    added = tmp_path / "members_added.csv"
    added.write_text(f"member_id,birth_date\n{WITH_INO},2127-06-04\n", encoding="utf-8")
    frames = mimic(added).frames
    episodes, days, findings = frames["episodes"], frames["therapy_days"], frames["findings"]
    [episode] = episodes[episodes["member_id"] == WITH_INO].to_dict("records")
    assert (episode["determination"], episode["exclusion"], episode["basis"]) == ("experimental", "X.4", "marker")
    assert (episode["age_years_low"], episode["age_years_high"]) == (44, 44)
    assert (episode["lines"], episode["billed_days"], episode["therapy_days"]) == (34, 34, 0)
    assert {name: cents for name, cents in episode.items() if name.endswith("_cents") and cents} == {}
    assert not days.loc[days["episode_id"] == episode["episode_id"], "is_therapy_day"].any()
    assert "C-11" in set(findings.loc[findings["episode_id"] == episode["episode_id"], "finding_id"])
    assert set(episodes.loc[episodes["member_id"] != WITH_INO, "determination"]) == {"not_ino"}
