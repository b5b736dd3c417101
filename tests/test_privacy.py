"""No value of an extract is ever shown outside the tables and pages of a run: not in a message, a log line or a file's name."""

from __future__ import annotations

import csv
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.tables import CANONICAL, CLAIM_LINES, EVENTS, MEMBERS
from tests.test_command_line import AS_OF, Command, Said, command

__all__ = ["command"]

MEMBER, CLAIM, NAME, DOCUMENT = "SENTINELMEMBER7731", "SENTINELCLAIM7732", "Sentinel Quillfeather", "SENTINELNOTE7733"
BORN, SERVED, GIVEN = "2026-03-07", "2026-03-09", "2026-03-11"
SENTINELS = (MEMBER, CLAIM, NAME, DOCUMENT, "SENTINEL", "Quillfeather", BORN, SERVED, GIVEN, "31415.92", "20260309", "03/09/2026")

Rows = list[dict[str, str]]
Extract = dict[str, Rows]

LINE = {
    "claim_id": CLAIM,
    "claim_line_number": "1",
    "member_id": MEMBER,
    "claim_line_start_date": SERVED,
    "claim_line_end_date": SERVED,
    "hcpcs_code": "94002",
    "line_description": f"NITRIC OXIDE {NAME}",
    "paid_amount": "31415.92",
    "line_of_business": "commercial",
    "state": "OR",
}
EVENT = {"member_id": MEMBER, "start": f"{SERVED} 08:00", "end": f"{GIVEN} 09:00", "concept": "ino", "text": NAME, "document_id": DOCUMENT}
PERSON = {"member_id": MEMBER, "birth_date": f"{BORN} 04:00", "sex": "F"}
# so that no sum is a row's amount: another day, lest the two exclude each other
NEXT_DAY = {"claim_line_start_date": "2026-03-10", "claim_line_end_date": "2026-03-10"}
OTHER_LINE = LINE | NEXT_DAY | {"claim_line_number": "2", "hcpcs_code": "94003", "paid_amount": "1.00"}
WHOLE: Extract = {"claim_lines": [LINE, OTHER_LINE], "events": [EVENT], "members": [PERSON]}


def changed(table: str, **cells: str) -> Extract:
    """The whole extract, with a second row of a table that has other cells."""
    return WHOLE | {table: [*WHOLE[table], WHOLE[table][0] | cells]}


SET_ASIDE: dict[str, Extract] = {
    "dates that cannot be read": changed("claim_lines", claim_line_start_date=f"{NAME} {SERVED}"),
    "years of two digits": changed("members", birth_date="3/9/26"),
    "money that is none": changed("claim_lines", paid_amount=NAME),
    "units that are none": changed("claim_lines", service_unit_quantity=MEMBER),
    "words that are not expected": changed("events", status=NAME),
    "end before start": changed("claim_lines", claim_line_start_date=GIVEN),
    "line without a code": changed("claim_lines", hcpcs_code=""),
    "an unknown concept": changed("events", concept=NAME),
    "an unknown code system": changed("events", concept="", code=MEMBER, code_system=NAME),
    "two birth dates": changed("members", birth_date=GIVEN),
    "a value that is none": changed("events", concept="fio2", value=NAME),
    "a member id with a path in it": changed("claim_lines", member_id=f"../{MEMBER}"),
}
# All of them in one extract every day, and each alone in the long tests.
AT_ONCE: Extract = {
    table: [*rows, *(extract[table][-1] for extract in SET_ASIDE.values() if extract[table] != rows)] for table, rows in WHOLE.items()
}
TOLD = [
    pytest.param(WHOLE, id="whole", marks=pytest.mark.thorough),
    pytest.param(AT_ONCE, id="all at once"),
    *(pytest.param(extract, id=name, marks=pytest.mark.thorough) for name, extract in SET_ASIDE.items()),
]

REFUSED: dict[str, dict[str, bytes]] = {
    "an open quote": {"claim_lines.csv": f'claim_id,claim_line_number,member_id\n"{CLAIM},{MEMBER}\n{NAME}\n'.encode()},
    "bytes that are not UTF-8": {"events.csv": f"member_id,start,concept\n{MEMBER},{SERVED},{NAME}\xe9\n".encode("latin-1")},
    "NUL bytes": {"members.csv": f"member_id,birth_date\n{MEMBER}\0,{BORN}\n".encode()},
    "no Parquet": {"events.parquet": f"PAR1{MEMBER}{SERVED}PAR1".encode()},
    "no workbook": {"events.xlsx": f"{MEMBER} {NAME}".encode()},
    "a file without a header": {"claim_lines.csv": f"{CLAIM},1,{MEMBER},{SERVED},94002\n{CLAIM},2,{MEMBER},{SERVED},94003\n".encode()},
    "a header with a missing column": {"claim_lines.csv": f"claim_id,claim_line_number,who\n{CLAIM},1,{MEMBER}\n".encode()},
    "times in UTC": {"events.csv": f"member_id,start,concept\n{MEMBER},{SERVED}T08:00Z,ino\n".encode()},
    "times with and without an offset": {
        "events.csv": f"member_id,start,concept\n{MEMBER},{SERVED}T08:00:00-08:00,ino\n{MEMBER},{GIVEN} 08:00,ino\n".encode()
    },
    "a cut gzip": {"events.csv.gz": b"\x1f\x8b\x08\x00" + MEMBER.encode()},
}


