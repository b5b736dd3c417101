"""Checks a policy and all it refers to as one, and warns of what is sound but should be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import PurePath

from auditor.mistakes import Mistake, refuse
from auditor.policy import (
    check_codes,
    check_coding,
    check_concepts,
    check_conditions,
    check_findings,
    check_numbers,
    check_outline,
    check_readings,
)
from auditor.policy.check_shapes import misplaced_keys_and_values
from auditor.policy.documents import Documents
from auditor.policy.model import EXPOSURE_ROLES, Policy, RuleBook
from auditor.policy.needed import lacking_readings

Check = Callable[[Documents], Iterator[Mistake]]

# Each is named for the mistake that it finds.
CHECKS: tuple[Check, ...] = (
    check_outline.revisions_at_odds,
    check_outline.reviewed_before_it_began,
    check_outline.repeated_paragraphs,
    check_outline.not_one_kind,
    check_numbers.paragraphs_out_of_place,
    check_numbers.missing_paragraphs,
    check_numbers.revisions_apart,
    check_outline.keys_without_effect,
    check_outline.groups_of_one,
    check_outline.lost_references,
    check_outline.roles_without_a_question,
    check_outline.circular_references,
    check_outline.unknown_consequences,
    check_outline.unknown_routes,
    check_outline.unknown_paragraphs,
    check_readings.unfit_readings,
    check_readings.revisions_that_part_episodes,
    check_readings.unfit_marks,
    check_readings.unknown_numbers,
    check_readings.unknown_bands,
    check_readings.unknown_names_in_lists,
    check_readings.unknown_exposure_names,
    check_conditions.unread_conditions,
    check_conditions.unknown_facts,
    check_conditions.facts_asked_at_the_wrong_time,
    check_conditions.absences_asked_each_day,
    check_conditions.unfit_operators,
    check_conditions.unfit_values,
    check_concepts.unfit_windows,
    check_concepts.unfit_measures,
    check_concepts.unnamed_things,
    check_concepts.evidence_of_no_one_source,
    check_concepts.misplaced_evidence,
    check_concepts.unknown_concepts,
    check_concepts.unknown_value_sets,
    check_concepts.unknown_windows,
    check_concepts.unasked_documents,
    check_concepts.unfit_absences,
    check_concepts.evidence_by_unknown_readings,
    check_codes.misnamed_value_sets,
    check_codes.empty_value_sets,
    check_codes.impossible_codes,
    check_codes.codes_never_valid,
    check_codes.repeated_codes,
    check_codes.overlapping_tiers,
    check_codes.unknown_aliases,
    check_codes.unread_patterns,
    check_coding.impossible_services,
    check_coding.backward_dates,
    check_coding.unread_time_units,
    check_coding.reasons_nobody_lists,
    check_findings.findings_of_no_one_origin,
    check_findings.findings_without_an_action,
    check_findings.findings_on_unknown_criteria,
    check_findings.findings_on_unknown_paragraphs,
)


def check(documents: Documents) -> None:
    """SettingsRefused with every mistake. Names are looked up only once every key and value is where it belongs."""
    mistakes = list(misplaced_keys_and_values(documents))
    if not mistakes:
        mistakes = [mistake for find in CHECKS for mistake in find(documents)]
    if mistakes:
        raise refuse(mistakes)


def warnings(book: RuleBook, as_of: date) -> tuple[str, ...]:
    """What a policy's owner should look at: unsigned readings, a review date gone by, value sets nothing uses, codes long past."""
    return (
        *unsigned_readings(book),
        *reviews_passed(book, as_of),
        *unused_value_sets(book),
        *codes_past_before_the_policy(book),
        *lacking_readings(book),
    )


def unsigned_readings(book: RuleBook) -> Iterator[str]:
    """One warning a revision, with the readings that nobody has signed."""
    for policy in book.policies:
        unsigned = [reading.name for reading in policy.readings.values() if not reading.signed_by]
        if unsigned:
            count = f"{len(unsigned)} of {len(policy.readings)} readings are"
            yield f"{policy.file}: {count} not signed (signed_by): {', '.join(unsigned)}."


def reviews_passed(book: RuleBook, as_of: date) -> Iterator[str]:
    """The revision in force that was to be reviewed before ``as_of``."""
    policy = book.in_force(as_of)
    if policy and policy.review_by and policy.review_by < as_of:
        due = f"revision {policy.revision} was to be reviewed by {policy.review_by}"
        yield f"{policy.file}: {due}. Is there a newer one?"


def unused_value_sets(book: RuleBook) -> Iterator[str]:
    """Value sets that no policy, concept or ``used_by`` names; of a guideline in a folder of its own, those of that folder."""
    used = {name for policy in book.policies for name in _named_value_sets(policy)}
    used |= {concept.value_set for concept in book.concepts.event_concepts.values() if concept.value_set}
    used |= {rule.value_set for fact in book.concepts.facts.values() for rule in fact.evidence if rule.value_set}
    for name, value_set in book.value_sets.items():
        if name not in used and not value_set.used_by and _home(value_set.file) == _home(book.policies[-1].file):
            yield f"{value_set.file}: nothing uses it. Name what does under used_by, or remove it."


def codes_past_before_the_policy(book: RuleBook) -> Iterator[str]:
    """Codes that went out of use before the first revision takes effect: only older records can bear them."""
    begin = book.policies[0].effective
    for value_set in book.value_sets.values():
        for entry in (entry for entries in value_set.tiers.values() for entry in entries):
            if entry.valid_to and entry.valid_to < begin and _home(value_set.file) == _home(book.policies[-1].file):
                past = f"{entry.code} was valid until {entry.valid_to}, and the policy takes effect on {begin}"
                yield f"{value_set.file}: {past}. Only older records can bear it; leave it out if none is asked."


def _home(file: str) -> tuple[str, ...]:
    return PurePath(file).parts[:-2]


def _named_value_sets(policy: Policy) -> Iterator[str]:
    yield policy.listed_services
    for role, names in policy.exposure.items():
        if EXPOSURE_ROLES[role] == "value_set":
            yield from names
