"""Brings installed releases into an audit: only the rows of codes that the extract holds, and which release speaks for which days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from auditor.engine import Connection
from auditor.releases.library import ROWS, damaged, installed_releases
from auditor.releases.release import ADD_ONS, CODES, PAIRS, UNITS, Release

TABLES = """
CREATE OR REPLACE TABLE releases (
    release VARCHAR, revision BIGINT, kind VARCHAR, file VARCHAR, first_day DATE, last_day DATE, lowest_code VARCHAR, highest_code VARCHAR);
CREATE OR REPLACE TABLE release_pairs (
    release VARCHAR, file VARCHAR, column_1 VARCHAR, column_2 VARCHAR, indicator BIGINT, valid_from DATE, valid_to DATE);
CREATE OR REPLACE TABLE release_units (
    release VARCHAR, file VARCHAR, code VARCHAR, most BIGINT, adjudication BIGINT, valid_from DATE, valid_to DATE);
CREATE OR REPLACE TABLE release_add_ons (
    release VARCHAR, add_on VARCHAR, type BIGINT, primary_code VARCHAR, valid_from DATE, valid_to DATE);
CREATE OR REPLACE TABLE release_codes (release VARCHAR, code_system VARCHAR, code VARCHAR, valid_from DATE, valid_to DATE);
CREATE OR REPLACE TABLE codes_billed AS SELECT DISTINCT hcpcs_code AS code FROM claim_lines WHERE hcpcs_code IS NOT NULL;
"""

# A file of pairs or add-ons is cumulative: it knows every day up to its quarter's end. A limit of units is one quarter's.
ROWS_OF = {
    PAIRS: """
        INSERT INTO release_pairs SELECT $release, $file, column_1, column_2, indicator, valid_from, valid_to FROM read_parquet($path)
        WHERE column_1 IN (FROM codes_billed) AND column_2 IN (FROM codes_billed)""",
    UNITS: """
        INSERT INTO release_units SELECT $release, $file, code, most, adjudication, NULL, NULL FROM read_parquet($path)
        WHERE code IN (FROM codes_billed)""",
    ADD_ONS: """
        INSERT INTO release_add_ons SELECT $release, add_on, type, primary_code, valid_from, valid_to FROM read_parquet($path)
        WHERE add_on IN (FROM codes_billed) AND $file IS NOT NULL""",
    CODES: """
        INSERT INTO release_codes SELECT $release, code_system, code, valid_from, valid_to FROM read_parquet($path)
        WHERE $file IS NOT NULL""",
}

# Parts of one release are one release; what a release without parts does not hold is not in force.
GATHERED = """
CREATE OR REPLACE TABLE releases AS
SELECT release, revision, kind, file, min(first_day) AS first_day, max(last_day) AS last_day,
    min(lowest_code) AS lowest_code, max(highest_code) AS highest_code
FROM releases GROUP BY ALL ORDER BY ALL
"""
WITHOUT_END = date(9999, 12, 31)


def bring_releases(connection: Connection, library: Path | None, as_of: date) -> tuple[Release, ...]:
    """Makes the tables of releases, empty where none is installed, and the day the report speaks from as a variable."""
    connection.execute("SET VARIABLE as_of = $as_of::DATE", {"as_of": as_of})
    connection.execute(TABLES)
    installed = installed_releases(library)
    for release in installed:
        assert library is not None
        ends = (release.lowest, release.highest) if release.part else (None, None)
        row = (release.version, release.revision, release.kind, release.setting, release.first_day, release.last_day or WITHOUT_END, *ends)
        connection.execute("INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        values = {"release": release.version, "file": release.setting, "path": str(library / release.name / ROWS)}
        try:
            connection.execute(ROWS_OF[release.kind], values)
        except duckdb.Error as fault:
            raise damaged(release) from fault
    connection.execute(GATHERED)
    return installed
