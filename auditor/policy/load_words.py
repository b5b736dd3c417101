"""Turns checked documents about words into frozen values: concepts, evidence, value sets, text patterns, findings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from auditor.policy.codes import normal_code, read_entry
from auditor.policy.readings import read_bound
from auditor.policy.words import (
    FINDING_STATES,
    OXYGEN_INPUTS,
    Concepts,
    EventConcept,
    EvidenceRule,
    Fact,
    FindingState,
    FindingType,
    Measure,
    Scale,
    TextPattern,
    ValueSet,
    Window,
)
from auditor.yaml_lines import Block


def read_concepts(document: Block) -> Concepts:
    """Windows, event concepts and facts; evidence rules are numbered from 1 in the order of the file."""
    numbers = count(1)
    return Concepts(
        windows={name: Window(name, read_bound(block, "from"), read_bound(block, "to")) for name, block in document["windows"].items()},
        event_concepts={name: _event_concept(name, block) for name, block in document["event_concepts"].items()},
        facts={name: _fact(name, block, numbers) for name, block in document["facts"].items()},
    )


def _event_concept(name: str, block: Block) -> EventConcept:
    measure = block.get("measure")
    return EventConcept(name, block["label"], block.get("codes"), _measure(measure) if measure else None)


def _measure(block: Block) -> Measure:
    scales = tuple(_scale(scale) for scale in block.get("scales", []))
    return Measure(block["unit"], block["low"], block["high"], block.get("reading"), scales)


def _scale(block: Block) -> Scale:
    return Scale(tuple(unit.lower() for unit in block.get("unit", [])), block.get("above"), block.get("to"), block["factor"])


def _fact(name: str, block: Block, numbers: Iterator[int]) -> Fact:
    return Fact(
        name=name,
        label=block["label"],
        kind=block.get("kind", "statement"),
        documents=tuple(block.get("documents", ())),
        report=block.get("report"),
        evidence=tuple(_evidence(name, rule, next(numbers)) for rule in block.get("evidence", [])),
        inputs={role: block[role] for role in OXYGEN_INPUTS if role in block},
        band=(block["band"][0], block["band"][1]) if block.get("band") else None,
        without=tuple(block.get("without", ())),
    )


def _evidence(fact: str, block: Block, rule_id: int) -> EvidenceRule:
    tier = block.get("tier", [])
    source_in = block.get("source_in")
    return EvidenceRule(
        rule_id=rule_id,
        fact=fact,
        kind="concept" if "concept" in block else "code" if "value_set" in block else "derived",
        concept=block.get("concept") or block.get("derived"),
        value_set=block.get("value_set"),
        tiers=(tier,) if isinstance(tier, str) else tuple(tier),
        strength=block.get("strength", "decides"),
        window=block["window"],
        claim_window=block.get("claim_window"),
        present_when=tuple(block.get("present_when", ["present"])),
        absent_when=tuple(block.get("absent_when", ["absent"])),
        when_reading=block.get("when_reading"),
        source_in=(source_in[0], source_in[1]) if source_in else None,
        absent_from=read_bound(block, "absent_from"),
    )


def read_value_set(document: Block) -> ValueSet:
    """One value set with its codes normalised."""
    tiers = {
        tier: tuple(read_entry(system, entry) for system, entries in systems.items() for entry in entries)
        for tier, systems in document["tiers"].items()
    }
    return ValueSet(document["value_set"], document["label"], document["source"], tiers, document.get("used_by"), document.file)


def read_patterns(document: Block) -> dict[str, TextPattern]:
    """The text patterns by name."""
    blocks = document["text_patterns"].items()
    return {name: TextPattern(name, block["label"], block["has"], block.get("not")) for name, block in blocks}


def read_excludes1(document: Block) -> tuple[tuple[str, str], ...]:
    """Pairs of diagnoses that are not coded together; a trailing ``*`` stays."""
    return tuple((normal_code("icd10cm", pair["code"]), normal_code("icd10cm", pair["with"])) for pair in document["excludes1"])


def read_findings(document: Block) -> dict[str, FindingType]:
    """The finding types by id."""
    return {finding_id: _finding(finding_id, block) for finding_id, block in document["findings"].items()}


def _finding(finding_id: str, block: Block) -> FindingType:
    criterion = block.get("criterion", [])
    return FindingType(
        finding_id=finding_id,
        name=block["name"],
        paragraph=block.get("paragraph"),
        basis=block["basis"],
        criteria=(criterion,) if isinstance(criterion, str) else tuple(criterion),
        query=block.get("query"),
        states=tuple(_states(block)),
        family=block.get("family"),
        documents=tuple(block.get("documents", ())),
        cause=block.get("cause"),
        replaces=block.get("replaces"),
    )


def _states(block: Block) -> Iterator[FindingState]:
    """The states of a finding; one of a query has the single state ''."""
    for state in FINDING_STATES if "criterion" in block else ("",):
        written = block.get(state) if state else block
        if written is not None:
            says = written.get("says", block.get("says"))
            yield FindingState(state, written["severity"], written["action"], says, written.get("carc"), written.get("rarc"))
