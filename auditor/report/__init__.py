"""The report: what a run leaves for people to read."""

from auditor.report.facts import InputFile, LineTotal, RevisionFacts, RunFacts, TableCount, revision_facts
from auditor.report.publish import publish

__all__ = ["InputFile", "LineTotal", "RevisionFacts", "RunFacts", "TableCount", "publish", "revision_facts"]
