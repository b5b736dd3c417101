"""An Airflow DAG that holds the night by the command line: one task, no row of an extract passes through Airflow."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

CONFIG = "/etc/auditor/nightly.toml"
NOTHING_TO_AUDIT = 12

with DAG(
    dag_id="auditor_nightly",
    description="Audits what has arrived of inhaled nitric oxide claims",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "payment-integrity", "retries": 2, "retry_delay": timedelta(minutes=30)},
    tags=["auditor"],
) as dag:
    # A retry is safe: the same extract again is "unchanged", and a run that was cut short is finished first.
    BashOperator(
        task_id="nightly",
        bash_command=f"auditor nightly --config {CONFIG} --log-json",
        skip_on_exit_code=[NOTHING_TO_AUDIT],
        execution_timeout=timedelta(hours=8),
        append_env=True,
    )
