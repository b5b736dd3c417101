"""The audit on Spark: pieces of the extract are read wherever Spark runs, and each part of the members is audited as by one machine."""

from auditor.spark.audit import audit_on_spark
from auditor.spark.cluster import Cluster
from auditor.spark.session import open_session

__all__ = ["Cluster", "audit_on_spark", "open_session"]
