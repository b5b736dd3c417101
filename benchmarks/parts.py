"""What is measured, each part in a process of its own: the bare scan, the audit, and what an analyst would write for the same answers.

python -m benchmarks.parts PART EXTRACT OUT
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.agreement import COMPARED
from benchmarks.measuring import account

AS_OF = date(2026, 11, 22)
MEMORY = "700MB"
LINE_COLUMNS = (
    "claim_id, claim_line_number, member_id, claim_line_start_date, claim_line_end_date, frequency_code, original_claim_id, claim_status, "
    "received_date, paid_date, hcpcs_code, revenue_center_code, line_description, "
    "claim_type, service_unit_quantity, line_of_business, state, facility_npi, billing_npi, billing_tin, "
    "charge_amount, allowed_amount, paid_amount, diagnosis_code_1, diagnosis_code_2"
)
EVENT_COLUMNS = 'member_id, start, "end", concept, code_system, code, status, unit, "value", facility, document_id'

Finish = Callable[[dict[str, Any]], None]


class Stages:
    """Seconds on the wall and of the processors by stage; a stage that comes again is added to."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._stage, self._wall, self._cpu = "starting", time.perf_counter(), time.process_time()

    def begin(self, stage: str) -> None:
        """The stage in hand ends, and another begins."""
        wall, cpu = time.perf_counter(), time.process_time()
        spent = self.seconds.setdefault(self._stage, [0.0, 0.0])
        spent[0] += wall - self._wall
        spent[1] += cpu - self._cpu
        self._stage, self._wall, self._cpu = stage.split(" (")[0], wall, cpu  # without how far it is


def audit_extract(folder: Path, out: Path, stages: Stages) -> Mapping[str, pd.DataFrame]:
    """The audit itself, the one place that knows how it is called; its result tables."""
    from auditor import Settings, audit

    return audit(Settings(paths=(folder,), as_of=AS_OF, memory=MEMORY), progress=stages.begin).frames


def whole_audit(folder: Path, out: Path, finish: Finish) -> None:
    """The audit to its results, its stages timed; then, unmeasured, what scripts are compared with."""
    stages = Stages()
    frames = audit_extract(folder, out, stages)
    stages.begin("done")
    finish({"stages": stages.seconds, "episodes": len(frames["episodes"])})
    for name, columns in COMPARED.items():
        write(frames[name][list(columns)], out / f"{name}.parquet")


def bare_scan(folder: Path, out: Path, finish: Finish) -> None:
    """Decodes every value of the columns the audit needs, and does nothing else with them."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        for name, columns in (("claim_lines", LINE_COLUMNS), ("events", EVENT_COLUMNS)):
            hashed = ", ".join(f"bit_xor(hash({column}))" for column in columns.split(", "))
            connection.execute(f"SELECT {hashed} FROM read_parquet('{folder}/{name}.parquet')").fetchall()
    finish({})


def pandas_script(folder: Path, out: Path, finish: Finish) -> None:
    """The analyst's pandas."""
    from benchmarks.analyst_pandas import answer

    answers = answer(folder)
    finish({"episodes": len(answers)})
    write(answers, out / "answers.parquet")


def duckdb_script(folder: Path, out: Path, finish: Finish) -> None:
    """The analyst's DuckDB."""
    from benchmarks.analyst_duckdb import answer

    answers = answer(folder)
    finish({"episodes": len(answers)})
    write(answers, out / "answers.parquet")


def write(rows: pd.DataFrame, path: Path) -> None:
    """Rows as plain Parquet, whatever types pandas holds them in."""
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None), path)


PARTS = {part.__name__: part for part in (bare_scan, whole_audit, pandas_script, duckdb_script)}


def main(part: str, folder: str, out: str) -> None:
    """Does one part, and prints what it took."""
    Path(out).mkdir(parents=True, exist_ok=True)
    PARTS[part](Path(folder), Path(out), lambda told: print(json.dumps({**told, **account()}), flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
