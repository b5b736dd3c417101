"""The ``[mail]`` settings: what is refused, and that a refusal says what to do and nothing of what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mail_server import PASSWORD

from auditor.mail import MailSettings

DESK = {"name": "desk", "to": ["desk@plan.example"]}
BASE: dict[str, Any] = {"server": "smtp.plan.example", "from": "auditor@plan.example", "groups": [DESK]}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a password in the file": ({"user": "auditor", "password": PASSWORD}, "password"),
    "a user without a password": ({"user": "auditor"}, "user and password go together"),
    "a password in the clear": (
        {"security": "none", "send_without_encryption_of_the_connection": True, "user": "a", "password": {"env": "P"}},
        "never sent over a connection without encryption",
    ),
    "no encryption": ({"security": "none"}, "send_without_encryption_of_the_connection = true"),
    "nobody to tell": ({"groups": []}, "groups"),
    "a group twice": ({"groups": [DESK, DESK]}, "two groups have one name"),
    "an address twice": ({"groups": [DESK | {"to": ["a@b.example", "A@b.example"]}]}, "an address stands in it twice"),
    "attachments in the clear": ({"groups": [DESK | {"attach": ["report"]}]}, "attach_member_data_without_encryption = true"),
    "the whole run to a part": (
        {"groups": [DESK | {"attach": ["report"], "protection": "smime", "queues": ["nurse"]}]},
        "attach_the_whole_run_to_a_group_told_of_a_part = true",
    ),
    "a ZIP without a password": ({"groups": [DESK | {"attach": ["report"], "protection": "zip"}]}, "zip_password go together"),
    "a ZIP of nothing": ({"groups": [DESK | {"protection": "zip", "zip_password": {"env": "Z"}}]}, "say which in attach"),
    "S/MIME without a certificate": ({"groups": [DESK | {"protection": "smime"}]}, "certificates has none for one of its addresses"),
    "an unknown queue": ({"groups": [DESK | {"queues": ["nurses"]}]}, "expected one of coding, director, nurse"),
    "an unknown line of business": ({"groups": [DESK | {"lines_of_business": ["tricare"]}]}, "expected one of"),
    "an unknown key": ({"groups": [DESK | {"cc": ["a@b.example"]}]}, "Extra inputs"),
    "a port that is none": ({"port": 70000}, "port"),
    "a link that is a program": ({"link": "javascript:alert(1)"}, "begins with https://"),
    "a link to something else": ({"link": "https://audits.plan.example/{member}"}, "in braces is {run}"),
    "a host with its port": ({"server": "smtp.plan.example:587"}, "name of a mail server"),
    "a host with a path": ({"server": "smtp.plan.example/25"}, "name of a mail server"),
}


@pytest.mark.parametrize(("told", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is looked at below
        MailSettings.model_validate(BASE | told)
    assert why in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_the_usual_ports_and_the_places_of_files() -> None:
    settings = MailSettings.model_validate(
        BASE | {"ca_file": "ca.pem", "groups": [DESK | {"protection": "smime"}], "certificates": {"Desk@plan.example": "desk.pem"}}
    )
    assert settings.port_used == 587
    assert MailSettings.model_validate(BASE | {"security": "smtps"}).port_used == 465
    beside = settings.beside(Path("/etc/auditor"))
    assert (beside.ca_file, beside.certificate("desk@PLAN.example")) == (Path("/etc/auditor/ca.pem"), Path("/etc/auditor/desk.pem"))
    assert settings.beside(Path("elsewhere")).ca_file == Path("elsewhere/ca.pem")
    assert MailSettings.model_validate(BASE | {"ca_file": "/ca.pem"}).beside(Path("elsewhere")).ca_file == Path("/ca.pem")
