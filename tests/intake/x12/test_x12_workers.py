"""Files read at once, in processes of their own, come to the same rows as files read in turn."""

from __future__ import annotations

import pytest
from interchanges import Read, claim, interchange, line, professional, read

from auditor.errors import ExtractRefused

TEXTS = [interchange(professional(claim(f"C{number}", line()))) for number in range(3)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.intake.x12.workers.WORTH_A_PROCESS", 1)


def told(found: Read) -> object:
    return found.lines, found.members, found.conversion.inputs, found.conversion.notices


def test_both_ways_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    together = told(read(*TEXTS))
    monkeypatch.undo()
    assert told(read(*TEXTS)) == together


def test_the_first_refusal_is_the_one_that_is_told() -> None:
    with pytest.raises(ExtractRefused, match=r"file1\.x12, segment 1"):
        read(TEXTS[0], "damaged", "damaged too")
