"""Delimiters and envelopes: the faults that exist in the world are read, what contradicts itself is refused with its segment."""

from __future__ import annotations

import gzip

import pytest
from damage import read_bytes
from interchanges import Signs, claim, interchange, line, professional, read, remittance

from auditor.errors import ExtractRefused
from auditor.intake.x12 import is_x12

TEXT = interchange(professional(claim("C1", line(1) + line(2))))
LINE_ENDS = {"none": "", "lf": "\n", "cr": "\r", "crlf": "\r\n", "blank lines": "\r\n\r\n"}


def lines(text: str | bytes) -> int:
    found = read(text)
    assert {row["claim_id"] for row in found.lines} <= {"C1"}
    return len(found.lines)


@pytest.mark.parametrize("line_end", LINE_ENDS.values(), ids=LINE_ENDS)
def test_lines_end_as_they_like(line_end: str) -> None:
    assert lines(TEXT.replace("~", "~" + line_end)) == 2


@pytest.mark.parametrize("segment", ["\n", "\r", "\r\n"], ids=["lf", "cr", "crlf"])
def test_a_line_end_may_end_the_segment(segment: str) -> None:
    assert lines(TEXT.replace("~", segment)) == 2


def test_lines_broken_anywhere_are_joined() -> None:
    wrapped = "\r\n".join(TEXT[start : start + 80] for start in range(0, len(TEXT), 80))
    assert lines(wrapped) == 2
    assert read(wrapped).lines[0]["plan"] == "THE PLAN"


def test_a_line_break_inside_an_element_is_a_blank() -> None:
    assert read(TEXT.replace("THE PLAN", "THE\nPLAN")).lines[0]["plan"] == "THE PLAN"


@pytest.mark.parametrize("before", ["﻿", "\r\n\r\n ", ""], ids=["mark", "blanks", "nothing"])
def test_what_stands_before_the_header_is_passed_over(before: str) -> None:
    assert lines((before + TEXT).encode("utf-8")) == 2


def test_a_file_may_be_packed() -> None:
    packed = gzip.compress(TEXT.encode())
    assert is_x12(packed)
    assert lines(packed) == 2


def test_ends_of_segments_may_come_twice() -> None:
    assert lines(TEXT.replace("~", "~~")) == 2


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("SENDER         ", "SENDER"),
        ("SENDER         ", "SENDER" + " " * 40),
        ("*P*:~GS", "*P*~GS"),
        ("*P*:~GS", "*P*>~GS"),
        ("*P*:~GS", "*P*: ~GS"),
    ],
    ids=["narrow", "wide", "ISA16 missing", "ISA16 lies", "ISA16 padded"],
)
def test_a_header_of_another_width_is_read(was: str, becomes: str) -> None:
    assert was in TEXT
    found = read(TEXT.replace(was, becomes))
    assert [row["hcpcs_code"] for row in found.lines] == ["94002", "94002"]


def test_several_interchanges_may_have_signs_of_their_own() -> None:
    other = Signs("|", ">", "\n", "^", "")
    one, two, three = (interchange(professional(claim("C1", line())), signs=signs) for signs in (Signs(), other, Signs("+", "!", "'")))
    assert lines(one + two + three) == 3
    assert lines(one + "\r\n" + two + "\n" + three) == 3


def test_trailers_that_never_come_are_said() -> None:
    text = TEXT[: TEXT.index("~SE*") + 1]
    found = read(text)
    assert len(found.aside) == 2
    assert {row["fault"] for row in found.aside} == {"claim is cut off"}
    assert [notice for notice in found.conversion.notices if "missing" in notice]


def test_a_claim_that_adds_up_to_its_total_is_whole_without_trailers() -> None:
    text = interchange(professional(claim("C1", line(1) + line(2), total="200")))
    assert lines(text[: text.index("~SE*") + 1]) == 2


