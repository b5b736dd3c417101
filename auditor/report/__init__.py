"""The report: what a run leaves for people to read."""

from auditor.report.explain import explain_data, explain_tree
from auditor.report.facts import InputFile, LineTotal, RevisionFacts, RunFacts, TableCount, revision_facts
from auditor.report.publish import publish
from auditor.report.summary import summary_text

__all__ = [
    "InputFile",
    "LineTotal",
    "RevisionFacts",
    "RunFacts",
    "TableCount",
    "explain_data",
    "explain_tree",
    "publish",
    "revision_facts",
    "summary_text",
]
