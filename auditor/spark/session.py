"""A Spark session that keeps to UTC, logs little, and starts where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import SettingsRefused

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OWN = {
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
WANTED = "pip install 'auditor[spark]', and install Java 17 or newer"


def open_session() -> SparkSession:
    """The session at hand, such as a cluster's; else one of all processors here. SettingsRefused where Spark cannot start."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise SettingsRefused(f"--engine spark: pyspark is not installed; {WANTED}") from None
    if (at_hand := SparkSession.getActiveSession()) is not None:
        return at_hand
    builder = SparkSession.builder.appName("auditor")
    for name, value in OWN.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError):
        raise SettingsRefused(f"--engine spark: Spark does not start here; {WANTED}") from None