def write(extract: Extract, folder: Path) -> Path:
    folder.mkdir()
    for name, rows in extract.items():
        columns = [column.name for column in next(table for table in CANONICAL if table.name == name).columns]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def names_below(folder: Path) -> Iterator[str]:
    yield from (path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def assert_silent(texts: dict[str, str], sentinels: tuple[str, ...] = SENTINELS) -> None:
    shown = [(where, value) for where, text in texts.items() for value in sentinels if value.lower() in text.lower()]
    assert not shown


def everything_said(said: Said, caplog: pytest.LogCaptureFixture, out: Path) -> dict[str, str]:
    """What was printed and logged, and the names of what was written."""
    return {"output": said.out, "errors": said.err, "log": caplog.text, "names": "\n".join(names_below(out)) if out.exists() else ""}


def test_the_sentinels_are_in_the_tables_and_pages_of_a_run(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    assert command("run", write(WHOLE, tmp_path / "extract"), "--out", out, *AS_OF).code == ExitCode.AUDITED
    run = out / "2026-11-22-001"
    assert MEMBER in (run / "episodes.csv").read_text(encoding="utf-8")
    assert NAME in (run / "lines.csv").read_text(encoding="utf-8")
    assert list(pd.read_parquet(run / "tables" / "episodes.parquet")["member_id"]) == [MEMBER]


@pytest.mark.parametrize("extract", TOLD)
def test_a_run_says_no_value(command: Command, caplog: pytest.LogCaptureFixture, tmp_path: Path, extract: Extract) -> None:
    caplog.set_level(logging.DEBUG)
    out = tmp_path / "runs"
    said = command("run", write(extract, tmp_path / "extract"), "--out", out, *AS_OF)
    assert said.code == ExitCode.AUDITED, said.err
    manifest = (out / "2026-11-22-001" / "manifest.json").read_text(encoding="utf-8")
    assert_silent(everything_said(said, caplog, out) | {"manifest": manifest})


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_no_value(command: Command, caplog: pytest.LogCaptureFixture, tmp_path: Path, files: dict[str, bytes]) -> None:
    caplog.set_level(logging.DEBUG)
    folder, out = write(WHOLE, tmp_path / "extract"), tmp_path / "runs"
    for name, content in files.items():
        (folder / name).write_bytes(content)
    said = command("run", folder, "--out", out, *AS_OF)
    assert said.code == ExitCode.EXTRACT_REFUSED, said
    assert "Traceback" not in said.err
    assert_silent(everything_said(said, caplog, out))


def test_a_lock_and_a_full_folder_say_no_value(command: Command, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    folder, out = write(WHOLE, tmp_path / "extract"), tmp_path / "extract" / "claim_lines.csv" / "runs"
    said = command("run", folder, "--out", out, *AS_OF)
    assert said.code == ExitCode.USAGE
    assert_silent({"errors": said.err, "output": said.out, "log": caplog.text})


def test_another_reading_and_explain_of_no_episode_say_no_value(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    said = command("run", write(WHOLE, tmp_path / "extract"), "--out", out, "--json", "--set", "taper_grace_h=0", *AS_OF)
    unknown = command("explain", "E000000000000", "--run", out)
    assert unknown.code == ExitCode.USAGE
    assert_silent({"json": said.out, "errors": said.err, "unknown": unknown.out + unknown.err})


def values_of_the_samples() -> set[str]:
    """Ids, documents, words and times of the samples that could only come from a row."""
    columns = {
        CLAIM_LINES.name: ("member_id", "claim_id", "billing_npi", "facility_npi", "billing_tin"),
        MEMBERS.name: ("member_id", "birth_date", "person_id"),
        EVENTS.name: ("member_id", "start", "document_id", "encounter_id", "recorded_by"),
    }
    values: set[str] = set()
    for name, wanted in columns.items():
        frame = pd.read_csv(samples_folder() / f"{name}.csv", dtype=str, keep_default_na=False)
        values |= {value for column in frame.columns.intersection(wanted) for value in frame[column] if len(value) > 5}
    return values


def test_the_samples_say_no_value(command: Command, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    values = values_of_the_samples()
    assert len(values) > 1000
    said = command("run", samples_folder(), "--out", tmp_path, "--json", *AS_OF)
    assert said.code == ExitCode.AUDITED
    manifest = json.loads(said.out)
    assert manifest.pop("run")
    words = everything_said(said, caplog, tmp_path) | {"output": json.dumps(manifest)}
    written = {where: set(re.split(r"[\s\"'/,;:()\[\]]+", text)) | set(text.split('"')) for where, text in words.items()}
    assert {where: sorted(tokens & values) for where, tokens in written.items()} == {where: [] for where in written}
