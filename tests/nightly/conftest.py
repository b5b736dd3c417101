"""An audit is a pure function of its extract, rules and day: the nights of these tests make each once and remember it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from auditor.nightly import night as nights
from auditor.nightly.arrival import hash_look, look
from auditor.nightly.settings import ExtractPart
from auditor.pipeline import AuditResult
from auditor.runs.fingerprints import fingerprint
from auditor.runs.make import audit_run
from auditor.settings import Settings
from tests.test_command_line import command

__all__ = ["command"]

MARKERS = ("_SUCCESS", ".done")
Say = Callable[[str], None]
AUDITED: dict[str, tuple[list[str], AuditResult]] = {}


def key_of(settings: Settings) -> str:
    """What an audit is made from."""
    hashed = hash_look(look(ExtractPart(paths=tuple(map(str, settings.paths)))))
    read = [one for one in hashed.hashes if not one[0].endswith(MARKERS)]
    return repr((asdict(fingerprint(settings, read)), settings.as_of, settings.time_zone))


def remembered(settings: Settings, say: Say) -> AuditResult:
    """The audit, made for real the first time; its stages are said each time."""
    key, stages = key_of(settings), list[str]()
    if key not in AUDITED:
        result = audit_run(settings, lambda stage: (stages.append(stage), say(stage))[0])
        if key_of(settings) == key:
            AUDITED[key] = stages, result
        return result
    for stage in AUDITED[key][0]:
        say(stage)
    return AUDITED[key][1]


@pytest.fixture
def real_audits() -> None:
    """Asked for by tests of what befalls the audit itself."""


@pytest.fixture(autouse=True)
def _remembered_audits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_audits" not in request.fixturenames:
        monkeypatch.setattr(nights, "audit_run", remembered)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """The umask of this process, for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
