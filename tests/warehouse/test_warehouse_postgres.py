"""A warehouse that is really there: what comes out of PostgreSQL by ODBC is what went in, or the run stops and says why."""

from __future__ import annotations

import csv
import re
import stat
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from auditor import Settings, audit
from auditor.errors import ExtractRefused
from auditor.outcomes import ExitCode
from auditor.places import samples_folder
from auditor.results import COLLECTED
from auditor.tables import CANONICAL, Column
from auditor.warehouse import Fetching, Snapshot, take_snapshot
from tests.specimen import AS_OF
from tests.test_command_line import FEW, Command, command, write_few
from tests.warehouse.server import Server

__all__ = ["command"]
pytestmark = pytest.mark.xdist_group("warehouse")

SECRET = "Sentinel Quillfeather"


def quiet(engine: Settings | None = None) -> Fetching:
    return Fetching(lambda place: "", engine or Settings(), lambda stage: None)


def answer(server: Server, query: str, tmp_path: Path, **told: Any) -> list[dict[str, Any]]:
    """The rows of one query as a snapshot holds them."""
    taken = take_snapshot(server.settings(queries={"claim_lines": query}, **told), tmp_path / "snapshot", quiet())
    rows: list[dict[str, Any]] = pq.read_table(taken.folder / "claim_lines.parquet").to_pylist()
    assert taken.rows == {"claim_lines": len(rows)}
    return rows


TYPES: dict[str, tuple[str, Any]] = {
    "money": ("1234567.89::numeric(18,2)", Decimal("1234567.89")),
    "a cent": ("-0.05::numeric(18,2)", Decimal("-0.05")),
    "a number without a scale": ("2.123456789012345678901::numeric", Decimal("2.123456789012345678901")),
    "a double": ("1234567.89::float8", 1234567.89),
    "a single": ("0.21::real", 0.21),
    "a whole number": ("9007199254740993::bigint", 9007199254740993),
    "a day": ("date '2026-02-28'", date(2026, 2, 28)),
    "a far day": ("date '9999-12-31'", date(9999, 12, 31)),
    "a time without a zone": ("timestamp '2026-03-08 02:30:00.123456'", datetime(2026, 3, 8, 2, 30, 0, 123456)),
    "an instant as text": ("to_char(timestamptz '2026-03-08 02:30-08' AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI\"Z\"')", "2026-03-08 10:30Z"),
    "nothing": ("NULL::text", None),
    "empty text": ("''::text", ""),
    "letters of all the world": ("'Zoë Ōtani 王 😀'::text", "Zoë Ōtani 王 😀"),
    "long text": ("repeat('é', 7999)::text", "é" * 7999),
    "text wider than the driver says": ("repeat('x', 300)::varchar", "x" * 300),
    "leading noughts": ("'0012'::varchar(4)", "0012"),
}


@pytest.mark.parametrize(("sql", "value"), TYPES.values(), ids=TYPES)
def test_a_value_comes_out_as_it_went_in(server: Server, tmp_path: Path, sql: str, value: Any) -> None:
    assert answer(server, f"SELECT {sql} AS v", tmp_path) == [{"v": value}]


def test_a_number_finer_than_those_before_it_is_not_cut(server: Server, tmp_path: Path) -> None:
    rows = answer(server, "SELECT CASE WHEN g < 9000 THEN 1.5 ELSE 2.123456789 END AS v FROM generate_series(1, 9000) g", tmp_path)
    assert rows[-1] == {"v": Decimal("2.123456789")}
    assert len(rows) == 9000


def test_a_number_that_is_none_stays_text(server: Server, tmp_path: Path) -> None:
    assert answer(server, "SELECT 'NaN'::numeric AS v UNION ALL SELECT 1.5", tmp_path) == [{"v": "1.5"}, {"v": "NaN"}]


def test_an_answer_without_rows_is_an_empty_file(server: Server, tmp_path: Path) -> None:
    assert answer(server, "SELECT 1 AS v, 2.5 AS w WHERE false", tmp_path) == []


def test_what_a_killed_fetch_left_is_removed_and_nothing_else(server: Server, tmp_path: Path) -> None:
    for name in (".snapshot.ab_12xyz", ".git", "kept"):
        (tmp_path / name).mkdir()
    answer(server, "SELECT 'C1' AS claim_id", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "kept", "snapshot"]


def test_parameters_are_bound_and_never_text_of_the_query(server: Server, tmp_path: Path) -> None:
    query = "SELECT g AS v FROM generate_series(1, 9) g WHERE g >= CAST(:least AS integer) AND ':no' <> :word AND g::text <> ''"
    rows = answer(server, query, tmp_path, parameters={"least": 8, "word": "'; DROP TABLE x; --"})
    assert rows == [{"v": 8}, {"v": 9}]


