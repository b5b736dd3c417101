"""What may befall a ledger: databases that are down, locked, newer, half way, another's; and a writer that is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, text

from auditor.errors import LedgerRefused
from auditor.ledger import Ledger, connect, migrate, open_ledger, read_key
from auditor.ledger.keys import key_beside, key_from
from auditor.ledger.links import read_links
from auditor.ledger.schema import HEAD, METADATA, RUN_FINDINGS, RUNS
from auditor.outcomes import ExitCode
from auditor.runs import open_run
from auditor.tokens import Tokens
from tests.ledger.conftest import PASSWORD, TOKENS, Place, Server
from tests.ledger.nights import NOW, Night, write_run
from tests.ledger.worlds import course, day, finding

TOP = Path(__file__).parents[2]


def big_night(courses: int = 3) -> Night:
    """A night of so many courses, a finding each."""
    names = [f"E{number}" for number in range(courses)]
    return {
        "episodes": [course(name, f"S-{name}", [1, 2]) for name in names],
        "lines": [],
        "therapy_days": [{"episode_id": name, "day": day(one)} for name in names for one in (1, 2)],
        "findings": [finding(name, "C-02", "I.A") for name in names],
    }


@pytest.fixture
def connection(place: Place) -> Iterator[Connection]:
    """A bare connection that may write."""
    with connect.open_engine(connect.read_url(place.url), place.password) as engine, engine.begin() as opened:
        yield opened


def open_and_close(place: Place, tokens: Tokens = TOKENS) -> None:
    with open_ledger(place.url, tokens, place.password, patience=0.5):
        pass


def change(place: Place, *statements: str) -> None:
    with connect.open_engine(connect.read_url(place.url), place.password) as engine, engine.begin() as opened:
        for statement in statements:
            opened.execute(text(statement))


def differences(opened: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(opened, opts={"compare_type": True}), METADATA))


def test_a_fresh_ledger_is_what_the_program_says_it_is(place: Place, connection: Connection) -> None:
    assert migrate.is_new(connection)
    migrate.bring_up(connection)
    assert not migrate.is_new(connection)
    assert differences(connection) == []


def test_an_upgraded_ledger_is_what_a_fresh_one_is_and_keeps_what_it_held(place: Place, connection: Connection) -> None:
    migrate._upgrade(connection, "first")
    assert set(inspect(connection).get_table_names()) == {*migrate.ADDED["first"], "alembic_version"}
    connection.execute(text("INSERT INTO keys (check_token) VALUES ('kept')"))
    migrate.bring_up(connection)
    assert differences(connection) == []
    assert connection.scalars(text("SELECT check_token FROM keys")).all() == ["kept"]


def test_the_programs_revision_is_the_last_script() -> None:
    scripts = ScriptDirectory(str(TOP / "auditor" / "ledger" / "migrations"))
    assert scripts.get_current_head() == HEAD
    assert [one.revision for one in reversed(list(scripts.walk_revisions()))] == list(migrate.ADDED)
    assert sorted(table for tables in migrate.ADDED.values() for table in tables) == sorted(METADATA.tables)


REFUSED = {
    "a newer ledger": (("UPDATE alembic_version SET version_num = 'hundredth'",), "written by a newer version"),
    "a table gone": (("DROP TABLE deliveries",), "half way"),
    "a column gone": (("ALTER TABLE deliveries DROP COLUMN attempts",), "half way"),
    "no revision": (("DELETE FROM alembic_version",), "half way"),
    "two revisions": (("INSERT INTO alembic_version VALUES ('first')",), "half way"),
    "a revision too old for its tables": (("UPDATE alembic_version SET version_num = 'first'",), "half way"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_ledger_that_is_not_this_programs_is_refused_and_left_alone(place: Place, name: str) -> None:
    statements, message = REFUSED[name]
    open_and_close(place)
    change(place, *statements)
    with pytest.raises(LedgerRefused, match=message) as refused:
        open_and_close(place)
    assert refused.value.exit_code is ExitCode.LEDGER_REFUSED
    with connect.open_engine(connect.read_url(place.url), place.password) as engine, engine.begin() as opened:
        assert not migrate.is_current(opened)


def test_a_ledger_of_another_key_is_refused(place: Place) -> None:
    open_and_close(place)
    with pytest.raises(LedgerRefused, match="under another key"):
        open_and_close(place, Tokens(b"another key, of 32 bytes at least"))


def test_a_locked_ledger_is_refused_after_patience_and_then_taken(place: Place, tmp_path: Path) -> None:
    open_and_close(place)
    run = write_run(tmp_path / "runs", "2026-11-22-001", big_night())
    with (
        open_ledger(place.url, TOKENS, place.password) as other,
        open_ledger(place.url, TOKENS, place.password, patience=0.3) as ledger,
    ):
        with other.writing(), pytest.raises(LedgerRefused, match="is locked by another program"):
            ledger.record(run, NOW)
        assert ledger.last_run() is None
        ledger.record(run, NOW)
        assert ledger.last_run() is not None


def test_readers_are_not_held_up_by_a_writer(place: Place, tmp_path: Path) -> None:
    with open_ledger(place.url, TOKENS, place.password, patience=0.3) as ledger:
        ledger.record(write_run(tmp_path / "runs", "2026-11-22-001", big_night()), NOW)
        with ledger.writing():
            assert len(ledger.nights()) == 1


def test_two_nights_at_once_are_recorded_one_after_the_other(place: Place, tmp_path: Path) -> None:
    nights = [write_run(tmp_path / "runs", f"2026-11-22-{number:03d}", big_night(number)) for number in range(1, 5)]
    open_and_close(place)

    def record(number: int) -> None:
        with open_ledger(place.url, TOKENS, place.password) as ledger:
            ledger.record(nights[number], NOW)

    threads = [threading.Thread(target=record, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        chain = ledger.chain()
        assert [one.ordinal for one in chain] == [1, 2, 3, 4]
        assert sorted(one.run for one in chain) == [run.name for run in nights]
        sizes = [int(one.run[-1]) for one in chain]
        for before, after, run in zip(sizes, sizes[1:], chain[1:], strict=False):
            changes = ledger.changes(run.run)
            assert (changes.count("new") + changes.count("reopened"), changes.count("resolved")) == (
                max(after - before, 0),
                max(before - after, 0),
            )


def test_the_chain_holds_every_manifest(place: Place, tmp_path: Path) -> None:
    import hashlib

    with open_ledger(place.url, TOKENS, place.password) as ledger:
        runs = [write_run(tmp_path, f"2026-11-22-{number:03d}", big_night(number)) for number in (1, 2, 3)]
        for run in runs:
            ledger.record(run, NOW)
        chained = ""
        for run, kept in zip(runs, ledger.chain(), strict=True):
            manifest = hashlib.sha256((run.path / "manifest.json").read_bytes()).hexdigest()
            chained = hashlib.sha256((chained + manifest).encode()).hexdigest()
            assert (kept.manifest_sha256, kept.chain_sha256) == (manifest, chained)


def test_an_altered_run_of_a_recorded_name_is_refused(place: Place, tmp_path: Path) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        run = write_run(tmp_path, "2026-11-22-001", big_night())
        ledger.record(run, NOW)
        (run.path / "manifest.json").write_text((run.path / "manifest.json").read_text() + "\n")
        with pytest.raises(LedgerRefused, match="recorded with another manifest"):
            ledger.record(run, NOW)


def test_a_pruned_run_is_remembered(place: Place, tmp_path: Path) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(write_run(tmp_path, "2026-11-22-001", big_night()), NOW)
        ledger.prune("2026-11-22-001")
        assert [(one.record.pruned, one.counts["new"]) for one in ledger.nights()] == [(True, 3)]
        with pytest.raises(LedgerRefused, match="no run"):
            ledger.prune("2026-11-23-001")


# --- a writer that is killed ---------------------------------------------------------------------------------------------------

KILLED = """
import sys, time
from sqlalchemy import event
from auditor.ledger import open_ledger
from auditor.runs import open_run
from auditor.tokens import Tokens
from pathlib import Path
from datetime import datetime, UTC
url, password, run, statements = sys.argv[1], sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
with open_ledger(url, Tokens({key!r}), password) as ledger:
    written = 0
    def count(connection, cursor, statement, *rest):
        global written
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            written += 1
            if written > statements:
                print("here", flush=True)
                time.sleep(60)
    event.listen(ledger.engine, "before_cursor_execute", count)
    ledger.record(open_run(Path(run)), datetime.now(UTC))
