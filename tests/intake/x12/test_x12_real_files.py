"""Files that nobody in this project wrote: what each holds, or why it is refused, to the claim, the line and the cent."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from interchanges import Read, read_files

from auditor.errors import ExtractRefused
from auditor.intake.found_files import FoundFile

DATA = Path(os.environ.get("AUDITOR_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data") / "x12"

# claims, lines, dollars charged; payments set aside for want of an 837, and their dollars
READ: dict[str, tuple[int, int, str, int, str]] = {
    "linuxforhealth/835_005010X221A1/cob-contractural-adjustment.835": (0, 0, "0", 1, "34.00"),
    "linuxforhealth/835_005010X221A1/managed-care.835": (0, 0, "0", 2, "1050.00"),
    "linuxforhealth/835_005010X221A1/medicare-part-a.835": (0, 0, "0", 2, "149998.73"),
    "linuxforhealth/835_005010X221A1/secondary-payment.835": (0, 0, "0", 3, "1222.00"),
    "linuxforhealth/835_005010X221A1/tertiary-payment.835": (0, 0, "0", 1, "1766.50"),
    "linuxforhealth/837_004010X096A1/automobile-accident.837": (1, 4, "545.00", 0, "0"),
    "linuxforhealth/837_004010X096A1/homeowners.837": (1, 3, "450.00", 0, "0"),
    "linuxforhealth/837_004010X096A1/institutional-ppo-repriced.837": (1, 5, "2593.69", 0, "0"),
    "linuxforhealth/837_004010X096A1/institutional.837": (1, 2, "89.93", 0, "0"),
    "linuxforhealth/837_004010X096A1/workers-compensation.837": (1, 3, "350.00", 0, "0"),
    "linuxforhealth/837_004010X098A1/coordination-of-benefits.837": (1, 3, "79.04", 0, "0"),
    "linuxforhealth/837_004010X098A1/dependent-commercial-insurance-01.837": (1, 6, "245.00", 0, "0"),
    "linuxforhealth/837_004010X098A1/dependent-commercial-insurance-02.837": (1, 4, "405.00", 0, "0"),
    "linuxforhealth/837_004010X098A1/dependent-commercial-insurance-03.837": (1, 2, "185.00", 0, "0"),
    "linuxforhealth/837_004010X098A1/patient-is-dependent.837": (1, 4, "100.00", 0, "0"),
    "linuxforhealth/837_004010X098A1/patient-is-subscriber.837": (1, 4, "100.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.ambulance.example5.837": (1, 4, "766.50", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.autoaccident.837": (1, 2, "185.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.cob.2ndary.example4.837": (1, 1, "145.50", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.cob.example3.A.837": (1, 3, "79.04", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.cob.example3.B.837": (1, 3, "79.04", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.cob.example3.C.837": (1, 3, "79.04", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.cob.example4.837": (1, 1, "120.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.drug.example10.1.837": (1, 2, "103.37", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.drug.example10.2.837": (1, 6, "2232.93", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.drug.example10.3.837": (1, 6, "2232.93", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example1.837": (1, 4, "100.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example11.837": (1, 2, "28.75", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example12.837": (1, 1, "252.71", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example2.837": (1, 4, "100.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example6.837": (1, 1, "145.50", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example7.837": (1, 2, "520.24", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example8.837": (1, 1, "75.00", 0, "0"),
    "linuxforhealth/837_005010X222A2/demo.example9.837": (1, 1, "827.00", 0, "0"),
    "linuxforhealth/837_005010X223A3/institutional-claim.837i": (1, 2, "89.93", 0, "0"),
    "linuxforhealth/837_005010X223A3/out-of-network-repriced-claim.837i": (1, 1, "14.84", 0, "0"),
    "linuxforhealth/837_005010X223A3/ppo-repriced-claim.837i": (1, 2, "237.50", 0, "0"),
    "linuxforhealth/837_005010X223A3/two-claims-single-provider.837i": (2, 3, "139.95", 0, "0"),
    "linuxforhealth/demo.835": (0, 0, "0", 2, "149998.73"),
    "linuxforhealth/demo.837": (1, 4, "100", 0, "0"),
    "linuxforhealth/demo.837i": (1, 2, "89.93", 0, "0"),
    "pyx12/datafiles__834_eol_in_element__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__834_ls_le_ls__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__834_lui_id_5010__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__834_lui_id__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__835id__source.txt": (0, 0, "0", 3, "-510.25"),
    "pyx12/datafiles__837miss__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__bad_2010AA_bug__source.txt": (1, 1, "14.84", 0, "0"),
    "pyx12/datafiles__blank1__source.txt": (1, 1, "0", 0, "0"),
    "pyx12/datafiles__ele__source.txt": (1, 1, "0", 0, "0"),
    "pyx12/datafiles__loop_counting2__source.txt": (1, 54, "1134", 0, "0"),
    "pyx12/datafiles__loop_counting__source.txt": (1, 54, "1134", 0, "0"),
    "pyx12/datafiles__mult_isa__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__multiple_trn__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__ordinal__source.txt": (1, 1, "0", 0, "0"),
    "pyx12/datafiles__per_segment_repeat__source.txt": (1, 1, "14.84", 0, "0"),
    "pyx12/datafiles__repeat_init_segment__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__simple1__source.txt": (0, 0, "0", 0, "0"),
    "pyx12/datafiles__simple_837i__source.txt": (2, 6, "0", 0, "0"),
    "pyx12/datafiles__simple_837p__source.txt": (2, 5, "85", 0, "0"),
    "pyx12/datafiles__trailing_terms__source.txt": (1, 1, "0", 0, "0"),
}

REFUSED: dict[str, str] = {
    "pyx12/datafiles__bad_header_looping__source.txt": "segment 74: SE01 should count 72",
    "pyx12/datafiles__elements__source.txt": "segment 31: SE01 should count 29",
    "pyx12/datafiles__fail_no_IEA__source.txt": "segment 4: SE01 should count 2",
    "pyx12/datafiles__trailer_errors__source.txt": "segment 61: SE01 should count 59",
}


def found(name: str, folder: Path, explicit: bool = False) -> Read:
    if not DATA.is_dir():
        pytest.skip("no real data: x12 is not in ../shared/data, nor in the folder that AUDITOR_REAL_DATA names")
    return read_files([FoundFile(DATA / name, Path(name).name, explicit)], folder)


def dollars(rows: list[dict[str, object]], column: str) -> str:
    return str(sum((Decimal(str(row[column])) for row in rows), Decimal(0)))


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_to_the_cent(name: str, tmp_path: Path) -> None:
    result = found(name, tmp_path)
    claims = len({row["claim_id"] for row in result.lines})
    held = (claims, len(result.lines), dollars(result.lines, "charge_amount"), len(result.aside), dollars(result.aside, "paid_amount"))
    assert held == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_its_segment(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused) as refusal:
        found(name, tmp_path)
    assert REFUSED[name] in str(refusal.value)


def test_no_file_is_left_out() -> None:
    if not DATA.is_dir():
        pytest.skip("no real data")
    names = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file() and "LICENSE" not in path.name}
    assert names == {*READ, *REFUSED}


def test_a_file_of_other_transactions_is_refused_where_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused, match="1 × 834"):
        found("pyx12/datafiles__834_lui_id__source.txt", tmp_path, explicit=True)


def test_an_original_and_another_payers_number_are_told_apart(tmp_path: Path) -> None:
    rows = found("pyx12/datafiles__simple_837i__source.txt", tmp_path).lines
    assert {(row["frequency_code"], row["bill_type_code"], row["original_claim_id"]) for row in rows} == {("7", "117", "12522228")}
    assert {(row["claim_line_start_date"], row["claim_line_end_date"]) for row in rows} == {
        ("2003-12-12", "2003-12-18"), ("2003-12-13", "2003-12-18"), ("2003-12-14", "2003-12-18"),
    }  # fmt: skip


def test_a_frequency_and_revenue_codes_written_as_numbers(tmp_path: Path) -> None:
    folder = "linuxforhealth/837_004010X098A1/dependent-commercial-insurance-01.837"
    assert {row["frequency_code"] for row in found(folder, tmp_path / "one").lines} == {"1"}
    rows = found("linuxforhealth/837_004010X096A1/workers-compensation.837", tmp_path / "two").lines
    assert [row["revenue_center_code"] for row in rows] == ["450.00", "320.00", "360.00"]  # the intake makes four digits of them
    assert {row["plan"] for row in rows} == {"BASKET & ROBERTS INSURANCE COMPANY"}


def test_a_separator_that_lies(tmp_path: Path) -> None:
    rows = found("linuxforhealth/837_005010X222A2/demo.example9.837", tmp_path).lines
    assert [(row["hcpcs_code"], row["hcpcs_modifier_3"], row["place_of_service_code"]) for row in rows] == [("00142", "P1", "22")]


def test_drugs_words_and_ranges(tmp_path: Path) -> None:
    rows = found("linuxforhealth/837_005010X222A2/demo.drug.example10.3.837", tmp_path).lines
    assert [row["ndc_code"] for row in rows[1:3]] == ["00004196501", "63323024910"]
    assert rows[3]["line_description"] == "Sod Chl 0.9%see NDC#"
    assert {(row["claim_line_start_date"], row["claim_line_end_date"]) for row in rows} == {("2004-02-01", "2004-02-07")}


def test_a_dependent_is_not_the_subscriber(tmp_path: Path) -> None:
    result = found("linuxforhealth/demo.837", tmp_path)
    assert {str(row["member_id"]).rpartition("-")[0] for row in result.lines} == {"JS00111223333"}
    assert [(row["birth_date"], row["sex"], row["mother_member_id"]) for row in result.members] == [("1973-05-01", "M", "JS00111223333")]


def test_a_reversal_and_its_correction_are_three_payments(tmp_path: Path) -> None:
    rows = found("pyx12/datafiles__835id__source.txt", tmp_path).aside
    assert [(row["claim_id"], row["paid_amount"]) for row in rows] == [
        ("123839-24635", "-210"), ("123839-24635", "200"), ("134158-27488", "-500.25"),
    ]  # fmt: skip
