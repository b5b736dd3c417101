"""Before any verdict: how ready an extract is, counted from what the audit itself makes of it."""

from auditor.readiness.measure import Audited, measure
from auditor.readiness.model import Readiness
from auditor.readiness.watch import begin_watch, watch

__all__ = ["Audited", "Readiness", "begin_watch", "measure", "watch"]
