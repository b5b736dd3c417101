"""Runs every finding's question and gathers the answers."""

from __future__ import annotations

from auditor.engine import Connection, named_queries, run_sql

FAMILIES = ("findings_data", "findings_scope", "findings_pathways", "findings_course")

ANSWERS = """
CREATE OR REPLACE MACRO cite(source_file, source_row) AS source_file || ' row ' || source_row;
CREATE OR REPLACE TABLE raw_findings (
    query VARCHAR, paragraph VARCHAR, episode_id VARCHAR, line_key BIGINT, first_day DATE, last_day DATE, days BIGINT, evidence VARCHAR[]);
"""


def find(connection: Connection) -> None:
    """Makes ``result_findings``."""
    connection.execute(ANSWERS)
    for family in FAMILIES:
        for name, question in named_queries(family).items():
            connection.execute(f"INSERT INTO raw_findings BY NAME SELECT '{name}' AS query, * FROM ({question})")
    run_sql(connection, "findings")
