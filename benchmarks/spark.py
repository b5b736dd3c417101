"""By hand: one extract audited here and on Spark, compared to the last cell; with ``--skew``, a member of a million events among it.

python -m benchmarks.spark EXTRACT [--skew]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pyarrow

from auditor import AuditResult
from auditor.results import RESULTS, ResultTable

SKEWED = 1_000_000
MORE_EVENTS = """
INSERT INTO events BY NAME
WITH longest AS (
    SELECT member_id, min(start) AS begun FROM events WHERE concept = 'spo2'
    GROUP BY member_id ORDER BY count(*) DESC, member_id LIMIT 1)
SELECT member_id,
    left(begun::VARCHAR, 10) || strftime(TIMESTAMP '2000-01-01' + to_seconds(number % 86400), 'T%H:%M:%S') || '-07:00' AS start,
    'spo2' AS concept, (80 + number % 20)::VARCHAR AS value, '%' AS unit
FROM longest, range($events) AS numbers(number)
"""


def add_skew(folder: Path, out: Path, events: int) -> None:
    """The extract with so many more readings of the member who has most, one a second; as Parquet."""
    import duckdb

    connection = duckdb.connect()
    for name in ("claim_lines", "members", "events", "authorizations"):
        [(source, how)] = [
            (folder / f"{name}.{kind}", f"read_{kind}") for kind in ("parquet", "csv") if (folder / f"{name}.{kind}").exists()
        ]
        text = ", all_varchar = true" if how == "read_csv" else ""
        connection.execute(f"CREATE TABLE {name} AS FROM {how}('{source}'{text})")
    connection.execute(MORE_EVENTS, {"events": events})
    for name in ("claim_lines", "members", "events", "authorizations"):
        connection.execute(f"COPY {name} TO '{out / name}.parquet'")


def timed(what: str, work: Callable[[], AuditResult]) -> AuditResult:
    """Does it, and prints how long it took."""
    start = time.perf_counter()
    found = work()
    print(f"{what:<6} {time.perf_counter() - start:7.1f} s", flush=True)
    return found


@click.command()
@click.argument("extract", type=click.Path(exists=True, path_type=Path))
@click.option("--skew", is_flag=True, help="Give one member a million events more.")
@click.option("--memory", default="1GB", show_default=True, help="Of the engine here, and of each task.")
def main(extract: Path, skew: bool, memory: str) -> None:
    """Compares the two engines on EXTRACT."""
    from auditor import Settings, audit
    from auditor.spark import Cluster, audit_on_spark, open_session

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with TemporaryDirectory() as scratch:
        if skew:
            given, extract = extract, Path(scratch) / "skewed"
            extract.mkdir()
            add_skew(given, extract, SKEWED)
        settings = Settings(paths=(extract,), as_of=date(2026, 11, 22), memory=memory)
        here = timed("here", lambda: audit(settings))
        cluster = Cluster(open_session(), (Path(scratch) / "spark").as_uri())
        there = timed("Spark", lambda: audit_on_spark(settings, cluster))
        differ = [table.name for table in RESULTS if not _table(table, here).equals(_table(table, there))]
        facts = "agree" if here.facts == there.facts else "differ"
        print(f"tables that differ: {', '.join(differ) or 'none'}; the facts of the run {facts}")


def _table(table: ResultTable, result: AuditResult) -> pyarrow.Table:
    from auditor.report.schemas import conform

    return conform(table, result.frames[table.name])


if __name__ == "__main__":
    main()
