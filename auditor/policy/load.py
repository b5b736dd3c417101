"""Loads a policy and all it refers to as one rule book, or refuses it with every mistake at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditor.policy.check import check
from auditor.policy.conditions import read_condition
from auditor.policy.documents import Documents, WrittenFile, override_readings, parse_documents, read_texts
from auditor.policy.load_coding import read_coding
from auditor.policy.load_words import read_concepts, read_excludes1, read_findings, read_patterns, read_value_set
from auditor.policy.model import (
    CRITERION_KINDS,
    TREATMENT,
    Condition,
    Consequence,
    Criterion,
    LineOfBusiness,
    NotAutomated,
    Policy,
    Reading,
    RuleBook,
)
from auditor.policy.readings import read_hours, read_names, read_readings
from auditor.yaml_lines import Block

# Policies whose checked documents a process keeps: those of a run, and of another that it is compared with.
FAMILIES_KEPT = 4

NO_OVERRIDES: Mapping[str, object] = {}
Readings = Mapping[str, Reading]


def load_rule_book(name_or_path: str, configs: Path, overrides: Mapping[str, object] = NO_OVERRIDES) -> RuleBook:
    """The rule book of a policy family (``pacificsource-ino``: all its revisions) or of one policy file.

    ``overrides`` are what-if values of readings. SettingsRefused says everything that is to be mended.
    """
    documents = check_files(read_texts(name_or_path, configs))
    documents = override_readings(documents, overrides)
    if overrides:
        check(documents)
    return build_rule_book(documents)


def load_variants(name_or_path: str, configs: Path, overrides: Iterable[Mapping[str, object]]) -> list[RuleBook]:
    """The rule book once for each set of overrides; the files are read and checked once, the values of readings each time."""
    documents = check_files(read_texts(name_or_path, configs))
    return [build_rule_book(override_readings(documents, each)) for each in overrides]


@lru_cache(maxsize=FAMILIES_KEPT)
def check_files(written: tuple[WrittenFile, ...]) -> Documents:
    """The documents that these files hold, checked. The same text is checked once in a process, which may audit many times."""
    documents = parse_documents(written)
    check(documents)
    return documents


def build_rule_book(documents: Documents) -> RuleBook:
    """The frozen rules of checked documents."""
    return RuleBook(
        policies=read_revisions(documents.policies),
        concepts=read_concepts(documents.concepts),
        value_sets={block["value_set"]: read_value_set(block) for block in documents.value_sets},
        patterns=read_patterns(documents.patterns),
        findings=read_findings(documents.findings),
        excludes1=read_excludes1(documents.excludes1),
        frequency={code: block["role"] for code, block in documents.frequency["frequency"].items()},
        coding=read_coding(documents.coding),
    )


def read_revisions(documents: tuple[Block, ...]) -> tuple[Policy, ...]:
    """The revisions, earliest first; each knows when the next takes over."""
    policies = sorted((read_policy(document) for document in documents), key=lambda policy: policy.effective)
    following = [*(policy.effective for policy in policies[1:]), None]
    return tuple(replace(policy, next_effective=day) for policy, day in zip(policies, following, strict=True))


def read_policy(document: Block) -> Policy:
    """One revision, its readings resolved wherever the outline names them."""
    readings = read_readings(document)
    return Policy(
        name=document["policy"],
        title=document["title"],
        payer=document["payer"],
        revision=str(document["revision"]),
        effective=document["effective"],
        review_by=document.get("review_by"),
        source=document["source"],
        listed_services=document["listed_services"],
        roles={role: as_names(keys) for role, keys in document["roles"].items()},
        exposure={role: as_names(names) for role, names in document["exposure"].items()},
        lines_of_business=tuple(read_route(block, readings) for block in document["lines_of_business"]),
        readings=readings,
        criteria=tuple(read_criteria(document["criteria"], readings)),
        experimental=tuple(read_criteria(document.get("experimental", {}), readings)),
        not_automated=tuple(NotAutomated(**block) for block in document.get("not_automated", [])),
        file=document.file,
        treatment=document.get("treatment", TREATMENT),
        notice=document.get("notice"),
        episode_mark=document.get("episode_mark", ""),
    )


def as_names(value: str | list[str]) -> tuple[str, ...]:
    """One name or a list of them, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def read_route(block: Block, readings: Readings) -> LineOfBusiness:
    """Whose rules decide for a line of business; a reading may hold the route, or name rules elsewhere."""
    elsewhere = read_names(block.get("elsewhere_when"), readings)
    route = "elsewhere" if elsewhere else named_word(block["route"], readings)
    by_name = block["elsewhere_when"] if elsewhere else block["route"]
    rules = ", ".join(elsewhere) if elsewhere else block.get("rules")
    return LineOfBusiness(
        block["line"],
        tuple(block["states"]),
        route,
        block["paragraph"],
        rules,
        by_name if by_name in readings else None,
    )


def named_word(word: str, readings: Readings) -> str:
    """The word itself, or the value of the reading of that name."""
    return str(readings[word].value) if word in readings else word


def read_criteria(blocks: Mapping[str, Any], readings: Readings) -> Iterator[Criterion]:
    """The criteria of one group, in the order of the file."""
    for key, block in blocks.items():
        yield read_criterion(key, block, readings)


def read_criterion(key: str, block: Block, readings: Readings) -> Criterion:
    """One criterion and all below it."""
    kind = next(kind for kind in CRITERION_KINDS if kind in block)
    return Criterion(
        key=key,
        statement=block["statement"],
        kind=kind,
        condition=optional_condition(block.get("when") or block.get("each_day"), readings),
        members=tuple(read_criteria(block[kind], readings)) if kind in ("all_of", "any_of") else (),
        same_as=block.get("same_as"),
        applies_when=optional_condition(block.get("applies_when"), readings),
        if_not_met=tuple(read_consequence(each, readings) for each in block.get("if_not_met", [])),
        from_hour=read_hours(block.get("from_hour"), readings),
        overridden_by=read_names(block.get("overridden_by"), readings),
        overriding_reading=name if isinstance(name := block.get("overridden_by"), str) else None,
    )


def optional_condition(text: str | None, readings: Readings) -> Condition | None:
    """The condition, where one is written."""
    return read_condition(text, readings) if text else None


def read_consequence(block: Block, readings: Readings) -> Consequence:
    """What a failed criterion leads to."""
    return Consequence(
        when=optional_condition(block.get("when"), readings),
        then=named_word(block["then"], readings),
        after_hours=read_hours(block.get("after_hours"), readings),
        binds=read_names(block.get("binds"), readings),
        reading=block["then"] if block["then"] in readings else None,
    )