def test_days_are_parameters(server: Server, tmp_path: Path) -> None:
    query = "SELECT d AS v FROM (VALUES (date '2026-01-01'), (date '2026-02-01')) t(d) WHERE d >= CAST(:since AS date)"
    assert answer(server, query, tmp_path, parameters={"since": date(2026, 1, 15)}) == [{"v": date(2026, 2, 1)}]


REFUSED = {
    "text longer than allowed": (f"SELECT repeat('{SECRET}', 900)::text AS v", "longer than max_text"),
    "text that grows too long later": (
        "SELECT CASE WHEN g < 60000 THEN 'x' ELSE repeat('y', 9000) END AS v FROM generate_series(1, 60000) g",
        "longer than max_text",
    ),
    "a column given twice": ('SELECT 1 AS v, 2 AS "V"', "v twice"),
    "a binary column": ("SELECT '\\x01'::bytea AS v", "binary"),
    "a table that is not there": (f"SELECT 1 FROM nowhere WHERE x = '{SECRET}'", "SQLSTATE 42P01"),
    "a value that cannot be converted": (f"SELECT CAST('{SECRET}' AS integer) AS v", "SQLSTATE 22P02"),
    "a fault after half of the rows": ("SELECT 1 / (40000 - g) AS v FROM generate_series(1, 90000) g", "SQLSTATE 22012"),
}


@pytest.mark.parametrize(("query", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_trusted_stops_the_run_and_leaves_nothing(server: Server, tmp_path: Path, query: str, said: str) -> None:
    with pytest.raises(ExtractRefused) as refused:
        answer(server, query, tmp_path)
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)
    assert str(server.folder) not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_takes_too_long_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ExtractRefused, match=r"SQLSTATE (HYT00|57014|S1T00|HY008)"):
        answer(server, "SELECT pg_sleep(30)::text AS v", tmp_path, timeout_seconds=1)
    assert time.monotonic() - begun < 15


def test_a_connection_lost_half_way_stops_the_run_with_its_exit_code(server: Server, command: Command, tmp_path: Path) -> None:
    slow = "SELECT g::text AS claim_id, pg_sleep(0.0002)::text AS x FROM generate_series(1, 100000) g"
    file = write_settings(server, {"claim_lines": slow}, tmp_path)
    killer = threading.Thread(target=kill_when_running, args=(server, "pg_sleep(0.0002)"))
    killer.start()
    said = command("run", "--warehouse", file, "--out", tmp_path / "runs", "--as-of", AS_OF.isoformat())
    killer.join()
    assert said.code == ExitCode.EXTRACT_REFUSED
    assert re.search(r"warehouse, claim_lines.*SQLSTATE (08|57|HY|S1)", said.err), said.err
    assert [path.name for path in (tmp_path / "runs").rglob("*") if path.is_file()] == [".auditor.lock"]


def kill_when_running(server: Server, text: str) -> None:
    """Ends the backend that runs a query with these words, once it has had time to answer a little."""
    with psycopg.connect(f"host={server.folder} dbname=postgres user=postgres", autocommit=True) as connection:
        for _ in range(300):
            time.sleep(0.1)
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid() "
                "AND now() - xact_start > interval '2 seconds'",
                (f"%{text}%",),
            ).fetchall()
            if found:
                return


def write_settings(server: Server, queries: dict[str, str], folder: Path, profile: str = "native", zone: str = "") -> Path:
    lines = ["[warehouse]", f'connection = "{server.connection}"', 'user = "postgres"', f'profile = "{profile}"', "[warehouse.queries]"]
    if zone:
        lines.insert(4, f'time_zone = "{zone}"')
    file = folder / "warehouse.toml"
    file.write_text("\n".join([*lines, *(f"{name} = '''{query}'''" for name, query in queries.items())]), encoding="utf-8")
    return file


# --- the samples, loaded and audited ---------------------------------------------------------------------------------------------

SQL_TYPES = {"date": "date", "money": "numeric(18,2)", "integer": "bigint", "number": "numeric", "time": "timestamp"}
FULL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")
WHOLE = {"date": re.compile(r"\d{4}-\d{2}-\d{2}"), "time": FULL_TIME, "integer": re.compile(r"\d+")}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def sql_type(column: Column, values: list[str]) -> str:
    """The type a warehouse would give the column; text where a cell would not fit it."""
    kind = SQL_TYPES.get(column.kind, "text")
    fits = WHOLE.get(column.kind, NUMBER)
    return kind if kind == "text" or all(fits.fullmatch(value) for value in values if value) else "text"


with (samples_folder() / "members.csv").open(encoding="utf-8", newline="") as file:
    ALL = tuple(sorted({row["member_id"] for row in csv.DictReader(file)}))
# some of each chapter of the samples
SOME = (*FEW, *ALL[3::9])


