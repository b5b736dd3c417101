"""Payments of an 835 find the lines of the 837, or are set aside; every cent is on one side or the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from draws import draws
from hypothesis import given
from hypothesis import strategies as st
from interchanges import PROFESSIONAL, Read, billing, claim, institutional, interchange, line, professional, read, remittance


def clp(
    number: str = "C1", status: str = "1", charge: str = "100", paid: str = "80", payer: str = "P1", services: str = "", **more: str
) -> str:
    tail = f"21*{more.get('frequency', '1')}**{more.get('drg', '')}"
    who = f"NM1*QC*1*DOE*JO****MI*{more.get('member', 'M1')}\n"
    return f"CLP*{number}*{status}*{charge}*{paid}**CI*{payer}*{tail}\n{who}DTM*050*20260201\n{services}"


def svc(
    paid: str = "80", charge: str = "100", service: str = "HC:94002", control: str = "1", day: str = "20260105", extra: str = ""
) -> str:
    ref = f"REF*6R*{control}\n" if control else ""
    return f"SVC*{service}*{charge}*{paid}**1\nDTM*472*{day}\n{extra}{ref}"


def joined(claims: tuple[str, str], *payments: tuple[str, str]) -> Read:
    return read(interchange(claims), *(interchange(payment) for payment in payments))


ONE = professional(claim("C1", line()))


def test_a_payment_gives_the_line_its_money() -> None:
    adjusted = "CAS*CO*45*10\nCAS*PR*1*6*1*2*4\n"
    row = joined(ONE, remittance(clp(services=svc(extra=adjusted)))).line
    expected = {
        "paid_amount": "80.00",
        "allowed_amount": "90.00",
        "claim_status": "paid",
        "paid_date": "2026-03-01",
        "received_date": "2026-02-01",
    }
    assert {name: row[name] for name in expected} == expected


def test_what_the_remittance_calls_allowed_is_allowed() -> None:
    assert joined(ONE, remittance(clp(services=svc(extra="CAS*OA*23*20\n") + "AMT*B6*95\n"))).line["allowed_amount"] == "95.00"


def test_an_adjustment_for_another_payer_leaves_the_allowed_amount_open() -> None:
    assert joined(ONE, remittance(clp(services=svc(extra="CAS*OA*23*20\n")))).line["allowed_amount"] is None


def test_a_line_without_its_control_number_is_found_by_service_day_and_charge() -> None:
    claims = professional(claim("C1", line(1) + line(2, "HC:94003", "70", "20260106"), total="170"))
    services = svc("50", "70", "HC:94003", "", day="20260106") + svc("80", control="")
    assert joined(claims, remittance(clp(charge="170", paid="130", services=services))).amounts() == ["80.00", "50.00"]


def test_lines_alike_are_paid_in_their_order() -> None:
    claims = professional(claim("C1", line(1) + line(2), total="200"))
    services = svc("80", control="") + svc("70", control="")
    assert joined(claims, remittance(clp(charge="200", paid="150", services=services))).amounts() == ["80.00", "70.00"]


def test_what_was_paid_and_taken_back_is_reversed() -> None:
    back = clp(status="22", charge="-100", paid="-80", services=svc("-80", "-100"))
    row = joined(ONE, remittance(clp(services=svc())), remittance(back, day="20260401", trace="T2")).line
    assert (row["paid_amount"], row["claim_status"], row["paid_date"]) == ("0.00", "reversed", "2026-03-01")


@pytest.mark.parametrize("signs", [("", ""), ("-", ""), ("", "-"), ("-", "-")], ids=["plus", "claim minus", "service minus", "minus"])
def test_what_is_taken_back_is_so_whatever_its_sign(signs: tuple[str, str]) -> None:
    of_claim, of_service = signs
    services = svc(f"{of_service}80", f"{of_service}100", extra=f"CAS*CO*45*{of_service}10\nCAS*PR*1*{of_service}10\n")
    back = clp(status="22", charge=f"{of_claim}100", paid=f"{of_claim}80", services=services)
    first = clp(services=svc(extra="CAS*CO*45*10\nCAS*PR*1*10\n"))
    row = joined(ONE, remittance(first), remittance(back, day="20260401", trace="T2")).line
    assert (row["paid_amount"], row["allowed_amount"], row["claim_status"]) == ("0.00", "0.00", "reversed")


def test_a_claim_taken_back_as_a_whole_is_so_whatever_its_sign() -> None:
    row = joined(ONE, remittance(clp()), remittance(clp(status="22"), day="20260401", trace="T2")).line
    assert (row["paid_amount"], row["claim_status"]) == ("0.00", "reversed")


def test_what_was_taken_back_and_paid_anew_is_paid() -> None:
    back = clp(status="22", charge="-100", paid="-80", services=svc("-80", "-100"))
    again = clp(paid="60", services=svc("60"))
    row = joined(ONE, remittance(clp(services=svc())), remittance(back, again, day="20260401", trace="T2")).line
    assert (row["paid_amount"], row["claim_status"], row["paid_date"]) == ("60.00", "paid", "2026-04-01")


def test_a_denied_claim_and_a_denied_line_are_denied() -> None:
    denied = joined(ONE, remittance(clp(status="4", paid="0", services=svc("0", extra="CAS*CO*50*100\n")))).line
    refused = joined(ONE, remittance(clp(paid="0", services=svc("0", extra="CAS*CO*50*100\n")))).line
    owed = joined(ONE, remittance(clp(paid="0", services=svc("0", extra="CAS*PR*1*100\n")))).line
    assert [row["claim_status"] for row in (denied, refused, owed)] == ["denied", "denied", "paid"]
    assert owed["allowed_amount"] == "100.00"


def test_a_claim_paid_as_a_whole_is_spread_over_its_lines() -> None:
    claims = institutional(
        claim("C1", "LX*1\nSV2*0120**100*DA*1\nLX*2\nSV2*0271**200*DA*1\nLX*3\nSV2*0410**0*UN*1\n", "11:A:1", total="300")
    )
    found = joined(claims, remittance(clp(charge="300", paid="100.01", drg="790")))
    assert found.amounts() == ["33.33", "66.68", "0.00"]
    assert set(found.amounts("payment_method")) == {"drg"}


def test_what_the_claim_is_adjusted_by_is_spread_too() -> None:
    claims = professional(claim("C1", line(1) + line(2, "HC:94003", "50"), total="150"))
    services = svc("80") + svc("40", "50", "HC:94003", "2")
    found = joined(claims, remittance(clp(charge="150", paid="110", services="CAS*CO*A2*10\n" + services)))
    assert found.amounts() == ["73.34", "36.66"]


def test_a_payment_of_no_claim_is_set_aside_with_its_amount() -> None:
    found = joined(ONE, remittance(clp("C9", services=svc())))
    [aside] = found.aside
    assert (aside["fault"], aside["claim_id"], aside["paid_amount"], aside["source_file"]) == (
        "payment matches no claim line",
        "C9",
        "80",
        "file1.x12",
    )
    assert found.line["claim_status"] is None
    assert any("0 of 1 payments" in notice and "1 ($80.00) set aside" in notice for notice in found.conversion.notices)
    assert any("1 of 1 claim lines" in notice for notice in found.conversion.notices)


def test_a_payment_without_a_service_is_set_aside() -> None:
    [aside] = joined(ONE, remittance(clp(services=svc(service="HC", control="")))).aside
    assert aside["fault"] == "code or revenue code missing"


def test_the_same_remittance_twice_pays_once() -> None:
    payment = remittance(clp(services=svc()))
    found = joined(ONE, payment, payment)
    assert found.line["paid_amount"] == "80.00"
    assert [row["fault"] for row in found.aside] == ["payment was given before"]


def test_the_same_claim_sent_twice_is_paid_once_each() -> None:
    found = read(interchange(ONE), interchange(ONE), interchange(remittance(clp(services=svc()))))
    assert found.amounts() == ["80.00", "80.00"]  # alike in everything, so that the audit counts one of them
    assert not found.aside


REPLACED = professional(claim("C1", line()), claim("C1", "REF*F8*P1\n" + line(), "21:B:7"))


def test_a_payment_finds_its_version_by_frequency() -> None:
    found = joined(REPLACED, remittance(clp(paid="60", services=svc("60"), payer="X", frequency="7")))
    assert found.amounts() == [None, "60.00"]


def test_a_payment_finds_its_version_by_the_payers_number() -> None:
    first, second = clp(services=svc(), frequency=""), clp(paid="60", services=svc("60"), payer="P2", frequency="")
    assert joined(REPLACED, remittance(first, second)).amounts() == ["80.00", "60.00"]


def test_the_payers_number_of_the_original_becomes_the_claims_own() -> None:
    claims = professional(claim("A1", line()), claim("A2", "REF*F8*P1\n" + line(), "21:B:7"))
    found = joined(claims, remittance(clp("A1", services=svc())))
    assert found.amounts("original_claim_id") == [None, "A1"]


def test_a_payment_that_fits_several_versions_is_never_guessed() -> None:
    claims = professional(claim("C1", line(), "21:B:1"), claim("C1", line(), "21:B:2"))
    found = joined(claims, remittance(clp(services=svc(), frequency="", payer="X")))
    assert [row["fault"] for row in found.aside] == ["payment matches several claims"]
    assert found.amounts() == [None, None]


def test_one_number_of_two_patients_is_told_apart_by_the_patient() -> None:
    texts = [interchange(professional(claim("C1", line()), member=member)) for member in ("M1", "M2")]
    found = read(*texts, interchange(remittance(clp(services=svc(), member="M2"))))
    assert {row["member_id"]: row["paid_amount"] for row in found.lines} == {"M1": None, "M2": "80.00"}


def test_an_amount_that_is_none_is_left_for_the_intake_to_name() -> None:
    assert joined(ONE, remittance(clp(paid="8O", services=svc("8O")))).line["paid_amount"] == "8O"


def test_revenue_lines_are_found_by_their_code() -> None:
    body = "DTP*434*RD8*20260105-20260109\nLX*1\nSV2*0120**100*DA*1\nLX*2\nSV2*0271**200*DA*1\n"
    claims = institutional(claim("C1", body, "11:A:1", total="300"))
    services = "SVC*NU:0271*200*150**1\nSVC*NU:0120*100*70**1\n"
    found = joined(claims, remittance(clp(charge="300", paid="220", services="DTM*232*20260105\nDTM*233*20260109\n" + services)))
    assert found.amounts() == ["70.00", "150.00"]


def test_a_shared_number_joins_no_payment_that_contradicts_the_line() -> None:
    other_patient = joined(ONE, remittance(clp(services=svc(), member="OTHER")))
    other_service = joined(ONE, remittance(clp(charge="999", paid="777", services=svc("777", "999", "HC:99285", day="20250101"))))
    for found in (other_patient, other_service):
        assert found.amounts() == [None]
        assert [row["fault"] for row in found.aside] == ["payment matches no claim line"]


def test_one_contradiction_of_service_or_charge_is_a_payers_way() -> None:
    recoded = joined(ONE, remittance(clp(services=svc(service="HC:94003"))))
    split = joined(ONE, remittance(clp(services=svc("30", "40") + svc("50", "60"))))
    assert (recoded.amounts(), split.amounts()) == (["80.00"], ["80.00"])


def test_an_id_written_otherwise_or_the_subscribers_is_no_other_patient() -> None:
    spelled = joined(ONE, remittance(clp(services=svc(), member="m-1")))
    insured = joined(ONE, remittance(clp(services=svc(), member="OWN\nNM1*IL*1*DOE*JO****MI*M1")))
    assert (spelled.amounts(), insured.amounts()) == (["80.00"], ["80.00"])


def test_a_claim_paid_as_a_whole_is_not_of_another_patient_and_another_charge() -> None:
    found = joined(ONE, remittance(clp(charge="999", paid="777", member="OTHER")))
    assert found.amounts() == [None]
    assert [row["fault"] for row in found.aside] == ["payment matches no claim line"]
    assert joined(ONE, remittance(clp(charge="999", paid="77"))).amounts() == ["77.00"]


AMOUNTS = st.lists(st.integers(0, 99_999), min_size=1, max_size=5)


@draws(8, 60)
@given(AMOUNTS, st.integers(-500, 500), st.booleans(), st.booleans())
def test_what_was_paid_is_on_lines_or_set_aside(cents: list[int], rest: int, named: bool, known: bool) -> None:
    dollars = [f"{amount / 100:.2f}" for amount in cents]
    claims = professional(claim("C1", "".join(line(n, charge="900") for n, _ in enumerate(dollars, 1)), total=str(900 * len(cents))))
    services = "".join(svc(paid, "900", control=str(n)) for n, paid in enumerate(dollars, 1)) if named else ""
    total = f"{(sum(cents) + rest) / 100:.2f}"
    found = joined(claims, remittance(clp("C1" if known else "C2", charge=str(900 * len(cents)), paid=total, services=services)))
    if known:
        assert sum(Decimal(str(paid)) for paid in found.amounts()) == Decimal(total)
        assert not found.aside
    else:
        assert len(found.aside) == (len(cents) if named else 1)
        assert sum(Decimal(str(row["paid_amount"])) for row in found.aside) == (sum(map(Decimal, dollars)) if named else Decimal(total))


def test_a_number_that_very_many_claims_share_is_told_apart_by_the_patient() -> None:
    texts = [billing(member=f"M{number}") + claim("0", line()) for number in range(150)]
    found = read(interchange((PROFESSIONAL, "\n".join(texts))), interchange(remittance(clp("0", services=svc(), member="M77"))))
    assert {row["member_id"]: row["paid_amount"] for row in found.lines if row["paid_amount"]} == {"M77": "80.00"}
    nobody = read(interchange((PROFESSIONAL, "\n".join(texts))), interchange(remittance(clp("0", services=svc(), member="M999"))))
    assert [row["fault"] for row in nobody.aside] == ["payment matches no claim line"]


def test_revenue_codes_written_as_numbers_are_the_same_codes() -> None:
    claims = institutional(claim("C1", "DTP*434*D8*20260105\nLX*1\nSV2*450.00**100*UN*1\n", "13:A:1"))
    assert joined(claims, remittance(clp(services=svc(service="NU:0450", control="")))).amounts() == ["80.00"]
