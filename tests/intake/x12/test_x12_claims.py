"""What an 837 says, loop by loop, and where it lands."""

from __future__ import annotations

import pytest
from interchanges import INSTITUTIONAL, PROFESSIONAL, Signs, billing, claim, institutional, interchange, line, professional, read, spelled

GAS = "LX*1\nSV2*0271**4500.00*DA*1\n"


def one(*claims: str, **head: str) -> dict[str, object]:
    return read(interchange(professional(*claims, **head))).line


def test_a_professional_line_has_all_that_its_claim_says() -> None:
    row = one(claim("C1", line(2, "HC:94002:59:::GAS", "412.00"), "21:B:1"))
    expected = {
        "claim_id": "C1", "claim_line_number": "2", "member_id": "M1", "claim_line_start_date": "2026-01-05",
        "claim_line_end_date": "2026-01-05",
        "hcpcs_code": "94002", "hcpcs_modifier_1": "59", "charge_amount": "412.00", "service_unit_quantity": "1", "unit_of_measure": "UN",
        "claim_type": "professional", "line_of_business": "commercial", "state": "ID", "plan": "THE PLAN", "place_of_service_code": "21",
        "frequency_code": "1", "billing_npi": "1999999992", "billing_tin": "991234567", "diagnosis_code_1": "P2930",
        "diagnosis_code_type": "icd10cm", "bill_type_code": None, "paid_amount": None, "claim_status": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_a_row_is_the_segment_that_opens_its_line() -> None:
    found = read(interchange(professional(claim("C1", line(1) + line(2)))))
    segments = interchange(professional(claim("C1", line(1) + line(2)))).split("~")
    assert [segments[int(str(row["source_row"])) - 1] for row in found.lines] == ["LX*1", "LX*2"]


def test_an_institutional_line_takes_the_days_of_the_statement_where_it_has_none() -> None:
    body = claim("C1", "DTP*434*RD8*20260105-20260109\nDTP*435*DT*202601051530\nCL1*1*7*01\n" + GAS, "11:A:1")
    row = read(interchange(institutional(body))).line
    assert (row["claim_line_start_date"], row["claim_line_end_date"]) == ("2026-01-05", "2026-01-09")
    assert (row["admission_date"], row["discharge_date"]) == ("2026-01-05", "2026-01-09")
    assert (row["claim_type"], row["bill_type_code"], row["frequency_code"]) == ("institutional", "111", "1")
    assert (row["revenue_center_code"], row["hcpcs_code"], row["facility_npi"]) == ("0271", None, "1999999992")


def test_whoever_is_still_a_patient_has_no_discharge() -> None:
    body = claim("C1", "DTP*434*RD8*20260105-20260109\nCL1*1*7*30\n" + GAS, "11:A:2")
    assert read(interchange(institutional(body))).line["discharge_date"] is None


def test_a_range_is_every_day_of_it() -> None:
    row = one(claim("C1", "LX*1\nSV1*HC:94003*100*UN*3***1\nDTP*472*RD8*20260105-20260107\n"))
    assert (row["claim_line_start_date"], row["claim_line_end_date"]) == ("2026-01-05", "2026-01-07")


def test_a_professional_service_inside_an_institutional_claim_stays_institutional() -> None:
    row = read(interchange(institutional(claim("C1", line(), "11:A:1")))).line
    assert (row["claim_type"], row["hcpcs_code"], row["bill_type_code"], row["place_of_service_code"]) == (
        "institutional",
        "94002",
        "111",
        None,
    )


def test_both_kinds_of_claim_may_lie_in_one_file() -> None:
    found = read(interchange(professional(claim("P", line())), institutional(claim("I", GAS, "11:A:1"))))
    assert {row["claim_id"]: row["claim_type"] for row in found.lines} == {"P": "professional", "I": "institutional"}


def test_the_older_version_is_read_too() -> None:
    found = read(interchange(("004010X098A1", billing() + claim("C1", line()).replace("ABK", "BK"))))
    assert (found.line["claim_type"], found.line["diagnosis_code_type"]) == ("professional", "icd9cm")


@pytest.mark.parametrize(
    ("segment", "code"),
    [("HI*ABF:P285:::::::Y*ABF:P2401:::::::N", "P2401"), ("HI*ABN:Y848", "Y848")],
    ids=["present on admission", "external"],
)
def test_diagnoses_follow_the_principal_one(segment: str, code: str) -> None:
    row = one(claim("C1", segment + "\n" + line()))
    assert row["diagnosis_code_1"] == "P2930"
    assert code in (row["diagnosis_code_2"], row["diagnosis_code_3"])


def test_suspicions_are_no_diagnoses_of_the_claim() -> None:
    row = one(claim("C1", "HI*ABJ:R0902\nHI*APR:R0603\n" + line()))
    assert row["diagnosis_code_2"] is None


def test_codes_of_a_second_version_have_no_column_and_are_said() -> None:
    found = read(interchange(professional(claim("C1", "HI*BF:7470\n" + line()))))
    assert found.line["diagnosis_code_2"] is None
    assert any("second ICD version" in notice for notice in found.conversion.notices)


def test_operations_have_their_day() -> None:
    body = claim("C1", "HI*BBR:02UN0JZ:D8:20260106\nHI*BBQ:5A1221Z:D8:20260107\n" + GAS, "11:A:1")
    row = read(interchange(institutional(body))).line
    assert (row["procedure_code_1"], row["procedure_date_1"], row["procedure_code_2"]) == ("02UN0JZ", "2026-01-06", "5A1221Z")
    assert row["procedure_code_type"] == "icd10pcs"


def test_a_replacement_names_its_original_and_not_the_other_payers() -> None:
    loop = "REF*F8*P1\nSBR*S*18*******MC\nNM1*IL*1*X****MI*OTHER\nDMG*D8*19500101*M\nNM1*PR*2*OTHER PLAN*****PI*O\nREF*F8*P9\n"
    row = one(claim("C2", loop + line(), "21:B:7"))
    assert (row["original_claim_id"], row["frequency_code"]) == ("P1", "7")
    assert (row["member_id"], row["line_of_business"], row["plan"]) == ("M1", "commercial", "THE PLAN")


def test_what_another_payer_decided_about_a_line_is_not_read() -> None:
    row = one(claim("C1", line() + "SVD*P9*40*HC:99999**1\nCAS*CO*45*3\nDTP*573*D8*20260909\nREF*6R*WRONG\n"))
    assert (row["hcpcs_code"], row["paid_amount"], row["claim_line_start_date"]) == ("94002", None, "2026-01-05")


def test_words_of_a_line_are_joined() -> None:
    found = read(interchange(professional(claim("C1", line(1, "HC:94799:::::INO THERAPY") + "K3*EXTRA\nNTE*ADD*BY THE HOUR\n" + line(2)))))
    assert [row["line_description"] for row in found.lines] == ["INO THERAPY; EXTRA; BY THE HOUR", None]


def test_a_note_on_the_claim_is_its_only_lines() -> None:
    assert one(claim("C1", "NTE*ADD*NITRIC OXIDE\n" + line()))["line_description"] == "NITRIC OXIDE"
    several = read(interchange(professional(claim("C1", "NTE*ADD*NITRIC OXIDE\n" + line(1) + line(2)))))
    assert [row["line_description"] for row in several.lines] == [None, None]
    assert any("note on the claim" in notice for notice in several.conversion.notices)


def test_a_drug_has_its_own_number() -> None:
    assert one(claim("C1", line(1, "HC:J3490") + "LIN**N4*64693000202\nCTP****1*UN\nREF*XZ*1\n"))["ndc_code"] == "64693000202"


def test_providers_are_told_apart() -> None:
    loop = "NM1*82*1*A*****XX*1111111112\nPRV*PE*PXC*2080N0001X\nNM1*77*2*H*****XX*2222222222\n"
    found = read(interchange(professional(claim("C1", loop + line(1) + line(2) + "NM1*82*1*B*****XX*3333333333\n"))))
    assert [row["rendering_npi"] for row in found.lines] == ["1111111112", "3333333333"]
    assert [row["rendering_specialty"] for row in found.lines] == ["2080N0001X", None]
    assert {row["facility_npi"] for row in found.lines} == {"2222222222"}


def test_who_bills_as_a_person_performs() -> None:
    body = billing().replace("NM1*85*2", "PRV*BI*PXC*207RC0000X\nNM1*85*1") + claim("C1", line())
    row = read(interchange((PROFESSIONAL, body))).line
    assert (row["rendering_npi"], row["rendering_specialty"]) == ("1999999992", "207RC0000X")


def dependent(first_name: str, born: str = "20260101", number: str = "") -> str:
    return f"HL*3*2*23*0\nPAT*19\nNM1*QC*1*DOE*{first_name}****MI*{number}\nDMG*D8*{born}*F\n"


def mother() -> str:
    return billing(member="MOM").replace("SBR*P*18", "SBR*P*").replace("DMG*D8*20260101*F", "DMG*D8*19950101*F").replace("22*0", "22*1")


def test_a_newborn_under_the_mother_is_another_person() -> None:
    found = read(
        interchange((PROFESSIONAL, mother() + dependent("GIRL A") + claim("C1", line()) + dependent("GIRL B") + claim("C2", line())))
    )
    first, second = (str(row["member_id"]) for row in found.lines)
    assert first != second
    assert first.startswith("MOM-")
    people = {row["member_id"]: row for row in found.members}
    assert people[first]["mother_member_id"] == "MOM"
    assert people[first]["birth_date"] == "2026-01-01"
    assert people["MOM"]["mother_member_id"] is None
    assert "GIRL" not in first


def test_the_same_newborn_has_the_same_id_in_every_file() -> None:
    text = interchange((PROFESSIONAL, mother() + dependent("GIRL A") + claim("C1", line())))
    other = interchange((PROFESSIONAL, mother() + dependent("girl a") + claim("C2", line())))
    found = read(text, other)
    assert len({row["member_id"] for row in found.lines}) == 1
    assert len(found.members) == 2


def test_a_dependent_with_an_id_keeps_it() -> None:
    found = read(interchange((PROFESSIONAL, mother() + dependent("GIRL", number="BABY") + claim("C1", line()))))
    assert found.line["member_id"] == "BABY"


def test_a_father_is_no_mother() -> None:
    body = mother().replace("19950101*F", "19950101*M") + dependent("GIRL") + claim("C1", line())
    found = read(interchange((PROFESSIONAL, body)))
    assert all(row["mother_member_id"] is None for row in found.members)


def test_line_numbers_that_come_twice_are_kept_apart() -> None:
    found = read(interchange(professional(claim("C1", line(1) + line(1, "HC:94003")))))
    assert [row["claim_line_number"] for row in found.lines] == ["1", "1.2"]


def test_a_claim_without_lines_is_a_row_without_a_line_number() -> None:
    row = one(claim("C1", ""))
    assert (row["claim_id"], row["claim_line_number"]) == ("C1", None)


def test_words_in_any_encoding_are_letters() -> None:
    text = interchange((PROFESSIONAL, billing().replace("THE PLAN", "SEÑOR’S") + claim("C1", line())))
    for encoding in ("utf-8", "cp1252", "utf-16"):
        assert read(text.encode(encoding)).line["plan"] == "SEÑOR’S"


def test_contracts_say_how_a_claim_is_priced() -> None:
    found = read(interchange((INSTITUTIONAL, billing() + claim("C1", "CN1*01\n" + GAS, "11:A:1"))))
    assert found.line["payment_method"] == "drg"


@pytest.mark.parametrize("written", ["HC>94002>59", "HC>94002>59>>>>GAS"])
def test_a_component_separator_that_lies_is_seen_through(written: str) -> None:
    text = interchange(professional(claim("C1", line(), "21>B>7"))).replace("HC:94002", written)
    row = read(text).line
    assert (row["hcpcs_code"], row["hcpcs_modifier_1"], row["frequency_code"]) == ("94002", "59", "7")


def test_other_signs_are_read_from_the_header() -> None:
    signs = Signs("|", "\\", "\x1e", "^", "")
    text = interchange(professional(claim("C1", line())), signs=signs)
    assert "*" not in text
    assert read(text).line["hcpcs_code"] == "94002"
    assert spelled("A*B", signs) == "A|B\x1e"
