"""Writes the rules of one policy revision as DuckDB tables, so that SQL joins rules as it joins records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from typing import Any

import duckdb

from auditor.engine import insert_rows, run_sql
from auditor.policy.codes import split_prefix, written_forms
from auditor.policy.coding_words import Coding
from auditor.policy.model import Condition, Policy, RuleBook, Value
from auditor.policy.readings import bound_hours, window_hours
from auditor.policy.words import EvidenceRule, FindingState, FindingType

Row = tuple[object, ...]


def install(connection: duckdb.DuckDBPyConnection, book: RuleBook, policy: Policy) -> None:
    """Creates the rule tables of ``policy`` anew; ``rule_tables.sql`` says what a row of each is."""
    run_sql(connection, "rule_tables", "policy")
    for table, rows in rule_rows(book, policy).items():
        insert_rows(connection, table, rows)


def install_again(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Iterable[Row]]) -> None:
    """These rule tables anew, of those that are installed."""
    for table, its_rows in rows.items():
        connection.execute(f"DELETE FROM {table}")
        insert_rows(connection, table, its_rows)


def rule_rows(book: RuleBook, policy: Policy) -> dict[str, Iterator[Row]]:
    """The rows of every rule table."""
    return {
        "value_set_codes": value_set_rows(book),
        "text_patterns": text_pattern_rows(book),
        "event_concepts": event_concept_rows(book),
        "measure_scales": scale_rows(book),
        "facts": fact_rows(book),
        "fact_inputs": fact_input_rows(book),
        "evidence_rules": evidence_rows(book, policy),
        "leaves": leaf_rows(policy),
        "policy_roles": role_rows(policy),
        "pathway_paragraphs": pathway_rows(policy),
        "lob_routes": route_rows(policy),
        "exposure_rules": exposure_rows(policy),
        "finding_types": finding_rows(book, policy),
        "excludes1": excludes1_rows(book),
        "frequency_roles": iter(book.frequency.items()),
        **coding_rows(book.coding),
    }


def coding_rows(coding: Coding) -> dict[str, Iterator[Row]]:
    """One row a coding fact; the fields of each are the columns of its table."""
    facts: dict[str, tuple[Any, ...]] = {
        "shipped_pairs": coding.pairs,
        "shipped_units": coding.units,
        "shipped_add_ons": coding.add_ons,
        "service_settings": coding.settings,
        "refused_modifiers": coding.refused_modifiers,
        "modifier_roles": coding.modifiers,
        "age_limits": coding.ages,
        "ventilator_bands": coding.bands,
        "time_units": coding.time_units,
        "both_code_systems": coding.both_code_systems,
        "recovery_windows": coding.windows,
        "reason_codes": coding.reasons,
    }
    return {table: (astuple(row) for row in rows) for table, rows in facts.items()}


def value_set_rows(book: RuleBook) -> Iterator[Row]:
    """One row a form of a code of a tier of a value set; a short form that two codes share is there once."""
    for value_set in book.value_sets.values():
        shortened: set[str] = set()
        for tier, entries in value_set.tiers.items():
            for entry in entries:
                dates_and_values = (entry.valid_from, entry.valid_to, entry.low, entry.high, entry.alias_of)
                for code in written_forms(entry):
                    if code == entry.code or code not in shortened:
                        yield value_set.name, tier, entry.system, code, entry.is_prefix, *dates_and_values
                    shortened.add(code)


def text_pattern_rows(book: RuleBook) -> Iterator[Row]:
    """One row a pattern."""
    return ((pattern.name, pattern.has, pattern.lacks) for pattern in book.patterns.values())


def event_concept_rows(book: RuleBook) -> Iterator[Row]:
    """One row a concept; unit and limits are empty where it is no measurement."""
    for concept in book.concepts.event_concepts.values():
        measure = concept.measure
        limits = (measure.unit, measure.low, measure.high, measure.reading) if measure else (None,) * 4
        yield concept.name, concept.label, concept.value_set, *limits


def scale_rows(book: RuleBook) -> Iterator[Row]:
    """One row a scale and unit; the unit is empty where the size of the number tells."""
    for concept in book.concepts.event_concepts.values():
        for scale in concept.measure.scales if concept.measure else ():
            for unit in scale.units or (None,):
                yield concept.name, unit, scale.above, scale.upto, scale.factor


def fact_rows(book: RuleBook) -> Iterator[Row]:
    """One row a fact."""
    return ((fact.name, fact.label, fact.kind, list(fact.documents), fact.report) for fact in book.concepts.facts.values())


def fact_input_rows(book: RuleBook) -> Iterator[Row]:
    """One row a measurement or statement that a daily fact is worked out from."""
    return ((fact.name, role, concept) for fact in book.concepts.facts.values() for role, concept in fact.inputs.items())


def evidence_rows(book: RuleBook, policy: Policy) -> Iterator[Row]:
    """One row a rule and tier, for the rules that this policy's readings leave switched on."""
    for fact in book.concepts.facts.values():
        for rule in fact.evidence:
            if is_switched_on(rule, policy):
                yield from _evidence_rows(rule, book, policy)


