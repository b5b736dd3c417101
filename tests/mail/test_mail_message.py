"""The message itself: as the standards ask, the same bytes each time, and not one identifier in it unless it is encrypted."""

from __future__ import annotations

import csv
import email
import email.policy
import re
import subprocess
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from mail_certificates import DAY, Pair, Reader, reader_pair
from mail_server import Conduct

from auditor.mail import deliver_pending, owe
from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.secrets import secrets_from
from tests.mail.conftest import ENVIRONMENT, WHEN, Office, serving

DESK = "desk@plan.example"
PLAIN = {"name": "everyone", "to": [DESK]}
ZIPPED = PLAIN | {"attach": ["report", "worklist"], "protection": "zip", "zip_password": {"env": "ZIP_PASSWORD"}}
SEALED = PLAIN | {"attach": ["report", "worklist"], "protection": "smime"}
IN_THE_CLEAR = PLAIN | {"attach": ["worklist"], "attach_member_data_without_encryption": True}
IDENTIFIERS = re.compile(
    r"(?:member_id|claim_id|person_id|mother|birth_date|document_id|encounter|number|npi|tin|authorization|facility|recorded_by)"
)


def sent(office: Office, keys: Path, **settings: Any) -> bytes:
    """The bytes that a server got."""
    office.set(**settings)
    owe(office.desk, office.run)
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert night.exit_code is ExitCode.AUDITED, night
    return took.messages[-1][1]


def parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_it_is_as_the_standards_ask(office: Office, keys: Path) -> None:
    content = sent(office, keys, reply_to="reviews@plan.example")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    message = parse(content)
    assert parsedate_to_datetime(message["Date"]) == WHEN
    assert re.search(rb"\r\nMessage-ID: <[a-z2-7]{20}\.[a-z2-7]{20}@plan\.example>\r\n", content)
    assert (message["From"], message["To"], message["Reply-To"]) == ("auditor@plan.example", DESK, "reviews@plan.example")
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert len(message.get_all("Subject")) == len(message.get_all("Date")) == 1


def test_both_bodies_say_the_same_numbers(office: Office, keys: Path) -> None:
    message = parse(sent(office, keys))
    plain, page = body(message, "plain"), re.sub(r"<style.*?</style>|<[^>]+>", " ", body(message, "html"), flags=re.DOTALL)
    numbers = re.compile(r"\$[\d,.]*\d|\b\d[\d,]*\b")
    told = sorted(numbers.findall(plain))
    shown = sorted(numbers.findall(re.sub(r"^.*?Run 2026", "Run 2026", " ".join(page.split()))))
    assert told == shown
    totals = office.run.manifest["totals_dollars"]
    assert f"${float(totals['counted']):,.2f}" in plain
    assert f"${float(totals['at_risk_low']):,.2f} – ${float(totals['at_risk_high']):,.2f}" in plain


def test_the_same_run_makes_the_same_bytes(office: Office, keys: Path) -> None:
    first = sent(office, keys)
    with serving(office, keys) as took:
        from auditor.mail import deliver_again

        deliver_again(office.desk, office.run, "everyone")
    assert took.messages[-1][1] == first
    office.desk = replace(office.desk, at=lambda: WHEN + DAY)
    with serving(office, keys):
        deliver_again(office.desk, office.run, "everyone")
    assert took.messages[-1][1].replace(b"23 Nov", b"22 Nov").replace(b"Mon,", b"Sun,") == first, "the date alone is of the moment"


def test_messages_of_other_groups_runs_and_recipients_have_other_ids(office: Office) -> None:
    office.set(groups=[PLAIN | {"to": [DESK, "nurse@plan.example"]}, {"name": "others", "to": [DESK]}])
    owe(office.desk, office.run)
    rows = office.rows()
    assert len({row.message_id for row in rows}) == 3
    assert len({row.recipient for row in rows}) == 2


# --- member data ---------------------------------------------------------------------------------------------------------------