def load_samples(server: Server, members: tuple[str, ...] = ALL) -> dict[str, str]:
    """The canonical tables of the samples, of these members, as typed tables; the query of each."""
    queries = {}
    for table in CANONICAL:
        with (samples_folder() / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        rows = [row for row in rows if row[header.index("member_id")] in members]
        types = [sql_type(table.column(name), [row[place] for row in rows]) for place, name in enumerate(header)]
        columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(header, types, strict=True))
        server.sql(f"DROP TABLE IF EXISTS {table.name}; CREATE TABLE {table.name} ({columns})")
        server.sql(f"COPY {table.name} FROM STDIN", [[cell or None for cell in row] for row in rows])
        queries[table.name] = f"SELECT * FROM {table.name}"
    return queries


PLACED = ("source_file", "source_row", "evidence", "line_key", "low_row", "high_row")


def results_of(paths: tuple[Path, ...]) -> dict[str, list[tuple[Any, ...]]]:
    """Every result row, apart from where a row lay, in an order of its own."""
    frames = audit(Settings(paths=paths, as_of=AS_OF)).frames
    found = {}
    for table in COLLECTED:
        kept = [column.name for column in table.columns if column.name not in PLACED]
        rows = frames[table.name][kept].astype(object).itertuples(index=False, name=None)
        found[table.name] = sorted(tuple(str(value) for value in row) for row in rows)
    return found


@pytest.fixture(scope="module", params=[SOME, pytest.param(ALL, marks=pytest.mark.thorough)], ids=["some members", "all members"])
def members(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The members that are loaded."""
    return tuple(request.param)


@pytest.fixture(scope="module")
def files(members: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their files, as they were loaded."""
    return write_few(tmp_path_factory.mktemp("files"), members)


@pytest.fixture(scope="module")
def snapshot(server: Server, members: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    settings = server.settings(queries=load_samples(server, members))
    return take_snapshot(settings, tmp_path_factory.mktemp("snapshots") / "samples", quiet())


def test_the_samples_come_to_the_same_results_from_a_warehouse(snapshot: Snapshot, files: Path) -> None:
    from_files, from_warehouse = results_of((files,)), results_of((snapshot.folder,))
    for table in from_files:
        assert from_warehouse[table] == from_files[table], table


def test_rows_are_as_many_as_were_fetched_and_for_their_owner_alone(snapshot: Snapshot, files: Path) -> None:
    for name, rows in snapshot.rows.items():
        path = snapshot.folder / f"{name}.parquet"
        with (files / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert rows == pq.read_metadata(path).num_rows == sum(1 for _ in csv.reader(file)) - 1
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(snapshot.folder.stat().st_mode) == 0o700


def test_the_same_rows_in_another_order_are_the_same_bytes(server: Server, snapshot: Snapshot, tmp_path: Path) -> None:
    queries = {name: f"SELECT * FROM {name} ORDER BY random()" for name in snapshot.rows}
    again = take_snapshot(server.settings(queries=queries), tmp_path / "again", quiet(Settings(threads=1)))
    for name in snapshot.rows:
        assert (again.folder / f"{name}.parquet").read_bytes() == (snapshot.folder / f"{name}.parquet").read_bytes()


@pytest.mark.thorough
def test_a_run_from_a_warehouse_is_verified_and_repeated(server: Server, command: Command, tmp_path: Path) -> None:
    file = write_settings(server, load_samples(server, FEW), tmp_path)
    out = tmp_path / "runs"
    assert command("run", "--warehouse", file, "--out", out, "--as-of", AS_OF.isoformat()).code == ExitCode.AUDITED
    [run] = [path for path in out.iterdir() if path.name == "2026-11-22-001"]
    assert command("verify", run).code == ExitCode.AUDITED
    assert command("rerun", run).code == ExitCode.AUDITED
    assert str(server.folder) not in (run / "manifest.json").read_text(encoding="utf-8")


def test_another_profile_reads_a_warehouse_under_its_own_names(server: Server, command: Command, tmp_path: Path) -> None:
    load_samples(server, FEW)
    server.sql("DROP TABLE IF EXISTS tuva; CREATE TABLE tuva AS SELECT * FROM claim_lines")
    query = """SELECT claim_id, claim_line_number, member_id AS person_id, member_id, claim_type, claim_line_start_date,
        claim_line_end_date, hcpcs_code,
        revenue_center_code, service_unit_quantity, paid_amount, charge_amount, diagnosis_code_1 FROM tuva"""
    file = write_settings(server, {"medical_claim": query}, tmp_path, profile="tuva")
    out = tmp_path / "runs"
    said = command("run", "--warehouse", file, "--out", out, "--as-of", AS_OF.isoformat(), "--json")
    assert said.code == ExitCode.AUDITED, said.err
    assert '"profile": "tuva"' in said.out
    assert '"name": "medical_claim.parquet"' in said.out
