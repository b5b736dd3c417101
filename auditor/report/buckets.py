"""The buckets of counted dollars: the day verdicts, and the two kinds of dollars that are never at risk."""

from __future__ import annotations

from auditor.outcomes import VERDICTS, Verdict, Word
from auditor.report.phrases import spaced
from auditor.results import MONEY

COUNTED = "counted_cents"
AT_RISK_LOW = "at_risk_low_cents"
AT_RISK_HIGH = "at_risk_high_cents"
TOTALS = (COUNTED, AT_RISK_LOW, AT_RISK_HIGH)


CODING = {"coding": ("✕", "bad"), "coding_review": ("?", "open")}


def _word(name: str, meaning: str) -> Word:
    if name in set(Verdict):
        return VERDICTS[Verdict(name)]
    return Word(spaced(name), *CODING.get(name, ("–", "quiet")), meaning)


BUCKETS: dict[str, Word] = {
    column.name: _word(column.name.removesuffix("_cents"), column.meaning) for column in MONEY if column.name not in TOTALS
}