def test_a_payment_without_its_trailers_may_be_cut_off() -> None:
    text = interchange(remittance("CLP*C1*1*100*80**CI*P1*21*1\nSVC*HC:94002*100*80\nDTM*472*20260105"))
    assert [row["fault"] for row in read(text[: text.index("~SE*") + 1]).aside] == ["claim is cut off"]


REFUSED = {
    "cut off inside a segment": (TEXT[: TEXT.index("DTP*472") + 5], "segment 17", "cut off"),
    "segments lost": (TEXT.replace("HI*ABK:P2930~", ""), "segment 20", "SE01 should count 18"),
    "transaction's control number": (TEXT.replace("SE*19*0001", "SE*19*0002"), "segment 21", "SE02"),
    "group's control number": (TEXT.replace("GE*1*1", "GE*1*2"), "segment 22", "GE02"),
    "group's count": (TEXT.replace("GE*1*1", "GE*2*1"), "segment 22", "GE01 should count 1"),
    "interchange's control number": (TEXT.replace("IEA*1*000000001", "IEA*1*000000002"), "segment 23", "IEA02"),
    "interchange's count": (TEXT.replace("IEA*1*0", "IEA*3*0"), "segment 23", "IEA01 should count 1"),
    "trailer without header": (TEXT.replace("ST*837*0001*005010X222A1~", ""), "segment 20", "SE closes nothing"),
    "no header": ("HELLO", "segment 1", "must open with ISA"),
    "short header": ("ISA*00*~GS*HC~", "segment 1", "fewer than 16"),
    "header alone": (TEXT[:106], "segment 1", "expected GS"),
    "endless segment": (TEXT[: TEXT.index("ST*")] + "REF*" + "A" * (3 << 20), "segment 3", "longer than"),
    "nothing": ("", "file0.x12", "is empty"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_an_envelope_that_cannot_be_trusted_is_refused_with_its_place(case: tuple[str, str, str]) -> None:
    text, place, reason = case
    with pytest.raises(ExtractRefused) as refusal:
        read(text)
    assert place in str(refusal.value)
    assert reason in str(refusal.value)


def test_a_refusal_shows_nothing_of_a_member() -> None:
    text = interchange(professional(claim("SECRET", line()), member="SECRET"))
    for place in range(150, len(text), 37):
        with pytest.raises(ExtractRefused) as refusal:
            read_bytes(text[:place].encode())
        assert "SECRET" not in str(refusal.value)


def test_what_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.intake.x12.opening.FREE", 1 << 20)
    body = "".join(f"REF*ZZ*{'A' * 60}~" for _ in range(100_000))
    with pytest.raises(ExtractRefused, match="unpacks to more than"):
        read(gzip.compress((TEXT.split("~SE*")[0] + "~" + body).encode(), 9))


def test_a_packed_file_that_breaks_off_is_refused() -> None:
    with pytest.raises(ExtractRefused, match="cannot be unpacked"):
        read(gzip.compress(TEXT.encode())[:-20])


def test_other_transactions_are_said() -> None:
    group = "GS*BE*S*R*20261122*0600*9*X*005010X220A1~ST*834*0001~BGN*00*1~SE*3*0001~GE*1*9~"
    text = TEXT.replace("IEA*1", group + "IEA*2")
    found = read(text)
    assert len(found.lines) == 2
    assert any("not read: 1 × 834" in notice for notice in found.conversion.notices)


@pytest.mark.parametrize(
    ("head", "expected"),
    [(b"ISA*00*          *00*          *ZZ*A*ZZ*B*1*2*^*005*", True), (b"\xef\xbb\xbf\r\nISA|00| |00| |ZZ|A|ZZ|B|1|2|^|5", True)]
    + [
        (text, False)
        for text in (b"", b"ISA", b"ISABEL,1,2,3,4,5,6,7,8,9,10,11,12", b"claim_id,member_id", b"\x1f\x8bnot gzip", b'{"a": 1}')
    ],
)
def test_x12_is_known_by_its_header(head: bytes, expected: bool) -> None:
    assert is_x12(head) is expected
