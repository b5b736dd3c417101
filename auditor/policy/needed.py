"""Readings that an audit asks for by name: a guideline that lacks one could not be audited by."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.model import Policy, RuleBook

ALWAYS = (
    *("age_anchor", "age_method", "oldest_age_years", "episode_gap_days", "stitch_days", "day_method", "straddling_day"),
    *("dollar_basis", "dollars_scope", "related_lines_at_risk", "unlisted_line_attribution", "lob_when_missing"),
)
# By what a guideline makes use of.
BY_DERIVED = {
    "oxygen_failure": ("failure_fio2", "failure_pao2", "failure_oi", "baseline_h", "paired_reading_h"),
    "response": (
        *("response_pao2_rise", "response_oi_fall", "response_fio2_drop"),
        *("baseline_h", "paired_reading_h", "improvement_window_h"),
    ),
}
BY_DAY = ("continuation_from_h", "wean_grace_h", "room_air_fio2", "spo2_band_high")
BY_CASE_REVIEW = ("case_review_under_years",)


def lacking_readings(book: RuleBook) -> Iterator[str]:
    """One sentence a revision that lacks some."""
    for policy in book.policies:
        if lacking := [name for name in dict.fromkeys(_needed(book, policy)) if name not in policy.readings]:
            yield f"{policy.file}: an audit asks for readings that are not there: {', '.join(lacking)}. Add each with its value and why."


def _needed(book: RuleBook, policy: Policy) -> Iterator[str]:
    yield from ALWAYS
    asked = {condition.fact for _, condition in policy.conditions()}
    for fact in (book.concepts.facts[name] for name in sorted(asked & set(book.concepts.facts))):
        for rule in fact.evidence:
            yield from BY_DERIVED[rule.concept or ""] if rule.kind == "derived" else ()
        yield from BY_DAY if fact.kind == "daily_oxygen" else ()
    if any(line.route == "case_review" for line in policy.lines_of_business):
        yield from BY_CASE_REVIEW
