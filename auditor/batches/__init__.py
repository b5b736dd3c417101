"""The audit of more members than memory holds: what is in scope goes to the disk by batches, and a few of them are audited at once."""

from auditor.batches.audit import Batches, audit_batches, cut_batches, removed_after_failure
from auditor.batches.plan import BatchPlan, plan_batches

__all__ = ["BatchPlan", "Batches", "audit_batches", "cut_batches", "plan_batches", "removed_after_failure"]
