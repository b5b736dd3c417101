"""Mail against a real server that refuses, hangs, dies and delays: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_server import DIE, HANG, TAKE_AND_DIE, TAKE_AND_HANG, Conduct, free_port
from sqlalchemy import create_engine

from auditor.errors import SettingsRefused
from auditor.ledger.deliveries import Deliveries, DeliveryState
from auditor.mail import ALARMS, deliver_again, deliver_pending, messages_owed, owe, runs_owed, tell_trouble
from auditor.mail.alarms import Alarm, AlarmBook
from auditor.mail.drafts import Drafts
from auditor.mail.rounds import Parcel
from auditor.outcomes import EXIT_CODES, ExitCode
from auditor.runs import RunFolder, run_folders
from tests.mail.conftest import WHEN, Office, Store, make_store, serving

DESK, NURSE, AWAY = "desk@plan.example", "nurse@plan.example", "away@plan.example"
THREE = {"name": "everyone", "to": [DESK, NURSE, AWAY]}
RUN = "2026-11-22-001"


def test_a_message_is_sent_once_and_the_next_delivery_has_nothing_to_do(office: Office, keys: Path) -> None:
    assert owe(office.desk, office.run) == 1
    assert owe(office.desk, office.run) == 0
    assert runs_owed(office.desk) == {RUN}
    with serving(office, keys) as took:
        first, second = deliver_pending(office.desk), deliver_pending(office.desk)
    assert (first.sent, first.exit_code, second.sent, second.exit_code) == (1, ExitCode.AUDITED, 0, ExitCode.AUDITED)
    assert took.count == {DESK: 1}
    assert took.logins == 1, "nothing owed, no connection"
    assert runs_owed(office.desk) == frozenset()


@pytest.mark.parametrize("security", ["starttls", "smtps"])
def test_both_kinds_of_encryption_carry_it(office: Office, keys: Path, security: str) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, security=security) as took:
        assert deliver_pending(office.desk).sent == 1
    assert took.commands == (["STARTTLS"] if security == "starttls" else [])
    assert took.logins == 1


def test_a_connection_in_the_clear_only_when_the_settings_say_so(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    with pytest.raises(ValueError, match="send_without_encryption_of_the_connection"):
        office.set(security="none", user=None, password=None)
    office.set(send_without_encryption_of_the_connection=True, user=None, password=None)
    with serving(office, keys, security="none") as took:
        assert deliver_pending(office.desk).sent == 1
    assert took.count == {DESK: 1}


def test_a_server_that_is_not_there_is_tried_with_growing_pauses_and_the_next_night_sends(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    office.set(port=free_port(), tries=4)
    night = deliver_pending(office.desk)
    assert (night.sent, night.owed, night.exit_code) == (0, 1, ExitCode.NOT_DELIVERED)
    assert office.pauses == [10, 20, 40]
    assert night.troubles == (f"the mail server (localhost, port {office.desk.settings.port}) cannot be reached: Connection refused.",)
    assert office.rows()[0].trouble == night.troubles[0]
    with serving(office, keys) as took:
        assert deliver_pending(office.desk).sent == 1
    assert took.count == {DESK: 1}


@pytest.mark.parametrize(
    "conduct",
    [Conduct(ehlo=HANG), Conduct(ehlo=DIE), Conduct(rcpt=lambda *_: HANG), Conduct(rcpt=lambda *_: DIE)],
    ids=["hangs at once", "dies at once", "hangs at RCPT", "dies at RCPT"],
)
def test_a_server_that_fails_before_it_has_the_message_gets_it_the_next_night(office: Office, keys: Path, conduct: Conduct) -> None:
    owe(office.desk, office.run)
    office.set(timeout_seconds=0.4, tries=2)
    with serving(office, keys, conduct):
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed, night.uncertain) == (0, 1, 0)
    assert office.states()[RUN] == ["owed"]
    assert night.troubles
    office.set(timeout_seconds=20)
    with serving(office, keys) as took:
        assert deliver_pending(office.desk).sent == 1
    assert took.count == {DESK: 1}


def test_a_server_that_dies_within_a_long_message_cannot_have_it(office: Office, keys: Path, tmp_path: Path) -> None:
    shutil.copytree(office.desk.runs, tmp_path / "copies")
    (tmp_path / "copies" / RUN / "report.html").write_bytes(b"longer than what lies between two programs\n" * 300_000)
    office.desk = replace(office.desk, runs=tmp_path / "copies")
    attached = {"attach": ["report", "worklist"], "attach_member_data_without_encryption": True}
    office.set(groups=[{"name": "everyone", "to": [DESK]} | attached], tries=1, largest_message_mb=100)
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(body=DIE, size=100_000_000)) as took:
        night = deliver_pending(office.desk)
    assert (night.owed, night.uncertain, took.asked["bodies"]) == (1, 0, 1)
    with serving(office, keys, Conduct(size=100_000_000)):
        assert deliver_pending(office.desk).sent == 1
    assert took.count == {DESK: 1}


def test_a_server_that_dies_within_a_short_message_leaves_it_owed_only_if_its_end_was_never_sent(office: Office, keys: Path) -> None:
    """All of a short message may be on its way before the connection is seen to be gone: then nobody can know what was read of it."""
    owe(office.desk, office.run)
    office.set(tries=1)
    with serving(office, keys, Conduct(body=DIE)) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed + night.uncertain) == (0, 1)
    with serving(office, keys):
        assert deliver_pending(office.desk).sent == night.owed
    assert took.count[DESK] == night.owed


@pytest.mark.parametrize("answer", [TAKE_AND_DIE, TAKE_AND_HANG, DIE], ids=["took it and died", "took it and hangs", "died, not having it"])
def test_a_connection_lost_before_the_answer_is_uncertain_and_never_tried_unasked(office: Office, keys: Path, answer: str) -> None:
    owe(office.desk, office.run)
    office.set(patience_seconds=0.5)
    with serving(office, keys, Conduct(data=lambda *_: answer)) as took:
        night = deliver_pending(office.desk)
    held = took.count[DESK]
    office.set(patience_seconds=20)
    assert (night.sent, night.owed, night.uncertain, night.exit_code) == (0, 0, 1, ExitCode.NOT_DELIVERED)
    assert "before the mail server answered" in night.troubles[0]
    with serving(office, keys):
        assert deliver_pending(office.desk).sent == 0
        assert took.count[DESK] == held
        assert deliver_again(office.desk, office.run, "everyone").sent == 1
    ids = {line for _, message in took.messages for line in message.split(b"\r\n") if line.startswith(b"Message-ID:")}
    assert len(ids) == 1, "a person's second copy is known to be one"


def test_a_server_that_dies_on_quit_has_it(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(quit=DIE)) as took:
        assert deliver_pending(office.desk).exit_code is ExitCode.AUDITED
        assert deliver_pending(office.desk).sent == 0
    assert took.count == {DESK: 1}


def test_greylisting_is_waited_out(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    conduct = Conduct(
        rcpt=lambda _, times: "451 4.7.1 later, please" if times == 1 else "250 fine",
        data=lambda _, times: "451 4.3.0 busy" if times == 1 else "250 taken",
    )
    with serving(office, keys, conduct) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed, night.troubles) == (1, 0, ())
    assert (office.pauses, took.count) == ([10, 20], {DESK: 1})


def test_one_recipient_refused_for_good_leaves_the_others_theirs(office: Office, keys: Path) -> None:
    office.set(groups=[THREE])
    assert owe(office.desk, office.run) == 3
    conduct = Conduct(rcpt=lambda address, _: "550 5.1.1 nobody here" if address == AWAY else "250 fine")
    with serving(office, keys, conduct) as took:
        first, second = deliver_pending(office.desk), deliver_pending(office.desk)
    assert (first.sent, first.refused, first.owed) == (2, 1, 0)
    assert first.troubles == (f"run {RUN} to {AWAY}: the mail server turned the recipient away: 550 5.1.1 nobody here",)
    assert second == replace(second, sent=0, refused=0, owed=0), "refused for good is not tried again"
    assert took.count == {DESK: 1, NURSE: 1}
    assert took.asked[f"rcpt {AWAY}"] == 1
    assert office.states()[RUN] == ["refused", "sent", "sent"]


def test_one_recipient_put_off_is_tried_again_without_the_others(office: Office, keys: Path) -> None:
    office.set(groups=[THREE])
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(rcpt=lambda address, _: "452 4.2.2 full" if address == AWAY else "250 fine")) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed) == (2, 1)
    with serving(office, keys):
        assert deliver_pending(office.desk).sent == 1
    assert took.count == {DESK: 1, NURSE: 1, AWAY: 1}


def test_one_message_that_breaks_the_connection_does_not_hold_up_the_rest(office: Office, keys: Path) -> None:
    office.set(groups=[THREE])
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(rcpt=lambda address, _: DIE if address == AWAY else "250 fine")) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed) == (2, 1)
    assert took.count == {DESK: 1, NURSE: 1}


@pytest.mark.parametrize("answer", ["550 5.7.1 refused", "554 5.6.0 no"])
def test_a_message_refused_for_good_is_said_and_not_tried_again(office: Office, keys: Path, answer: str) -> None:
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(data=lambda *_: answer)) as took:
        night, next_night = deliver_pending(office.desk), deliver_pending(office.desk)
    assert (night.refused, night.owed, next_night.exit_code) == (1, 0, ExitCode.AUDITED)
    assert night.exit_code is ExitCode.NOT_DELIVERED
    assert took.asked[f"data {DESK}"] == 1


@pytest.mark.parametrize("state", ["uncertain", "refused"])
def test_the_next_message_says_what_the_last_one_came_to(office: Office, keys: Path, state: str) -> None:
    earlier, later = run_folders(office.desk.runs)
    owe(office.desk, earlier)
    with serving(office, keys, Conduct(data=lambda *_: TAKE_AND_DIE if state == "uncertain" else "554 no")) as took:
        deliver_pending(office.desk)
    assert office.states()[earlier.name] == [state]
    owe(office.desk, later)
    with serving(office, keys):
        deliver_pending(office.desk)
    text = readable(took.messages[-1][1])
    assert f"`auditor mail {earlier.name} --again everyone` sends it again." in text
    owe(office.desk, later)
    assert deliver_pending(office.desk).sent == 0


def readable(message: bytes) -> str:
    import email
    import email.policy

    body = email.message_from_bytes(message, policy=email.policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_what_is_owed_of_an_earlier_run_is_sent_first(office: Office, keys: Path) -> None:
    for run in run_folders(office.desk.runs):
        owe(office.desk, run)
    assert messages_owed(office.desk) == 2
    with serving(office, keys) as took:
        assert deliver_pending(office.desk).sent == 2
    assert ["2026-11-21-001" in readable(message) for _, message in took.messages] == [True, True]
    assert "Since run 2026-11-21-001" in readable(took.messages[1][1])
    assert "first run" in readable(took.messages[0][1])


def test_only_the_run_asked_for(office: Office, keys: Path) -> None:
    for run in run_folders(office.desk.runs):
        owe(office.desk, run)
    with serving(office, keys):
        assert deliver_pending(office.desk, only=office.run).sent == 1
    assert office.states() == {"2026-11-21-001": ["owed"], RUN: ["sent"]}


def test_a_run_whose_folder_was_removed_is_said_and_not_owed_for_ever(office: Office, keys: Path, tmp_path: Path) -> None:
    owe(office.desk, office.run)
    office.desk = replace(office.desk, runs=tmp_path)
    with serving(office, keys):
        night = deliver_pending(office.desk)
    assert (night.refused, night.owed, night.sent) == (1, 0, 0)
    assert "is gone" in night.troubles[0]


def test_a_run_that_is_not_whole_stays_owed(office: Office, keys: Path, tmp_path: Path) -> None:
    owe(office.desk, office.run)
    (tmp_path / "damaged" / RUN).mkdir(parents=True)
    office.desk = replace(office.desk, runs=tmp_path / "damaged")
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert (night.owed, night.sent) == (1, 0)
    assert "cannot be read" in night.troubles[0]
    assert not took.messages


def test_a_run_that_the_ledger_does_not_know_owes_nothing(office: Office) -> None:
    with pytest.raises(SettingsRefused, match="the ledger does not know this run"):
        owe(office.desk, RunFolder(office.desk.runs / "2026-11-23-001"))


def test_an_unknown_group_is_refused_with_the_nearest_name(office: Office) -> None:
    with pytest.raises(SettingsRefused, match="Did you mean everyone"):
        deliver_again(office.desk, office.run, "evryone")


def test_a_message_has_one_sender_only(office: Office) -> None:
    owe(office.desk, office.run)
    deliveries, [row] = Deliveries(office.desk.store), office.rows()
    assert deliveries.begin(row.message_id, office.desk.at())
    assert not deliveries.begin(row.message_id, office.desk.at())


def test_a_sender_killed_while_the_server_thinks_leaves_an_uncertain_message(office: Office, keys: Path) -> None:
    owe(office.desk, office.run)
    office.set(patience_seconds=60)
    with serving(office, keys, Conduct(data=lambda *_: TAKE_AND_HANG)) as took:
        child = os.fork()
        if not child:
            engine = create_engine(str(office.desk.store.engine.url))  # type: ignore[attr-defined]
            deliver_pending(replace(office.desk, store=Store(engine)))
            os._exit(0)
        until = time.monotonic() + 20
        while not took.messages and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert [row.state for row in office.rows()] == [DeliveryState.SENDING]
    with serving(office, keys):
        night = deliver_pending(office.desk)
        assert (night.sent, night.uncertain) == (0, 1)
        assert deliver_pending(office.desk).exit_code is ExitCode.AUDITED
    assert took.count == {DESK: 1}
    assert "1 message: its sender was stopped while sending" in night.troubles[0]


def test_a_group_with_nothing_to_read_is_not_written_to_unless_it_asks(office: Office, keys: Path) -> None:
    empty = {"to": [NURSE], "lines_of_business": ["medicaid"], "queues": ["silent"]}
    skipped, asks = {**empty, "name": "skipped"}, {**empty, "name": "asks", "to": [AWAY], "when_empty": "send"}
    part = {"name": "part", "to": [DESK], "queues": ["nurse"]}
    office.set(groups=[skipped, asks, part, {"name": "all", "to": ["all@plan.example"], "when_empty": "skip"}])
    with serving(office, keys) as took:
        assert owe(office.desk, office.run) == 3
        assert deliver_pending(office.desk).sent == 3
        assert took.count == {AWAY: 1, DESK: 1, "all@plan.example": 1}
        assert deliver_again(office.desk, office.run, "skipped").sent == 1, "a person asked for it"
    damaged = RunFolder(office.desk.runs / "gone" / office.run.name)
    assert Drafts(office.desk, ()).concerns(damaged, office.desk.settings.groups[0])


def test_a_night_without_a_run_is_told_to_everyone_once(office: Office, keys: Path) -> None:
    office.set(groups=[THREE, {"name": "again", "to": [DESK]}])
    with serving(office, keys) as took:
        assert tell_trouble(office.desk, ExitCode.EXTRACT_REFUSED).sent == 3
    assert took.count == {DESK: 1, NURSE: 1, AWAY: 1}
    assert f"Exit 11: {EXIT_CODES[ExitCode.EXTRACT_REFUSED]}" in readable(took.messages[0][1])
    assert "No run was made" in readable(took.messages[0][1])
    assert office.rows() == ()


def test_a_night_without_a_run_is_told_by_a_later_one_when_the_server_was_down(office: Office, keys: Path) -> None:
    office.set(groups=[THREE, {"name": "again", "to": [DESK]}])
    office.set(port=free_port())
    night = tell_trouble(office.desk, ExitCode.NOT_ARRIVED)
    assert (night.sent, night.owed, night.exit_code) == (0, 3, ExitCode.NOT_DELIVERED)
    assert messages_owed(office.desk) == 3
    assert (office.desk.runs / ALARMS).stat().st_mode & 0o777 == 0o600
    assert tell_trouble(office.desk, ExitCode.NOT_ARRIVED).owed == 3, "the same trouble of one day is one message"
    office.desk = replace(office.desk, at=lambda: WHEN + timedelta(days=1))
    owe(office.desk, office.run)
    with serving(office, keys) as took:
        assert deliver_pending(office.desk).sent == 7
        assert deliver_pending(office.desk).sent == 0
    assert took.count == {DESK: 3, NURSE: 2, AWAY: 2}
    [late] = [content for address, content in took.messages if address == NURSE and b"no run" in content]
    assert b"Subject: auditor: no run on 2026-11-22\r\n" in late
    assert b"Date: Mon, 23 Nov 2026 06:05:04 +0000\r\n" in late
    assert "could not be sent that night" in readable(late)
    office.desk = replace(office.desk, at=lambda: WHEN + timedelta(days=30))
    assert deliver_pending(office.desk).sent == 0
    assert not (office.desk.runs / ALARMS).exists(), "what is settled and long past is forgotten"


def test_a_message_of_a_night_without_a_run_is_never_sent_twice(office: Office, keys: Path) -> None:
    with serving(office, keys, Conduct(data=lambda *_: TAKE_AND_DIE)) as took:
        night = tell_trouble(office.desk, ExitCode.DISK_FULL)
        assert (night.sent, night.owed, night.uncertain) == (0, 0, 1)
    with serving(office, keys):
        assert tell_trouble(office.desk, ExitCode.DISK_FULL).sent == 0
        book = AlarmBook(office.desk.runs / ALARMS)
        book.owe([Alarm("killed@plan.example", DESK, "2026-11-22", 16, "")], WHEN.date())
        book.begin(Parcel("killed@plan.example", DESK, "", lambda largest: b""))
        after = deliver_pending(office.desk)
    assert (after.sent, after.uncertain) == (0, 1), "its sender was killed while sending"
    assert took.count == {DESK: 1}


def test_a_book_that_cannot_be_written_or_read_keeps_no_alarm_back(office: Office, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    (office.desk.runs / ALARMS).write_text("{", encoding="utf-8")
    with serving(office, keys) as took:
        night = tell_trouble(office.desk, ExitCode.DISK_FULL)
        assert (night.sent, "cannot be read" in night.troubles[0]) == (1, True)
        monkeypatch.setattr("auditor.mail.alarms.write_whole", full)
        night = tell_trouble(office.desk, ExitCode.LEDGER_REFUSED)
    assert (night.sent, "may be sent again" in night.troubles[0]) == (1, True)
    assert took.count == {DESK: 2}


def test_a_night_that_ended_after_its_run_says_that_there_is_one(office: Office, keys: Path) -> None:
    with serving(office, keys) as took:
        tell_trouble(office.desk, ExitCode.LEDGER_REFUSED, "2026-11-22-001")
    said = readable(took.messages[0][1])
    assert "Run 2026-11-22-001 was made" in said
    assert "o run" not in said


NIGHTS = {
    "fine": Conduct(),
    "greylists": Conduct(rcpt=lambda _, times: "451 later" if times % 2 else "250 fine"),
    "puts one off": Conduct(rcpt=lambda address, _: "450 later" if address == AWAY else "250 fine"),
    "refuses one": Conduct(rcpt=lambda address, _: "550 no" if address == NURSE else "250 fine"),
    "busy after the message": Conduct(data=lambda *_: "451 later"),
    "refuses the message": Conduct(data=lambda address, _: "554 no" if address == DESK else "250 taken"),
    "dies at RCPT": Conduct(rcpt=lambda address, _: DIE if address == AWAY else "250 fine"),
    "dies within": Conduct(body=DIE),
    "takes one and dies": Conduct(data=lambda address, _: TAKE_AND_DIE if address == NURSE else "250 taken"),
    "dies with one": Conduct(data=lambda address, _: DIE if address == DESK else "250 taken"),
    "closes for the night": Conduct(data=lambda *_: "421 closing"),
    "dies on quit": Conduct(quit=DIE),
    "has no STARTTLS": Conduct(starttls=False),
}


@contextmanager
def a_ledger(office: Office, path: Path) -> Iterator[Office]:
    store = make_store(path)
    for run in run_folders(office.desk.runs):
        store.record(run)
    fresh = replace(office, desk=replace(office.desk, store=store), took=type(office.took)())
    try:
        yield fresh
    finally:
        store.engine.dispose()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.sampled_from(sorted(NIGHTS)), min_size=1, max_size=5))
def test_whatever_the_server_does_no_message_is_taken_twice_and_none_is_lost(
    office: Office, keys: Path, tmp_path_factory: Any, nights: list[str]
) -> None:
    with a_ledger(office, tmp_path_factory.mktemp("ledger") / "ledger.db") as fresh:
        fresh.set(groups=[THREE], tries=2)
        owe(fresh.desk, fresh.run)
        for night in nights:
            with serving(fresh, keys, NIGHTS[night]):
                deliver_pending(fresh.desk)
        taken = {row.state: 0 for row in fresh.rows()}
        for row in fresh.rows():
            copies = sum(row.message_id.encode() in message for _, message in fresh.took.messages)
            allowed = {DeliveryState.SENT: (1,), DeliveryState.UNCERTAIN: (0, 1)}.get(row.state, (0,))
            assert copies in allowed, (nights, row.state)
            taken[row.state] += 1
        assert DeliveryState.SENDING not in taken
        assert max(fresh.took.count.values(), default=0) <= 1
        if "fine" in nights:
            assert DeliveryState.OWED not in taken
