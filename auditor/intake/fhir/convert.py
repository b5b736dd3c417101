"""Converts all FHIR files of an extract: reads each once, then resolves references between them, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files as package_files
from pathlib import Path

import duckdb

from auditor.intake.converted import Conversion, Converted
from auditor.intake.fhir.resources import TABLES, Tally
from auditor.intake.fhir.rows import SPOOLS, spool_schema
from auditor.intake.fhir.spans import Done, Parts, part_file, read_tasks
from auditor.intake.found_files import FoundFile
from auditor.intake.reading import InputFile
from auditor.intake.sql_text import quote_name, quote_text

QUERIES = ("newest", "people", "members", "claim_lines", "events")
MEMORY = "256MB"
FATES = {"outdated": "of which the export holds a newer version", "copy": "given once more in the same words, and counted once"}
ANSWERED = (
    "SELECT count(DISTINCT (source_file, source_row)) FROM spool_claim_lines WHERE resource = 'Claim' AND claim_key IN (FROM answered)"
)


def convert(files: Sequence[FoundFile], folder: Path) -> Conversion:
    """Canonical rows of the files, as Parquet in the folder; ExtractRefused where a file cannot be trusted.

    Each resource becomes rows, is set aside, or is counted in the notices as not needed.
    """
    spools = folder / "spools"
    spools.mkdir(parents=True, exist_ok=True)
    parted = [part_file(file, spools, number) for number, file in enumerate(files)]
    done = iter(list(read_tasks([task for parts in parted for task in parts.tasks])))
    total = Tally()
    inputs = [_input(parts, [next(done) for _ in parts.tasks], total) for parts in parted]
    with duckdb.connect() as connection:
        _open_spools(connection, spools, folder)
        tables = tuple(_write_tables(connection, folder))
        answered = _count(connection, ANSWERED)
        fates = Counter({fate: _count(connection, f"SELECT count(*) FROM fates WHERE fate = {quote_text(fate)}") for fate in FATES})
    return Conversion(tuple(inputs), tables, tuple(_notices(total, answered, fates)))


def _input(parts: Parts, done: list[Done], total: Tally) -> InputFile:
    """What identifies one file; what became of its resources is added to the total."""
    for one in done:
        total.add(one.tally)
    resources, blank = sum(one.tally.resources for one in done), sum(one.blank for one in done)
    return InputFile(parts.tasks[0].file.name, "fhir", resources, parts.sha256 or done[0].sha256, parts.size or done[0].size, blank)


def _open_spools(connection: duckdb.DuckDBPyConnection, spools: Path, folder: Path) -> None:
    """A view of each spool over all its files, an empty one where there are none."""
    connection.execute(f"SET memory_limit = {quote_text(MEMORY)}")
    connection.execute(f"SET temp_directory = {quote_text(str(folder / 'spill'))}")
    connection.execute("SET preserve_insertion_order = false")
    for spool in SPOOLS:
        found = sorted(spools.glob(f"{spool}.*.parquet"))
        columns = ", ".join(f"NULL::{_type(field.type)} AS {quote_name(field.name)}" for field in spool_schema(spool))
        listed = f"[{', '.join(quote_text(str(path)) for path in found)}]"
        source = f"SELECT * FROM read_parquet({listed})" if found else f"SELECT {columns} WHERE false"
        connection.execute(f"CREATE VIEW spool_{spool} AS {source}")
    for query in QUERIES:
        connection.execute(package_files("auditor.intake.fhir").joinpath(f"{query}.sql").read_text(encoding="utf-8"))


def _type(kind: object) -> str:
    return "BIGINT" if str(kind) == "int64" else "VARCHAR"


def _write_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Converted]:
    """Each canonical table that has rows."""
    for table in TABLES:
        path = folder / f"{table}.parquet"
        connection.execute(f"COPY (FROM {table}_resolved) TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        [(rows,)] = connection.execute(f"SELECT count(*) FROM read_parquet({quote_text(str(path))})").fetchall()
        if rows:
            yield Converted(table, path)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    [(count,)] = connection.execute(query).fetchall()
    return int(count)


def _notices(total: Tally, answered: int, fates: Counter[str]) -> Iterator[str]:
    """What became of resources that hold no row, each kind with its number."""
    if total.not_needed:
        yield f"FHIR resources that the audit does not need: {_counts(total.not_needed)}."
    if total.looked_up:
        yield f"FHIR resources that only complete the rows of others: {_counts(total.looked_up)}."
    if total.without_statement:
        yield f"FHIR resources that hold no value or code of their own: {_counts(total.without_statement)}."
    for fate, words in FATES.items():
        if fates[fate]:
            yield f"FHIR resources {words}: {fates[fate]:,}."
    if total.paid_as_whole:
        yield f"FHIR claims paid as a whole, with no amount on a line, so that their lines have no paid amount: {total.paid_as_whole:,}."
    if answered:
        yield f"FHIR claims told by their ExplanationOfBenefit instead: {answered:,}."


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counter.items()))
