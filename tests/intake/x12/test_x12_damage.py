"""Damaged files never crash, hang or swell: they are read, or refused with a file and a segment."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from damage import read_bytes
from draws import draws
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from interchanges import claim, institutional, interchange, line, professional, remittance

from auditor.errors import ExtractRefused

GAS = "DTP*434*RD8*20260105-20260109\nNTE*ADD*NOTE\nLX*1\nSV2*0271**4500.00*DA*1\nLIN**N4*64693000202\nSVD*P*1*HC:1**1\n"
PAID = "CLP*C1*1*100*80**CI*P1*21*1\nCAS*CO*45*20\nSVC*HC:94002*100*80**1\nDTM*472*20260105\nREF*6R*1\nAMT*B6*80\nPLB*1*20261231*CS*5\n"
WHOLE = interchange(
    professional(claim("C1", line(1) + line(2))), institutional(claim("C2", GAS, "11:A:7")), remittance(PAID)
).encode()  # fmt: skip
PLACE = re.compile(r"^file\.x12(, segment \d+)?: ")
FEW = draws(40, 400)
MANY = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))

places = st.integers(0, len(WHOLE))
flips = st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)), min_size=1, max_size=12)


def survives(content: bytes) -> None:
    """Reads the bytes: whatever comes of it, it is rows or a refusal that says where."""
    try:
        found = read_bytes(content)
    except ExtractRefused as refusal:
        refused = str(refusal)
    else:
        refused = "file.x12: read"
        assert found.file.bytes == len(content)
        assert found.file.rows <= sum(content.count(tag) for tag in (b"LX", b"CLM", b"CLP", b"SV")) + 1
    assert PLACE.match(refused), refused


def flip(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, mask in changes:
        changed[place] ^= mask
    return bytes(changed)


@FEW
@given(places)
@example(0)
def test_files_cut_off_anywhere(place: int) -> None:
    survives(WHOLE[:place])


@FEW
@given(places, places, places)
def test_files_spliced_anywhere(one: int, two: int, three: int) -> None:
    first, second = sorted((one, two))
    survives(WHOLE[:second] + WHOLE[first:] + WHOLE[:three])
    survives(WHOLE[:first] + WHOLE[second:])


@FEW
@given(flips)
def test_bits_flipped_anywhere(changes: list[tuple[int, int]]) -> None:
    survives(flip(WHOLE, changes))


@FEW
@given(st.binary(max_size=2000))
def test_any_bytes_after_a_header(tail: bytes) -> None:
    survives(WHOLE[:106] + tail)


@FEW
@given(st.text("ISAGT*:~^\n\r 01", max_size=400))
def test_any_header(text: str) -> None:
    survives(text.encode())


@pytest.mark.thorough
@MANY
@given(flips, places, places)
def test_all_damages_at_once(changes: list[tuple[int, int]], one: int, two: int) -> None:
    damaged = flip(WHOLE, changes)
    survives(damaged[: max(one, two)] + damaged[min(one, two) :])


@pytest.mark.thorough
def test_atheris_finds_no_bytes_that_crash(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "whole").write_bytes(WHOLE)
    script = Path(__file__).with_name("fuzz_reader.py")
    options = ["-runs=20000", "-max_len=4096", "-rss_limit_mb=1000", "-timeout=20", "-seed=1", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run([sys.executable, str(script), str(seeds), *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


HEAD = WHOLE[: WHOLE.index(b"CLM*")]


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(b"HI*" + b"*ABF:A" * 150_000 + b"~", id="codes"),
        pytest.param(b"LX*1~" * 100_000, id="lines", marks=pytest.mark.thorough),
        pytest.param(b"HL*1**20*1~" * 300_000, id="levels"),
        pytest.param(b"~" * 3_000_000, id="empty segments"),
        pytest.param(b"CLM*1*1***11:B:1~" * 100_000, id="claims"),
    ],
)
def test_floods_are_read_or_refused_in_little_memory(flood: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    survives(HEAD + b"CLM*C1*1***11:B:1~" + flood + b"SE*1*0001~")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 400_000 if sys.platform == "linux" else grown >= 0