"""


@pytest.mark.parametrize("statements", [9, *(pytest.param(one, marks=pytest.mark.thorough) for one in (1, 4, 14))])
def test_a_writer_killed_in_the_middle_leaves_nothing_and_the_next_is_right(place: Place, tmp_path: Path, statements: int) -> None:
    first = write_run(tmp_path / "runs", "2026-11-21-001", big_night(2))
    second = write_run(tmp_path / "runs", "2026-11-22-001", big_night(4))
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(first, NOW)
    script = textwrap.dedent(KILLED.format(key=TOKENS.key))
    words = [sys.executable, "-c", script, place.url, place.password or "", str(second.path), str(statements)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=TOP)
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        last = ledger.last_run()
        assert last is not None
        assert last.run == first.name
        with ledger.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(RUNS)) == 1
            assert connection.scalar(select(func.count()).select_from(RUN_FINDINGS)) == 2
        changes = ledger.record(second, NOW)
        assert (changes.count("new"), changes.count("unchanged")) == (2, 2)


# --- databases that are not there ----------------------------------------------------------------------------------------------


def test_a_server_that_is_down_is_named_and_then_found_again(server: Server, tmp_path: Path) -> None:
    place = server.new_place()
    open_and_close(place)
    server.stop()
    try:
        with pytest.raises(LedgerRefused, match="cannot be reached") as refused:
            open_and_close(place)
        assert PASSWORD not in str(refused.value)
    finally:
        server.start()
    open_and_close(place)


def test_a_wrong_password_is_not_repeated(server: Server) -> None:
    place = server.new_place()
    with pytest.raises(LedgerRefused) as refused:
        open_and_close(Place(place.url, "not-the-password"))
    shown = f"{refused.value} {refused.value.__cause__}"
    assert "not-the-password" not in shown
    assert PASSWORD not in shown


def test_a_lost_connection_records_nothing(server: Server, tmp_path: Path) -> None:
    place = server.new_place()
    run = write_run(tmp_path, "2026-11-22-001", big_night())

    def lose(ledger: Ledger) -> None:
        with ledger.writing() as opened:
            name = opened.scalar(text("SELECT current_database()"))
            query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            server.run("psql", "-h", str(server.folder), "-U", "auditor", "-d", "postgres", "-q", "-c", query)
            opened.execute(RUNS.select())

    with open_ledger(place.url, TOKENS, place.password) as ledger:
        with pytest.raises(LedgerRefused):
            lose(ledger)
        ledger.record(run, NOW)
        assert len(ledger.chain()) == 1


ADDRESSES = {
    "postgresql://me:secret@host/name": "holds a password",
    "postgresql://me@host/name?password=secret": "holds a password",
    "mysql://me@host/name": "address is sqlite",
    "sqlite://": "address is sqlite",
    "sqlite:///:memory:": "address is sqlite",
    "ledger": "address is sqlite",
    "": "address is sqlite",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_none_or_tells_a_secret_is_refused(address: str) -> None:
    with pytest.raises(LedgerRefused, match=ADDRESSES[address]) as refused:
        connect.read_url(address)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("member S-0101\n" * 500, encoding="utf-8")
    with pytest.raises(LedgerRefused, match="is no SQLite database"):
        open_and_close(Place(f"sqlite:///{path}"))
    assert path.read_text(encoding="utf-8").startswith("member")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerRefused, match="cannot be written"):
        open_and_close(Place(f"sqlite:///{tmp_path}/file/ledger.sqlite"))


def test_a_full_disk_records_nothing_and_says_so(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/ledger.sqlite")
    run = write_run(tmp_path / "runs", "2026-11-22-001", big_night(400))
    with open_ledger(place.url, TOKENS) as ledger:
        from sqlalchemy import event

        @event.listens_for(ledger.engine, "connect")
        def limit(opened: sqlite3.Connection, _: object) -> None:
            opened.execute("PRAGMA max_page_count = 60")

        with pytest.raises(LedgerRefused, match="the disk is full"):
            ledger.record(run, NOW)
        event.remove(ledger.engine, "connect", limit)
        assert ledger.last_run() is None
        assert ledger.record(run, NOW).count("new") == 400


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        url = f"sqlite:///{tmp_path}/new/ledger.sqlite"
        tokens = Tokens(read_key(key_beside(url)))
        with open_ledger(url, tokens) as ledger, ledger.writing() as opened:
            opened.execute(text("UPDATE runs SET pruned = false"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.sqlite.key"), 0o600)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_key_is_made_once_and_its_loss_is_noticed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    path, ledger = key_beside(url), tmp_path / "ledger.sqlite"
    key = read_key(path, ledger)
    assert len(key) == 32
    assert read_key(path, ledger) == key
    open_and_close(Place(url), Tokens(key))
    path.unlink()
    with pytest.raises(LedgerRefused, match="the ledger's key is gone"):
        read_key(path, ledger)


@pytest.mark.parametrize(("content", "mode"), [("xyz", 0o600), ("ab" * 8, 0o600), ("", 0o600), ("ab" * 32, 0o644)])
def test_a_key_that_is_none_or_is_not_private_is_refused(tmp_path: Path, content: str, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text(content, encoding="ascii")
    path.chmod(mode)
    with pytest.raises(LedgerRefused, match="key"):
        read_key(path)


def test_a_key_is_read_from_wherever_it_is_kept() -> None:
    assert key_from("ab" * 32 + "\n", "the environment") == bytes.fromhex("ab" * 32)


def test_a_ledger_on_a_server_has_no_key_of_its_own() -> None:
    with pytest.raises(LedgerRefused, match="--ledger-key"):
        key_beside("postgresql://me@host/name")


def test_a_migration_in_progress_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/ledger.sqlite")
    with connect.open_engine(connect.read_url(place.url)) as engine, connect.writing(engine) as opened:
        migrate._upgrade(opened, "first")
        with pytest.raises(LedgerRefused, match="is locked"):
            open_and_close(place)
    started = time.monotonic()
    open_and_close(place)
    assert time.monotonic() - started < 30


def test_the_chain_can_be_read_by_the_ledgers_address_or_file(place: Place, tmp_path: Path) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(write_run(tmp_path / "runs", "2026-11-22-001", big_night()), NOW)
    file = place.url.removeprefix("sqlite:///")
    for named in {place.url, file}:
        assert [link.run for link in read_links(named, place.password)] == ["2026-11-22-001"]


def test_a_masked_run_is_not_recorded(place: Place, tmp_path: Path) -> None:
    first, masked = (write_run(tmp_path / "runs", f"2026-11-22-00{number}", big_night()) for number in (1, 2))
    told = json.loads((masked.path / "manifest.json").read_text(encoding="utf-8")) | {"masking": "key of this run"}
    (masked.path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(first, NOW)
        with pytest.raises(LedgerRefused, match="is masked"):
            ledger.record(open_run(masked.path), NOW)
        assert [night.record.run for night in ledger.nights()] == [first.name]