def identifiers(run: Path) -> set[str]:
    """Every id, name and date of birth of the samples, and the names that the run gave."""
    found: set[str] = set()
    for path in samples_folder().glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found |= {value for name, value in row.items() if value and IDENTIFIERS.search(name)}
                found |= {value[:10] for name, value in row.items() if value and name == "birth_date"}
    with (run / "episodes.csv").open(newline="", encoding="utf-8") as file:
        found |= {row["episode_id"] for row in csv.DictReader(file)}
    found |= {"README.md", "claim_lines.csv", "events.csv"}
    # a line's number such as 1 is nobody's
    return {value for value in found if len(value) > 3}


def all_text(content: bytes) -> str:
    """Headers and every part that can be read without a key or a password, decoded."""
    message = parse(content)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return content.decode("latin-1") + "".join(part.decode("latin-1") for part in parts if isinstance(part, bytes))


@pytest.mark.parametrize("group", [PLAIN, ZIPPED, SEALED], ids=["text alone", "ZIP", "S/MIME"])
def test_no_identifier_can_be_read_in_it(office: Office, keys: Path, tmp_path: Path, group: dict[str, Any]) -> None:
    pair = reader_pair(tmp_path, "reader", Reader())
    said = all_text(sent(office, keys, groups=[group], certificates={DESK: pair.certificate}))
    every = identifiers(office.run.path)
    assert len(every) > 200
    assert [value for value in every if value in said] == []


@pytest.mark.thorough
@pytest.mark.parametrize("runs", ["all"], indirect=True)
def test_no_identifier_of_all_samples_can_be_read(runs: Path, office: Office, keys: Path) -> None:
    said = all_text(sent(office, keys))
    assert [value for value in identifiers(runs / office.run.name) if value in said] == []


def test_the_search_finds_an_identifier_where_there_is_one(office: Office, keys: Path) -> None:
    attached = IN_THE_CLEAR | {"attach": ["report"]}
    said = all_text(sent(office, keys, groups=[attached]))
    assert any(value in said for value in identifiers(office.run.path))
    assert "They are not encrypted, as the settings ask." in body(parse(sent_again(office)), "plain")


def sent_again(office: Office) -> bytes:
    return office.took.messages[-1][1]


# --- encryption ----------------------------------------------------------------------------------------------------------------


def opened(content: bytes, pair: Pair, folder: Path, tool: str) -> EmailMessage:
    """The message as openssl opens it."""
    (folder / "sealed.eml").write_bytes(content)
    words = ["openssl", tool, "-decrypt", "-in", "sealed.eml", "-recip", str(pair.certificate), "-inkey", str(pair.key)]
    done = subprocess.run(words, cwd=folder, capture_output=True, check=True)
    return parse(done.stdout)


@pytest.mark.parametrize("tool", ["smime", "cms"])
def test_openssl_opens_a_sealed_message(office: Office, keys: Path, tmp_path: Path, tool: str) -> None:
    pair = reader_pair(tmp_path, "reader", Reader())
    content = sent(office, keys, groups=[SEALED], certificates={"Desk@plan.example": pair.certificate})
    outside = parse(content)
    assert outside.get_content_type() == "application/pkcs7-mime"
    assert outside.get_param("smime-type") == "enveloped-data"
    assert outside["Subject"] == "auditor: run 2026-11-22-001"
    inside = opened(content, pair, tmp_path, tool)
    names = ["2026-11-22-001-report.html", "2026-11-22-001-worklist.xlsx"]
    assert [part.get_filename() for part in inside.iter_attachments()] == names
    for part, name in zip(inside.iter_attachments(), ("report.html", "worklist.xlsx"), strict=True):
        assert part.get_payload(decode=True) == (office.run.path / name).read_bytes()
    assert "left out" not in body(inside, "plain")
    assert "encrypted for you" in body(inside, "plain")
    (tmp_path / "sealed.eml").write_bytes(content)
    words = ["openssl", "cms", "-cmsout", "-print", "-in", "sealed.eml"]
    assert b"aes-256-cbc" in subprocess.run(words, cwd=tmp_path, capture_output=True, check=True).stdout


