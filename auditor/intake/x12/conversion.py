"""Converts every X12 file of an extract: claims and people, with the money of the remittances beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files as resources
from pathlib import Path

import duckdb

from auditor.intake.converted import Conversion, Converted
from auditor.intake.faults import Fault
from auditor.intake.found_files import FoundFile
from auditor.intake.sql_text import quote_text
from auditor.intake.x12.reading import FileRead
from auditor.intake.x12.words import load_words
from auditor.intake.x12.workers import read_files
from auditor.tables import DIAGNOSES, PROCEDURES

MEMORY = "200MB"
ROW_GROUP = 30_720  # more rows at once would not fit beside the engine
FAULTS = {
    "twice": Fault.PAYMENT_TWICE,
    "cut_off": Fault.CUT_OFF,
    "no_service": Fault.SERVICE_CODE_MISSING,
    "unmatched": Fault.PAYMENT_UNMATCHED,
    "ambiguous": Fault.PAYMENT_AMBIGUOUS,
}


def convert(files: Sequence[FoundFile], folder: Path) -> Conversion:
    """Reads the files into canonical Parquet in the folder, which the caller owns and empties.

    ExtractRefused names the file and segment that cannot be trusted. Every line and every payment is a row: a payment that no line
    takes is a row of ``claim_lines`` with a fault.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reads = read_files(files, folder)
    with duckdb.connect(folder / "x12.duckdb") as connection:
        _set_up(connection, folder, [file.name for file in files])
        for name in ("payments", "rows"):
            connection.execute(resources("auditor.intake.x12").joinpath(f"{name}.sql").read_text(encoding="utf-8"))
        rows = {"claim_lines": _claim_lines(connection), "members": "FROM rows_of_people"}
        tables = tuple(_write(connection, folder, table, query) for table, query in rows.items())
        notices = (*(notice for read in reads for notice in read.notices), *_payment_notices(connection, reads))
    return Conversion(tuple(read.file for read in reads), tables, notices)


def _set_up(connection: duckdb.DuckDBPyConnection, folder: Path, names: list[str]) -> None:
    connection.execute("SET memory_limit = $memory", {"memory": MEMORY})
    connection.execute("SET temp_directory = $folder", {"folder": str(folder)})
    connection.execute("SET preserve_insertion_order = false")
    words = load_words()
    lists = {"names": names, "superseding": list(words.superseding)}
    maps = {"lines_of_business": words.lines_of_business, "faults": {reason: fault.value for reason, fault in FAULTS.items()}}
    paths = {part: str(folder / f"{part}-*.parquet") for part in ("lines", "people", "remits", "services")}
    for name, value in (*lists.items(), *paths.items()):
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
    for name, pairs in maps.items():
        connection.execute(f"SET VARIABLE {name} = MAP($codes, $words)", {"codes": list(pairs), "words": list(pairs.values())})


LONGEST = "SELECT coalesce(max(len(diagnoses)), 0), coalesce(max(len(procedures)), 0) FROM read_parquet(getvariable('lines'))"


def _claim_lines(connection: duckdb.DuckDBPyConnection) -> str:
    """The rows of lines and payments, with lists of codes spread over as many numbered columns as any claim fills."""
    [(diagnoses, procedures)] = connection.execute(LONGEST).fetchall()
    numbered = [
        f"{source}[{n}] AS {stem}_{n}"
        for source, stem, count in (
            ("diagnoses", "diagnosis_code", min(diagnoses, DIAGNOSES)),
            ("procedures", "procedure_code", min(procedures, PROCEDURES)),
            ("procedure_dates", "procedure_date", min(procedures, PROCEDURES)),
        )
        for n in range(1, count + 1)
    ]
    lines = f"SELECT {', '.join(('* EXCLUDE (diagnoses, procedures, procedure_dates)', *numbered))} FROM rows_of_lines"
    return f"FROM ({lines} UNION ALL BY NAME FROM rows_of_payments)"


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, rows: str) -> Converted:
    path = folder / f"{table}.parquet"
    connection.execute(f"COPY ({rows}) TO {quote_text(str(path))} (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})")
    return Converted(table, path)


PAYMENT_COUNTS = """
SELECT getvariable('names')[file + 1] AS name, count(*), coalesce(sum(paid_cents), 0)::BIGINT,
    count(reason), coalesce(sum(paid_cents) FILTER (reason IS NOT NULL), 0)::BIGINT, count(*) FILTER (NOT is_service AND reason IS NULL)
FROM payments LEFT JOIN (SELECT payment_key, reason FROM payments_aside) USING (payment_key) GROUP BY file ORDER BY file
"""


def _payment_notices(connection: duckdb.DuckDBPyConnection, reads: Sequence[FileRead]) -> Iterator[str]:
    """What became of the payments of each file, and how many lines nothing was said of."""
    for name, payments, cents, aside, cents_aside, whole in connection.execute(PAYMENT_COUNTS).fetchall():
        joined = f"{payments - aside} of {payments} payments (${cents / 100:,.2f} in all) joined to claim lines"
        yield f"{name}: {joined}, {aside} (${cents_aside / 100:,.2f}) set aside."
        if whole:
            yield f"{name}: {whole} claims were paid as a whole; the amount is spread over their lines in proportion to the charges."
    if any(read.remits for read in reads) and any(read.lines for read in reads):
        [(unpaid, lines)] = connection.execute(
            "SELECT count(*) FILTER (line_key IS NULL), count(*) FROM (SELECT key_of(of_file(filename), source_row) AS key "
            "FROM read_parquet(getvariable('lines'), filename = true)) LEFT JOIN line_money ON line_key = key"
        ).fetchall()
        if unpaid:
            yield f"{unpaid} of {lines} claim lines of the 837 have no payment in the 835; nothing is known of their money."
