"""Extracts of Medicare in the layouts of the claim line feed and of the research files, through to the verdict."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas
from extracts import opened, rows_of

from auditor import Settings, audit
from auditor.intake import Extract

HEADER = (
    "CUR_CLM_UNIQ_ID|PRVDR_OSCAR_NUM|BENE_MBI_ID|CLM_FROM_DT|CLM_THRU_DT|CLM_BILL_FAC_TYPE_CD|CLM_BILL_CLSFCTN_CD|CLM_MDCR_NPMT_RSN_CD|"
    "DGNS_DRG_CD|FAC_PRVDR_NPI_NUM|CLM_ADJSMT_TYPE_CD|CLM_EFCTV_DT|CLM_IDR_LD_DT|CLM_BILL_FREQ_CD|DGNS_PRCDR_ICD_IND|"
    "CLM_BLG_PRVDR_OSCAR_NUM|CLM_BLG_PRVDR_NPI_NUM"
)
REVENUE = (
    "CUR_CLM_UNIQ_ID|CLM_LINE_NUM|BENE_MBI_ID|BENE_HIC_NUM|CLM_LINE_FROM_DT|CLM_LINE_THRU_DT|CLM_LINE_PROD_REV_CTR_CD|"
    "CLM_LINE_INSTNL_REV_CTR_DT|CLM_LINE_HCPCS_CD|CLM_FROM_DT|CLM_THRU_DT|CLM_LINE_SRVC_UNIT_QTY|CLM_LINE_CVRD_PD_AMT"
)
PHYSICIAN = (
    "CUR_CLM_UNIQ_ID|CLM_LINE_NUM|BENE_MBI_ID|BENE_HIC_NUM|CLM_FROM_DT|CLM_THRU_DT|CLM_POS_CD|CLM_LINE_FROM_DT|CLM_LINE_THRU_DT|"
    "CLM_LINE_HCPCS_CD|CLM_LINE_CVRD_PD_AMT|CLM_RNDRG_PRVDR_TAX_NUM|RNDRG_PRVDR_NPI_NUM|CLM_PRCSG_IND_CD|CLM_ADJSMT_TYPE_CD|"
    "CLM_EFCTV_DT|CLM_IDR_LD_DT|CLM_CNTL_NUM|CLM_LINE_ALOWD_CHRG_AMT|DGNS_PRCDR_ICD_IND|CLM_DGNS_1_CD|CLM_DGNS_2_CD"
)
STAY = "2024-06-02|2024-06-05"


def header(number: str, adjustment: str, effective: str, nonpayment: str = "~", drg: str = "~") -> str:
    return f"{number}|450001|B1|{STAY}|1|1|{nonpayment}|{drg}|1000000004|{adjustment}|{effective}|{effective}|1|0|450001|1000000004"


def revenue(number: str, paid: str, day: str = "2024-06-02", code: str = "94002") -> str:
    return f"{number}|1|B1||2024-06-02|2024-06-05|0410|{day}|{code}|{STAY}|1|{paid}"


def physician(number: str, adjustment: str, paid: str, effective: str = "2024-06-20") -> str:
    start = f"{number}|1|B1||{STAY}|21|2024-06-03|2024-06-03|94003"
    return f"{start}|{paid}|11|1000000020|A|{adjustment}|{effective}|{effective}|CTL9|{paid}|0|P2930|P285"


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def write_feed(folder: Path, part_a: list[tuple[str, str]], part_b: list[str]) -> Path:
    """Headers with their revenue lines, and physician lines, as the feed parts them into files."""
    diagnoses = [
        f"{head.split('|')[0]}|B1|{code}|{number}"
        for head, _ in part_a
        for number, code in (("2", "P28.5"), ("10", "Q24.9"), ("1", "P29.30"))
    ]
    procedures = [f"{head.split('|')[0]}|B1|3E0F7SD|1|2024-06-02" for head, _ in part_a]
    files = {
        "CCLF1_header.txt": [HEADER, *(head for head, _ in part_a)],
        "CCLF2_revenue.txt": [REVENUE, *(line for _, line in part_a)],
        "CCLF3_procedure.txt": ["CUR_CLM_UNIQ_ID|BENE_MBI_ID|CLM_PRCDR_CD|CLM_VAL_SQNC_NUM|CLM_PRCDR_PRFRM_DT", *procedures],
        "CCLF4_diagnosis.txt": ["CUR_CLM_UNIQ_ID|BENE_MBI_ID|CLM_DGNS_CD|CLM_VAL_SQNC_NUM", *diagnoses],
        "CCLF5_physician.txt": [PHYSICIAN, *part_b],
        "CCLF8_people.txt": ["BENE_MBI_ID|BENE_HIC_NUM|BENE_DOB|BENE_SEX_CD", "B1||1950-06-01|1"],
        "CCLF9_xref.txt": ["CRNT_NUM|PRVS_NUM", "B1|B0"],
    }
    for name, rows in files.items():
        (folder / name).write_text(lines(*rows))
    return folder


def audited(folder: Path, profile: str) -> dict[str, pandas.DataFrame]:
    return dict(audit(Settings(paths=(folder,), profile=profile, as_of=date(2026, 11, 22), threads=1)).frames)


def test_the_feed_joins_header_lines_codes_and_people(tmp_path: Path) -> None:
    write_feed(tmp_path, [(header("1", "0", "2024-06-20"), revenue("1", "100.50"))], [physician("7", "0", "80")])
    institutional, professional = rows_of(Extract((tmp_path,), "cclf"), "claim_lines")
    assert {name: str(institutional[name]) for name in institutional if name in EXPECTED_PART_A} == EXPECTED_PART_A
    assert (professional["claim_id"], professional["paid_cents"], professional["diagnosis_code_2"]) == ("CTL9", 8000, "P285")
    with opened(Extract((tmp_path,), "cclf")) as (connection, reading):
        people = connection.execute("SELECT member_id, person_id FROM members_read ORDER BY 1").fetchall()
        assert [file.table for file in reading.files].count("lookup") == 3
    assert people == [("B0", "B1"), ("B1", "B1")]


EXPECTED_PART_A = {
    "claim_id": "450001/2024-06-02/2024-06-05",
    "claim_line_start_date": "2024-06-02",
    "revenue_center_code": "0410",
    "bill_type_code": "111",
    "line_of_business": "medicare",
    "paid_cents": "10050",
    "received_date": "2024-06-20",
    "diagnosis_code_type": "icd10cm",
    "diagnosis_code_1": "P2930",
    "diagnosis_code_2": "P285",
    "diagnosis_code_3": "Q249",
    "procedure_code_type": "icd10pcs",
    "procedure_code_1": "3E0F7SD",
    "procedure_date_1": "2024-06-02",
}


def test_a_version_taken_back_leaves_the_one_that_stands_in_its_place(tmp_path: Path) -> None:
    versions = [("1", "0", "2024-06-20", "100"), ("2", "1", "2024-07-20", "100"), ("3", "2", "2024-07-20", "60")]
    part_a = [(header(number, adjustment, day), revenue(number, paid)) for number, adjustment, day, paid in versions]
    part_b = [physician("7", "0", "80"), physician("8", "1", "80", "2024-07-01")]
    frames = audited(write_feed(tmp_path, part_a, part_b), "cclf")
    found = frames["lines"][["source_file", "source_row", "disposition", "counted_cents"]].values.tolist()
    assert sorted(map(tuple, found)) == [
        ("CCLF2_revenue.txt", 2, "superseded", 0),
        ("CCLF2_revenue.txt", 3, "superseded", 0),
        ("CCLF2_revenue.txt", 4, "counted", 6000),
        ("CCLF5_physician.txt", 2, "voided", 0),
        ("CCLF5_physician.txt", 3, "void", 0),
    ]
    [episode] = frames["episodes"].to_dict("records")
    assert (episode["line_of_business"], episode["attribution"], str(episode["start_day"])[:10]) == ("medicare", "confirmed", "2024-06-02")


def test_a_claim_not_paid_shows_service_and_a_stay_paid_by_its_group_carries_no_line_dollars(tmp_path: Path) -> None:
    part_a = [(header("1", "0", "2024-06-20", nonpayment="N"), revenue("1", "100"))]
    [denied, *_] = audited(write_feed(tmp_path, part_a, []), "cclf")["lines"].to_dict("records")
    assert (denied["disposition"], denied["counted_cents"]) == ("evidence_only", 0)
    part_a = [(header("1", "0", "2024-06-20", drg="790"), revenue("1", "100"))]
    [grouped, *_] = audited(write_feed(tmp_path, part_a, []), "cclf")["lines"].to_dict("records")
    assert (grouped["payment_method"], grouped["not_separately_paid_cents"]) == ("drg", 10000)


def test_more_codes_than_places_are_told(tmp_path: Path) -> None:
    write_feed(tmp_path, [(header("1", "0", "2024-06-20"), revenue("1", "100"))], [])
    codes = [f"1|B1|A{number:02d}|{number}" for number in range(1, 28)] + ["1|B1|A01|28"]
    (tmp_path / "CCLF4_diagnosis.txt").write_text(lines("CUR_CLM_UNIQ_ID|BENE_MBI_ID|CLM_DGNS_CD|CLM_VAL_SQNC_NUM", *codes))
    with opened(Extract((tmp_path,), "cclf")) as (connection, reading):
        [last] = connection.execute("SELECT diagnosis_code_25 FROM claim_lines_read").fetchone() or ()
    assert last == "A25"
    assert reading.notices == ("1 keys of the look-up diagnosis have more than 25 values; the profile cclf reads no more of them.",)


INPATIENT = (
    "BENE_ID|CLM_ID|CLM_FROM_DT|CLM_THRU_DT|FINAL_ACTION|CLM_FAC_TYPE_CD|CLM_SRVC_CLSFCTN_TYPE_CD|CLM_FREQ_CD|CLM_MDCR_NON_PMT_RSN_CD|"
    "CLM_DRG_CD|ORG_NPI_NUM|CLM_ADMSN_DT|NCH_BENE_DSCHRG_DT|ICD_DGNS_CD1|ICD_DGNS_VRSN_CD1|ICD_PRCDR_CD1|ICD_PRCDR_VRSN_CD1|PRCDR_DT1|"
    "CLM_LINE_NUM|REV_CNTR|HCPCS_CD|REV_CNTR_UNIT_CNT|REV_CNTR_TOT_CHRG_AMT"
)
CARRIER = (
    "BENE_ID|CLM_ID|LINE_NUM|LINE_1ST_EXPNS_DT|LINE_LAST_EXPNS_DT|HCPCS_CD|LINE_PRCSG_IND_CD|PRF_PHYSN_NPI|LINE_NCH_PMT_AMT|"
    "LINE_ALOWD_CHRG_AMT|LINE_SBMTD_CHRG_AMT|ICD_DGNS_CD1|ICD_DGNS_VRSN_CD1"
)


def write_research_files(folder: Path) -> Path:
    stay = "-100|C1|02-Jun-2024|05-JUN-2024|{final}|1|1|1||790|1000000004|01-Jun-2024|06-Jun-2024|P2930|0|3E0F7SD|0|02-Jun-2024"
    inpatient = [f"{stay.format(final='F')}|1|0410|94002|1|900.00", f"{stay.format(final='N')}|2|0410|94003|1|800.00"]
    carrier = ["-100|C2|1|03-Jun-2024|03-Jun-2024|94003|A|1000000020|80.00|95.00|200.00|P2930|0"]
    (folder / "inpatient.csv").write_text(lines(INPATIENT, *inpatient))
    (folder / "carrier.csv").write_text(lines(CARRIER, *carrier))
    (folder / "beneficiary_2024.csv").write_text(lines("BENE_ID|BENE_BIRTH_DT|SEX_IDENT_CD", "-100|01-Jun-1950|1"))
    return folder


def test_research_files_are_read_by_revenue_line_and_by_carrier_line(tmp_path: Path) -> None:
    rows = rows_of(Extract((write_research_files(tmp_path),), "rif"), "claim_lines")
    carrier, first, second = rows
    assert (str(carrier["claim_line_start_date"]), carrier["paid_cents"], carrier["claim_type"]) == ("2024-06-03", 8000, "professional")
    assert (str(first["claim_line_start_date"]), str(first["claim_line_end_date"])) == ("2024-06-02", "2024-06-05")
    assert (first["bill_type_code"], first["payment_method"], first["claim_status"], second["claim_status"]) == (
        "111",
        "drg",
        "paid",
        "denied",
    )
    assert (first["procedure_code_1"], str(first["procedure_date_1"]), str(first["admission_date"])) == (
        "3E0F7SD",
        "2024-06-02",
        "2024-06-01",
    )


def test_research_files_come_to_a_verdict(tmp_path: Path) -> None:
    frames = audited(write_research_files(tmp_path), "rif")
    dispositions = {(row["hcpcs_code"], row["source_file"]): row["disposition"] for row in frames["lines"].to_dict("records")}
    assert dispositions == {
        ("94002", "inpatient.csv"): "counted",
        ("94003", "inpatient.csv"): "evidence_only",
        ("94003", "carrier.csv"): "counted",
    }
    [episode] = frames["episodes"].to_dict("records")
    assert (episode["member_id"], episode["age_years_low"], episode["line_of_business"]) == ("-100", 74, "medicare")