def is_switched_on(rule: EvidenceRule, policy: Policy) -> bool:
    """Whether the policy's readings let this evidence count."""
    if rule.when_reading and not policy.value(rule.when_reading):
        return False
    if not rule.source_in:
        return True
    sources = policy.value(rule.source_in[0])
    return isinstance(sources, tuple) and rule.source_in[1] in sources


def _evidence_rows(rule: EvidenceRule, book: RuleBook, policy: Policy) -> Iterator[Row]:
    windows = book.concepts.windows
    hours = window_hours(windows[rule.window], policy.readings)
    claim_hours = window_hours(windows[rule.claim_window], policy.readings) if rule.claim_window else (None, None)
    for tier in rule.tiers or (None,):
        yield (
            *(rule.rule_id, rule.fact, rule.kind, rule.concept, rule.value_set, tier, rule.strength),
            *(*hours, *claim_hours, rule.claim_window is not None),
            *(list(rule.present_when), list(rule.absent_when), bound_hours(rule.absent_from, policy.readings)),
        )


def leaf_rows(policy: Policy) -> Iterator[Row]:
    """One row a condition that a record must answer; what readings alone answer is left out."""
    for leaf, condition in policy.conditions():
        if condition.constant is None:
            yield leaf, condition.fact, condition.operator, *_number_and_text(condition)


def _number_and_text(condition: Condition) -> tuple[float | None, str | None]:
    value = condition.value
    return (float(value), None) if isinstance(value, int | float) else (None, str(value))


def role_rows(policy: Policy) -> Iterator[Row]:
    """One row a role and paragraph that plays it."""
    for role, keys in policy.roles.items():
        for key in keys:
            condition = policy.criterion(key).condition
            yield role, key, condition.fact if condition else None


def pathway_rows(policy: Policy) -> Iterator[Row]:
    """One row a pathway and paragraph of it, itself the first."""
    for pathway in policy.roles.get("pathways", ()):
        yield from ((pathway, criterion.key) for criterion in policy.criterion(pathway).walk())


def route_rows(policy: Policy) -> Iterator[Row]:
    """One row a line of business and state."""
    for lob in policy.lines_of_business:
        for state in lob.states:
            yield lob.line, state, lob.route, lob.paragraph, lob.rules


def exposure_rows(policy: Policy) -> Iterator[Row]:
    """One row a name that plays a role in showing exposure."""
    return ((role, name) for role, names in policy.exposure.items() for name in names)


def finding_rows(book: RuleBook, policy: Policy) -> Iterator[Row]:
    """One row a finding, state and criterion of this revision; the criterion is empty where a query finds it."""
    statements: dict[str | None, str] = {criterion.key: criterion.statement for criterion in policy.walk()}
    for finding in book.findings.values():
        for state in finding.states:
            for criterion in finding.criteria or (None,):
                if criterion is None or criterion in statements:
                    yield _finding_row(finding, state, criterion, state.says or statements.get(criterion))


def _finding_row(finding: FindingType, state: FindingState, criterion: str | None, says: str | None) -> Row:
    origin = (finding.finding_id, state.state, criterion, finding.query)
    acted_on = (state.severity, state.action, finding.basis, finding.paragraph or criterion)
    return (*origin, *acted_on, finding.name, says, state.carc, state.rarc, finding.cause, finding.replaces)


def excludes1_rows(book: RuleBook) -> Iterator[Row]:
    """One row a pair of codes that are not coded together."""
    return ((*split_prefix(code), *split_prefix(other)) for code, other in book.excludes1)


def set_limits(connection: duckdb.DuckDBPyConnection, coding: Coding) -> None:
    """Sets the numbers that coding edits compare with, as variables of their own names."""
    for name, value in coding.limits.items():
        _set(connection, name, "DOUBLE", value)


def set_readings(connection: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Sets every reading, and the policy's own dates, as variables that SQL reads with ``getvariable``; another policy's are forgotten."""
    forget_readings(connection, policy)
    for reading in policy.readings.values():
        _set(connection, reading.name, _sql_type(reading.value), reading.value)
    _set(connection, "listed_services", "VARCHAR", policy.listed_services)
    _set(connection, "policy_effective", "DATE", policy.effective)
    _set(connection, "policy_review_by", "DATE", policy.review_by)
    _set(connection, "policy_revision", "VARCHAR", policy.revision)
    _set(connection, "next_effective", "DATE", policy.next_effective)
    _set(connection, "episode_mark", "VARCHAR", policy.episode_mark)


def forget_readings(connection: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Readings that an earlier policy set and this one has not are no readings; those of this one are kept by name."""
    connection.execute("CREATE TABLE IF NOT EXISTS readings_set (name VARCHAR)")
    for (name,) in connection.execute("SELECT DISTINCT name FROM readings_set").fetchall():
        if name not in policy.readings:
            connection.execute(f"RESET VARIABLE {name}")
    connection.execute("DELETE FROM readings_set")
    insert_rows(connection, "readings_set", ((name,) for name in policy.readings))


def _set(connection: duckdb.DuckDBPyConnection, name: str, sql_type: str, value: object) -> None:
    """``name`` is one plain word, which the check of the policy has seen to."""
    value = list(value) if isinstance(value, tuple) else value
    connection.execute(f"SET VARIABLE {name} = ?::{sql_type}", [value])


def _sql_type(value: Value) -> str:
    if isinstance(value, tuple):
        return "VARCHAR[]"
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}[type(value)]
