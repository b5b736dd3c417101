"""The one sentence that says why an episode came to its determination, made from its results."""

from __future__ import annotations

from collections.abc import Collection

from auditor.outcomes import DETERMINATIONS, VERDICTS, Determination, Outcome, Verdict
from auditor.report.branches import branches, leaves_at
from auditor.report.cases import Case, Row, Rows
from auditor.report.phrases import counted, dollars, shorten

DECIDED_BY: dict[Determination, Outcome] = {
    Determination.CRITERIA_NOT_MET: Outcome.NOT_MET,
    Determination.INSUFFICIENT_DOCUMENTATION: Outcome.UNKNOWN,
}
NAMED_AT_MOST = 2


def rationale(case: Case, exclusions: Collection[str]) -> str:
    """Meaning of the determination; the paragraphs that decide it; the days and dollars by verdict."""
    meaning = DETERMINATIONS[Determination(case.episode["determination"])].meaning
    clauses = [clause for clause in (_paragraphs_clause(case, exclusions), _days_clause(case.days)) if clause]
    return f"{meaning[:1].upper()}{meaning[1:]}{': ' if clauses else ''}{'; '.join(clauses)}."


def deciding_paragraphs(case: Case, exclusions: Collection[str]) -> Rows:
    """The leaves that hold the episode where it is; for an exclusion, the exclusion itself."""
    determination = Determination(case.episode["determination"])
    if determination == Determination.EXPERIMENTAL:
        return tuple(row for row in case.criteria if row["key"] == case.episode["exclusion"])
    if determination == Determination.MEDICAL_REVIEW:
        return tuple(row for row in case.criteria if row["referred"] and row["outcome"] == Outcome.NOT_MET)
    wanted = DECIDED_BY.get(determination)
    if wanted is None:
        return ()
    roots = [root for root in branches(case.criteria) if root.key not in exclusions]
    return tuple(row for root in roots for row in leaves_at(root, wanted, case.episode["pathway"]))


def _paragraphs_clause(case: Case, exclusions: Collection[str]) -> str:
    paragraphs = deciding_paragraphs(case, exclusions)
    named = [_named(row) for row in paragraphs[:NAMED_AT_MOST]]
    more = len(paragraphs) - len(named)
    return ", ".join(named) + (f", and {counted(more, 'more paragraph')}" if more else "")


def _named(row: Row) -> str:
    reason = f" ({row['reason']})" if row["reason"] else ""
    return f"{row['key']} “{shorten(row['statement']).rstrip('.')}”{reason}"


def _days_clause(days: Rows) -> str:
    by_verdict = {verdict: [row for row in days if row["verdict"] == verdict] for verdict in Verdict}
    return ", ".join(_days_phrase(verdict, rows) for verdict, rows in by_verdict.items() if rows)


def _days_phrase(verdict: Verdict, rows: list[Row]) -> str:
    cents = sum(row[f"{verdict}_cents"] or 0 for row in rows)
    return f"{VERDICTS[verdict].word} on {counted(len(rows), 'day')} ({dollars(cents)})"
