"""A snapshot of a million rows out of PostgreSQL by ODBC: time beside the server's own COPY, and memory beside that of fewer rows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.warehouse.server import Server, start_server

FEWER, ROWS = 200_000, 1_000_000
MAKE = """
CREATE TABLE bench AS
SELECT 'C' || g / 4 AS claim_id, (g % 4)::text AS claim_line_number, 'M' || g % 50000 AS member_id,
    date '2026-01-01' + g % 300 AS claim_line_start_date, '94003'::varchar(5) AS hcpcs_code, '0412'::varchar(4) AS revenue_center_code,
    (g % 5)::numeric AS service_unit_quantity, (g % 100000 / 100.0)::numeric(18, 2) AS paid_amount,
    timestamp '2026-01-01' + g * interval '1 second' AS at, 'ventilator management, subsequent day ' || g AS line_description
FROM generate_series(1, {rows}) g
"""
TAKE = """
import sys
from pathlib import Path
from auditor.settings import Settings
from auditor.warehouse import Fetching, WarehouseSettings, take_snapshot
settings = WarehouseSettings(connection=sys.argv[1], user="postgres", queries={"claim_lines": f"SELECT * FROM bench LIMIT {sys.argv[3]}"})
fetching = Fetching(lambda place: "", Settings(memory="256MB"), lambda stage: None)
assert take_snapshot(settings, Path(sys.argv[2]), fetching).rows == {"claim_lines": int(sys.argv[3])}
[peak] = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)  # the system's own count of a process remembers what its parent held
"""


def fill(server: Server) -> None:
    """The table of the benchmark."""
    server.sql("DROP TABLE IF EXISTS bench")
    server.sql(MAKE.format(rows=ROWS))


def peak_megabytes(server: Server, rows: int) -> int:
    """The most memory that a process of its own held while it took the snapshot."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-c", TAKE, server.connection, str(Path(folder) / "snapshot"), str(rows)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Prints both measures."""
    with start_server() as server:
        fill(server)
        begun = time.perf_counter()
        server.sql(f"COPY bench TO '{server.folder}/bench.csv'")
        copied = time.perf_counter() - begun
        fewer = peak_megabytes(server, FEWER)
        begun = time.perf_counter()
        most = peak_megabytes(server, ROWS)
        taken = time.perf_counter() - begun
    print(f"{ROWS:,} rows: {taken / copied:.1f} times the server's COPY ({copied:.1f} s), {ROWS / taken:,.0f} rows a second")
    print(f"memory: {most} MB, beside {fewer} MB for {FEWER:,} rows")


if __name__ == "__main__":
    main()
