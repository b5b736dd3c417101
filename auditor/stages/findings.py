"""Runs every finding's question and gathers the answers: coding edits first, since dollars hang on them."""

from __future__ import annotations

from auditor.engine import Connection, named_queries, run_fixed, run_sql

CODING = ("findings_vasoreactivity", "findings_coding", "findings_services")
FAMILIES = ("findings_data", "findings_scope", "findings_pathways", "findings_course", "findings_use", "findings_process")

ANSWERS = """
CREATE OR REPLACE MACRO cite(source_file, source_row) AS source_file || ' row ' || source_row;
CREATE OR REPLACE TABLE raw_findings (
    query VARCHAR, paragraph VARCHAR, episode_id VARCHAR, line_key BIGINT, first_day DATE, last_day DATE,
    days BIGINT, evidence VARCHAR[], lines BIGINT[]);
CREATE OR REPLACE TABLE coding_hits (
    query VARCHAR, line_key BIGINT, day DATE, evidence VARCHAR[], together VARCHAR, other BIGINT,
    explained BOOLEAN DEFAULT false, doubted BOOLEAN DEFAULT false);
"""


def find_coding(connection: Connection) -> None:
    """Makes ``coding_hits``: each day of a line that a coding edit speaks of."""
    run_fixed(connection, ANSWERS)
    run_sql(connection, "coding_days")
    run_sql(connection, "ventilator_days")
    for family in CODING:
        for name, question in named_queries(family).items():
            run_fixed(connection, f"INSERT INTO coding_hits BY NAME SELECT '{name}' AS query, * FROM ({question})")
    run_sql(connection, "coding_hits")


def find(connection: Connection) -> None:
    """Makes ``result_findings``."""
    for family in FAMILIES:
        for name, question in named_queries(family).items():
            run_fixed(connection, f"INSERT INTO raw_findings BY NAME SELECT '{name}' AS query, * FROM ({question})")
    run_sql(connection, "findings")