UNFIT: dict[str, tuple[Reader, str]] = {
    "expired": (Reader(span=(WHEN - 9 * DAY, WHEN - DAY)), "expired on 2026-11-21"),
    "not yet valid": (Reader(span=(WHEN + DAY, WHEN + 9 * DAY)), "is valid from 2026-11-23 only"),
    "another's": (Reader(address="nurse@plan.example"), "names another address"),
    "for signing alone": (Reader(encipherment=False), "is not made for encrypting mail"),
    "a server's": (Reader(purpose=ExtendedKeyUsageOID.SERVER_AUTH), "is not made for encrypting"),
    "a short key": (Reader(bits=1024), "has no RSA key of 2048 bits"),
    "an elliptic key": (Reader(curve=True), "has no RSA key of 2048 bits"),
}


@pytest.mark.parametrize(("reader", "why"), UNFIT.values(), ids=UNFIT)
def test_nothing_is_sealed_to_an_unfit_certificate(office: Office, keys: Path, tmp_path: Path, reader: Reader, why: str) -> None:
    pair = reader_pair(tmp_path, "reader", reader)
    office.set(groups=[SEALED], certificates={DESK: pair.certificate})
    owe(office.desk, office.run)
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert (night.sent, night.owed, took.messages) == (0, 1, [])
    assert f"certificates: reader.pem {why}" in night.troubles[0]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_no_certificate_is_said(office: Office, keys: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reader.pem").write_bytes(content)
    office.set(groups=[SEALED], certificates={DESK: tmp_path / "reader.pem"})
    owe(office.desk, office.run)
    with serving(office, keys):
        night = deliver_pending(office.desk)
    assert "reader.pem holds no certificate in PEM" in night.troubles[0]
    assert night.owed == 1


def test_7z_opens_the_archive_with_its_password_alone(office: Office, keys: Path, tmp_path: Path) -> None:
    message = parse(sent(office, keys, groups=[ZIPPED]))
    [archive] = message.iter_attachments()
    assert archive.get_filename() == "2026-11-22-001.zip"
    content = archive.get_payload(decode=True)
    assert isinstance(content, bytes)
    (tmp_path / "run.zip").write_bytes(content)
    right, wrong = ENVIRONMENT["ZIP_PASSWORD"], "vR7-plover-Quartz-18"
    assert subprocess.run(["7zz", "x", f"-p{wrong}", "-owrong", "-y", "run.zip"], cwd=tmp_path, capture_output=True).returncode
    subprocess.run(["7zz", "x", f"-p{right}", "-oright", "-y", "run.zip"], cwd=tmp_path, capture_output=True, check=True)
    for name in ("report.html", "worklist.xlsx"):
        assert (tmp_path / "right" / f"2026-11-22-001-{name}").read_bytes() == (office.run.path / name).read_bytes()
    listed = subprocess.run(["7zz", "l", "-slt", f"-p{right}", "run.zip"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert listed.count("Method = AES-256 Deflate") == 2
    assert right not in all_text(sent_again(office))


@pytest.mark.parametrize("password", ["short-9A", "aaaaaaaaaaaaaaaaaaaaaaaa", "1234567890123456", "pässword-with-an-umlaut-9"])
def test_a_weak_password_sends_nothing(office: Office, keys: Path, password: str) -> None:
    office.desk = replace(office.desk, secrets=secrets_from(ENVIRONMENT | {"ZIP_PASSWORD": password}))
    office.set(groups=[ZIPPED])
    owe(office.desk, office.run)
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert (night.owed, took.messages) == (1, [])
    assert "zip_password of group everyone" in night.troubles[0]
    assert password not in repr(night)


@pytest.mark.parametrize("group", [ZIPPED, SEALED, IN_THE_CLEAR], ids=["ZIP", "S/MIME", "plain"])
@pytest.mark.parametrize("whose", ["ours", "the server's"])
def test_what_is_too_large_is_left_out_and_said(office: Office, keys: Path, tmp_path: Path, group: dict[str, Any], whose: str) -> None:
    pair = reader_pair(tmp_path, "reader", Reader())
    settings: dict[str, Any] = {"groups": [group | {"attach": ["report"]}], "certificates": {DESK: pair.certificate}}
    office.set(**settings, largest_message_mb=0.06 if whose == "ours" else 100)
    owe(office.desk, office.run)
    with serving(office, keys, Conduct(size=60_000 if whose != "ours" else 50_000_000)) as took:
        assert deliver_pending(office.desk).sent == 1
    content = took.messages[-1][1]
    assert len(content) < 60_000
    message = opened(content, pair, tmp_path, "cms") if group is SEALED else parse(content)
    assert list(message.iter_attachments()) == []
    assert "Nothing is attached: the message would have had" in body(message, "plain")
    assert "do. They are not encrypted" not in body(message, "plain")


# --- injection -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"subject_prefix": "a\r\nBcc: eve@evil.example"},
        {"subject_prefix": "a\u2028b"},
        {"from": "a@b.example\nBcc: eve@evil.example"},
        {"from": "Auditor <a@b.example>"},
        {"reply_to": "a@b.example, eve@evil.example"},
        {"user": "a\r\nMAIL FROM:<eve@evil.example>"},
        {"link": "https://x.example/{run}\r\nX: y"},
        {"link": "https://x.example/{episode}"},
        {"server": "localhost\r\nevil"},
        {"groups": [PLAIN | {"name": "a\nb"}]},
        {"groups": [PLAIN | {"to": ["a@b.example\r\nRCPT TO:<eve@evil.example>"]}]},
        {"groups": [PLAIN | {"to": ["a@b.example> SIZE=1"]}]},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_no_setting_can_add_a_header_or_a_command(office: Office, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|only name") as refused:
        office.set(**settings)
    assert "evil" not in str(refused.value), "what was written is not repeated"


def test_a_folder_that_is_named_like_no_run_is_not_mailed(office: Office, keys: Path, tmp_path: Path) -> None:
    name = "2026-11-22-001\r\nBcc: eve@evil.example"
    (tmp_path / name).mkdir()
    from auditor.runs import RunFolder

    (tmp_path / name / "manifest.json").write_text("{}")
    run = RunFolder(tmp_path / name)
    office.desk.store.record(run)  # type: ignore[attr-defined]
    owe(office.desk, run)
    office.desk = replace(office.desk, runs=tmp_path)
    with serving(office, keys) as took:
        night = deliver_pending(office.desk)
    assert (night.refused, took.messages) == (1, [])


@pytest.mark.parametrize("prefix", ["Prüfung", "監査" * 40, "x" * 200])
def test_any_prefix_makes_a_subject_that_can_be_read(office: Office, keys: Path, prefix: str) -> None:
    content = sent(office, keys, subject_prefix=prefix)
    assert str(parse(content)["Subject"]).startswith(f"{prefix}: run 2026-11-22-001")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_hostile_words_stay_words(office: Office, keys: Path) -> None:
    link = 'https://x.example/{run}?a=1&b="><script>alert(1)</script>'
    page = body(parse(sent(office, keys, link=link, subject_prefix="<b>&amp;")), "html")
    assert "<script" not in page
    assert "<b>&amp;:" not in page
    assert "alert(1)" in page


def test_dates_bear_the_zone_they_were_given_in(office: Office, keys: Path) -> None:
    moment = datetime.fromisoformat("2026-11-22T07:00:00-08:00")
    office.desk = replace(office.desk, at=lambda: moment)
    assert parse(sent(office, keys))["Date"] == "Sun, 22 Nov 2026 07:00:00 -0800"
