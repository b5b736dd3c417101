"""Says conditions, windows, evidence and readings in plain words, for readers who know neither YAML nor Python."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.policy.model import Condition, Consequence, Policy, Reading, RuleBook
from auditor.policy.readings import bound_hours, shown, window_hours
from auditor.policy.words import HOURS_A_DAY, EvidenceRule

SIGNS = {"<": "is under", "<=": "is at most", ">": "is over", ">=": "is at least", "is": "is", "in": "is one of"}
DAYS_A_WEEK = 7
DAYS_FROM_HOURS = 4 * HOURS_A_DAY

CONSEQUENCES = {
    "not_met": "it counts as not met",
    "medical_review": "it goes to medical review",
    "truncate": "later days are not supported",
    "void_all": "no day is supported",
    "void_none": "no day is affected",
}

# How a fact without evidence of its own comes about.
WORKED_OUT = {
    "age_days": "Worked out from the birth date and the start.",
    "age_years": "Worked out from the birth date and the start.",
    "exposure_days": "Counted from the days on which the therapy is shown.",
    "span_days": "Counted from the first to the last day on which the therapy is shown.",
    "daily_oxygen": "Worked out for each day from the measurements and statements of that day.",
}


def say_condition(condition: Condition, book: RuleBook, policy: Policy) -> str:
    """What a condition asks, such as ``the record rules out congenital diaphragmatic hernia``."""
    if condition.constant is not None:
        holds = "which holds" if condition.constant else "which does not hold"
        return f"the reading {condition.fact} {SIGNS[condition.operator]} {shown(condition.value)}, {holds}"
    label = book.concepts.facts[condition.fact].label
    if condition.value == "present":
        return f"the record shows {label}"
    if condition.value == "absent":
        return f"the record rules out {label}"
    in_weeks = book.concepts.facts[condition.fact].kind == "range"
    return f"{label} {SIGNS[condition.operator]} {say_value(condition, policy, in_weeks)}"


def say_value(condition: Condition, policy: Policy, in_weeks: bool = False) -> str:
    """The value with its unit, and the reading that it comes from; days of a pregnancy also in weeks."""
    if condition.reading is None:
        return shown(condition.value)
    unit = policy.readings[condition.reading].unit
    weeks, days = divmod(int(str(condition.value)), DAYS_A_WEEK) if in_weeks and unit == "days" else (0, 0)
    also = f"{weeks} weeks {days} days; " if weeks else ""
    return f"{shown(condition.value)}{f' {unit}' if unit else ''} ({also}reading {condition.reading})"


def say_consequence(consequence: Consequence, book: RuleBook, policy: Policy) -> str:
    """What follows where a criterion is not met."""
    where = f" and {say_condition(consequence.when, book, policy)}" if consequence.when else ""
    after = f", from {say_hours(consequence.after_hours)} on" if consequence.after_hours is not None else ""
    binds = f", for {list_words(consequence.binds)}" if consequence.binds else ""
    chosen = f" (reading {consequence.reading})" if consequence.reading else ""
    return f"If not met{where}{after}{binds}: {CONSEQUENCES[consequence.then]}{chosen}."


def say_window(name: str, book: RuleBook, policy: Policy) -> str:
    """When evidence must be from, such as ``from 72 hours before the start to 24 hours after the start``."""
    start, end = window_hours(book.concepts.windows[name], policy.readings)
    if start is None and end is None:
        return "at any time"
    if start is None:
        return f"until {say_hours(end)}"
    return f"from {say_hours(start)} on" if end is None else f"from {say_hours(start)} to {say_hours(end)}"


def say_hours(hours: float | None) -> str:
    """A moment by its hours from the start of therapy."""
    if not hours:
        return "the start"
    size = abs(hours)
    in_days = size >= DAYS_FROM_HOURS and size % HOURS_A_DAY == 0
    length = f"{size / HOURS_A_DAY:g} days" if in_days else f"{size:g} hours"
    return f"{length} {'before' if hours < 0 else 'after'} the start"


def say_evidence(rule: EvidenceRule, book: RuleBook, policy: Policy) -> str:
    """One way to show a fact."""
    means = "Settles it" if rule.strength == "decides" else "Points one way, and leaves it unknown"
    source, when = say_source(rule, book), say_window(rule.window, book, policy)
    return f"{means}: {source}, {when}{say_statuses(rule)}{say_absence(rule, policy)}."


def say_source(rule: EvidenceRule, book: RuleBook) -> str:
    """What is looked for in the record."""
    if rule.kind == "derived":
        return f"the measurements, worked out ({str(rule.concept).replace('_', ' ')})"
    if rule.value_set is not None:
        tiers = list_words([tier.replace("_", " ") for tier in rule.tiers], "or")
        return f"a code for “{book.value_sets[rule.value_set].label}” ({rule.value_set}: {tiers})"
    return f"a statement of “{book.concepts.event_concepts[str(rule.concept)].label}”"


def say_statuses(rule: EvidenceRule) -> str:
    """What the record must say of it, where that is not simply present or absent."""
    if rule.present_when == ("present",) and rule.absent_when == ("absent",):
        return ""
    speaks_for = f"speaks for it when {_statuses(rule.present_when)}" if rule.present_when else "never speaks for it"
    against = f"against it when {_statuses(rule.absent_when)}" if rule.absent_when else "never against it"
    return f"; {speaks_for}, {against}"


def say_absence(rule: EvidenceRule, policy: Policy) -> str:
    """When a statement of absence begins to count, where that is later than any statement."""
    if rule.absent_from is None:
        return ""
    return f"; against it only {say_hours(bound_hours(rule.absent_from, policy.readings))} or later, or once the therapy has ended"


def _statuses(statuses: Sequence[str]) -> str:
    return list_words([status.replace("_", " ") for status in statuses], "or")


def say_reading(reading: Reading) -> str:
    """A reading with its value, what else it could be, why, and who signed it."""
    unit = f" {reading.unit}" if reading.unit else ""
    others = f" It can be {list_words([shown(choice) for choice in reading.choices], 'or')}." if reading.choices else ""
    others += f" It always names {list_words([shown(one) for one in reading.always])}." if reading.always else ""
    signed = f"Signed by {reading.signed_by}." if reading.signed_by else "Not signed yet."
    value = shown(reading.value) if reading.value != () else "none named"
    return f"{reading.name}: {value}{unit}. {reading.why}{others} {signed}"


def list_words(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
