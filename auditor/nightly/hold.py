"""Holds a night from the lock to the heartbeat: whatever befalls it ends in an account, and never in half a run."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from auditor.disk import say_when_full
from auditor.errors import AuditorError
from auditor.nightly.account import GOOD, Account
from auditor.nightly.folders import manifest_of, newest_run
from auditor.nightly.journal import Event
from auditor.nightly.night import Done, Night, Partners, clock_behind, hold_night
from auditor.nightly.partners import Posted
from auditor.nightly.watch import Watch
from auditor.outcomes import ExitCode
from auditor.private_files import make_private
from auditor.runs import RunFolder, lock_folder

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ending:
    """How a night ended, and what the ledger then said: messages not delivered (None: nobody knows), findings by change."""

    done: Done
    undelivered: int | None = None
    findings: Mapping[str, int] = field(default_factory=dict)


def hold(night: Night) -> Account:
    """One night and its account. RunLocked where another has the lock: then nothing at all is written."""
    journal, began = night.journal, night.clock.at()
    with lock_folder(night.settings.run.out):
        watch = Watch(night.settings.watch, journal.notice)
        journal.note(Event.BEGAN)
        watch.begin(journal.night, began)
        account = _account(night, began)
        watch.end(account)
        journal.end(account.outcome, int(account.exit_code), account.why)
    return account


def _account(night: Night, began: datetime) -> Account:
    behind = clock_behind(night)
    if behind:
        night.journal.warn(f"the clock is {behind:,.0f} seconds behind the newest run. Runs are named on from it; set the clock right.")
    ending = _end(night)
    night.journal.end_stage()
    newest = newest_run(night.settings.run.out)
    return Account(
        night=night.journal.night,
        name=night.settings.name,
        outcome=ending.done.outcome,
        exit_code=ending.done.exit_code,
        began=began,
        ended=night.clock.at(),
        why=ending.done.why,
        run=night.journal.run,
        latest=newest.name if newest else "",
        manifest=manifest_of(newest),
        findings=ending.findings,
        seconds=night.journal.seconds,
        undelivered=ending.undelivered,
        pruned=ending.done.pruned,
        clock_behind=behind,
    )


def _end(night: Night) -> Ending:
    """The night between the opening and the closing of the ledger and the post."""
    try:
        make_private(night.settings.scratch)
        with night.partners() as partners:
            done = _done(night, partners)
            _alarm(night, done.exit_code)
            newest = newest_run(night.settings.run.out)
            return Ending(done, partners.post.owed(), _findings(partners, newest))
    except Exception as fault:
        done = trouble(night, fault)
        _alarm(night, done.exit_code)
        return Ending(done)


def _findings(partners: Partners, newest: RunFolder | None) -> Mapping[str, int]:
    return partners.ledger.findings_by_change(newest.name) if newest and partners.ledger.knows(newest.name) else {}


def _done(night: Night, partners: Partners) -> Done:
    try:
        with say_when_full(night.settings.run.out):
            return hold_night(night, partners)
    except Exception as fault:
        return trouble(night, fault)


def _alarm(night: Night, code: ExitCode) -> None:
    """Tells people of a night that did not go well; that they cannot be told is a notice, and ends nothing."""
    if code in (*GOOD, ExitCode.NOT_DELIVERED):
        return
    night.journal.stage("alarm")
    try:
        for sentence in night.alarm(code, night.journal.run).troubles:
            night.journal.notice(sentence)
    except AuditorError as refused:
        night.journal.notice(str(refused))
    except Exception as fault:
        night.journal.notice(f"the alarm failed: {type(fault).__name__} at {place_of(fault)}")


def trouble(night: Night, fault: Exception) -> Done:
    """What a night that made no run came to. Of a fault nobody foresaw only its kind and its place are told: its words may hold values."""
    if isinstance(fault, AuditorError):
        code, why = fault.exit_code, str(fault)
    else:
        code, why = ExitCode.UNFORESEEN, f"{type(fault).__name__} at {place_of(fault)}"
    night.journal.note(Event.TROUBLE, exit_code=int(code), why=why)
    return Done(code.name.lower(), code, None, Posted(), (), why)


def place_of(fault: BaseException) -> str:
    """The innermost line of the program that a fault came through."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    last = (own or frames)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}"


def night_id(name: str, began: datetime) -> str:
    """What log lines and the heartbeat call one night."""
    return f"{name}-{began.astimezone(UTC):%Y%m%dT%H%M%SZ}"
