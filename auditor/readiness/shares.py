"""What can be decided: of each paragraph, overall and by facility."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from auditor.policy import RuleBook
from auditor.policy.words import Fact
from auditor.readiness.model import CriterionCount, FacilityCount, FacilityCriterion
from auditor.readiness.rows import Laid, Row

COUNTED_AS = ("revision", "key", "asked", "decidable", "in_question", "open", "holds_up")


def criterion_counts(laid: Laid, book: RuleBook) -> tuple[CriterionCount, ...]:
    """Every paragraph in the order of the outline, revision by revision."""
    reasons: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in laid.ask("reasons"):
        reasons[row["revision"], row["key"]][row["reason"]] = row["episodes"]
    speaking = {(row["revision"], row["fact"]): row["rows"] for row in laid.ask("facts")}
    return tuple(
        _criterion(row, reasons[row["revision"], row["key"]], speaking.get((row["revision"], row["fact"]), 0), book)
        for row in laid.ask("criteria")
    )


def _criterion(row: Row, reasons: dict[str, int], rows: int, book: RuleBook) -> CriterionCount:
    asks_a_fact = row["fact"] is not None
    return CriterionCount(
        **{name: row[name] for name in (*COUNTED_AS, "depth", "statement")},
        leaf=asks_a_fact,
        reasons=reasons,
        rows=rows,
        shown_by=shown_by(row["fact"], book),
        never=asks_a_fact and row["asked"] > 0 and rows == row["decidable"] == 0,
    )


def shown_by(name: str | None, book: RuleBook) -> tuple[str, ...]:
    """What would show a fact, by the labels of concepts and value sets; the documents of a fact that has no such rows."""
    fact = book.concepts.facts.get(name) if name else None
    if fact is None:
        return ()
    return tuple(dict.fromkeys(_labels(fact, book))) or fact.documents


def _labels(fact: Fact, book: RuleBook) -> list[str]:
    concepts = book.concepts.event_concepts
    wanted = [*(rule.concept or "" for rule in fact.evidence), *fact.inputs.values()]
    codes = [f"codes of {book.value_sets[rule.value_set].label}" for rule in fact.evidence if rule.value_set]
    return [*(concepts[concept].label for concept in wanted if concept in concepts), *codes]


def facility_counts(laid: Laid) -> tuple[FacilityCount, ...]:
    """Every facility, the most blocked dollars first."""
    charted = _charted(laid)
    criteria: dict[str | None, list[FacilityCriterion]] = defaultdict(list)
    for row in laid.ask("facility_criteria"):
        criteria[row["facility"]].append(FacilityCriterion(**{name: row[name] for name in COUNTED_AS}))
    return tuple(
        FacilityCount(**row, charted=charted(row["facility"]), criteria=tuple(criteria[row["facility"]])) for row in laid.ask("facilities")
    )


def _charted(laid: Laid) -> Callable[[str | None], dict[str, int]]:
    """By facility, chart rows of each concept that the days rest on; 0 where there are none."""
    found = {(row["facility"], row["concept"]): row["rows"] for row in laid.ask("charting")}
    concepts = tuple(charted_concepts(laid))
    return lambda facility: {concept: found.get((facility, concept), 0) for concept in concepts}


def charted_concepts(laid: Laid) -> dict[str, str]:
    """Labels of the concepts that the days rest on, by name: those that show iNO first."""
    return {row["concept"]: row["label"] for row in laid.ask("charted_concepts")}
