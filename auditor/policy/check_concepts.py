"""Mistakes in concepts: windows that end before they begin, evidence that names what is not there."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.check_readings import PLAIN_NAME, hours_mistakes, list_mistakes
from auditor.policy.documents import Documents
from auditor.policy.paragraphs import name_list
from auditor.policy.readings import bound_hours, read_bound, read_readings
from auditor.policy.words import EVIDENCED_KINDS, OXYGEN_INPUTS
from auditor.yaml_lines import Block

SOURCES = ("concept", "value_set", "derived")
DAILY = "daily_oxygen"


def unfit_windows(documents: Documents) -> Iterator[Mistake]:
    """A window on a reading that is not there or of another unit, or one that ends before it begins."""
    windows = documents.concepts["windows"]
    for name, block in windows.items():
        for policy in documents.policies:
            wrong = [
                *hours_mistakes(policy, block, "from", name),
                *hours_mistakes(policy, block, "to", name),
                *hours_mistakes(policy, block, "from_days", name, unit="days"),
                *hours_mistakes(policy, block, "to_days", name, unit="days"),
            ]
            yield from wrong
            if not wrong and _ends_before_it_begins(policy, block):
                yield windows.mistake(name, f"the window {name} ends before it begins. Exchange from and to.")
        for end in ("from", "to"):
            if block.get(end) is not None and f"{end}_days" in block:
                yield block.mistake(end, f"the window {name} has both {end} and {end}_days. Keep one.")


def _ends_before_it_begins(policy: Block, block: Block) -> bool:
    readings = read_readings(policy)
    start = bound_hours(read_bound(block, "from"), readings)
    end = bound_hours(read_bound(block, "to"), readings)
    return start is not None and end is not None and start > end


def unfit_measures(documents: Documents) -> Iterator[Mistake]:
    """A measure without room between its limits, or a scale that nothing sets off."""
    for name, block in documents.concepts["event_concepts"].items():
        measure = block.get("measure")
        if measure and measure["low"] >= measure["high"]:
            yield measure.mistake("low", f"{name} has low {measure['low']}, which is not below high {measure['high']}.")
        for scale in measure.get("scales", []) if measure else []:
            by_size = "above" in scale and "to" in scale
            if ("unit" in scale) == by_size:
                yield scale.mistake(None, f"a scale of {name} needs either unit, or both above and to.")
            if by_size and scale["above"] >= scale["to"]:
                yield scale.mistake("above", f"a scale of {name} has above {scale['above']}, which is not below to {scale['to']}.")


def unnamed_things(documents: Documents) -> Iterator[Mistake]:
    """A fact or concept whose name is not one plain word."""
    for part in ("windows", "event_concepts", "facts"):
        for name in documents.concepts[part]:
            if not PLAIN_NAME.fullmatch(name):
                text = f"{name} should be lower case letters, digits and underscores."
                yield documents.concepts[part].mistake(name, text)


def evidence_of_no_one_source(documents: Documents) -> Iterator[Mistake]:
    """Evidence that comes from none, or several, of a concept, a value set and a derived result."""
    for fact, rule in _evidence(documents):
        found = [source for source in SOURCES if source in rule]
        if len(found) != 1:
            text = f"evidence of {fact} needs exactly one of {', '.join(SOURCES)}; it has {' and '.join(found) or 'none'}."
            yield rule.mistake(None, text)
        if ("tier" in rule) != ("value_set" in rule):
            yield rule.mistake("tier", f"evidence of {fact}: a value set needs a tier, and only a value set takes one.")


def misplaced_evidence(documents: Documents) -> Iterator[Mistake]:
    """Evidence on a fact that is worked out from dates, none where it is needed, or another kind's inputs."""
    facts = documents.concepts["facts"]
    for name, block in facts.items():
        kind = block.get("kind", "statement")
        if (kind in EVIDENCED_KINDS) != bool(block.get("evidence")):
            needs = "needs evidence" if kind in EVIDENCED_KINDS else "is worked out from dates and measurements, and takes no evidence"
            yield facts.mistake(name, f"{name} is of kind {kind}: it {needs}.")
        for role in OXYGEN_INPUTS:
            if (role in block) != (kind == DAILY):
                text = f"{name} is of kind {kind}: it {'lacks' if kind == DAILY else 'takes no'} {role}."
                yield block.mistake(role, text)


def unknown_concepts(documents: Documents) -> Iterator[Mistake]:
    """Evidence or an input from a concept that no extract can use."""
    known = documents.concepts["event_concepts"]
    for fact, rule in _evidence(documents):
        yield from _unknown(rule, "concept", fact, known, "event concept")
    for fact, block in documents.concepts["facts"].items():
        for role in OXYGEN_INPUTS:
            yield from _unknown(block, role, fact, known, "event concept")


def unknown_value_sets(documents: Documents) -> Iterator[Mistake]:
    """Evidence or a concept from a value set, or a tier of one, that is not there."""
    tiers = {block["value_set"]: block["tiers"] for block in documents.value_sets}
    for fact, rule in _evidence(documents):
        yield from _unknown(rule, "value_set", fact, tiers, "value set")
        for tier in name_list(rule.get("tier")) if rule.get("value_set") in tiers else []:
            known = tiers[rule["value_set"]]
            if tier not in known:
                hint = did_you_mean(tier, known)
                text = f"{fact} takes tier {tier} of {rule['value_set']}, which has none of that name.{hint}"
                yield rule.mistake("tier", text)
    for name, block in documents.concepts["event_concepts"].items():
        yield from _unknown(block, "codes", name, tiers, "value set")


def unknown_windows(documents: Documents) -> Iterator[Mistake]:
    """Evidence from a window that is not defined."""
    for fact, rule in _evidence(documents):
        for key in ("window", "claim_window"):
            yield from _unknown(rule, key, fact, documents.concepts["windows"], "window")


def unasked_documents(documents: Documents) -> Iterator[Mistake]:
    """A document that would not exist, and that no fact asks for."""
    facts = documents.concepts["facts"]
    known = sorted({name for block in facts.values() for name in block.get("documents", [])})
    for fact, block in facts.items():
        for name in block.get("without", []):
            if name not in known:
                text = f"{fact} has without {name}, which is a document of no fact.{did_you_mean(name, known)}"
                yield block.mistake("without", text)


def unfit_absences(documents: Documents) -> Iterator[Mistake]:
    """An hour from which absence counts that is no reading of hours, or where there is no statement of absence to place."""
    for fact, rule in _evidence(documents):
        if rule.get("absent_from") is not None and ("derived" in rule or rule.get("absent_when") == []):
            text = f"evidence of {fact} has absent_from, and no statement of absence that it could be about. Leave it out."
            yield rule.mistake("absent_from", text)
        for policy in documents.policies:
            yield from hours_mistakes(policy, rule, "absent_from", fact)


def evidence_by_unknown_readings(documents: Documents) -> Iterator[Mistake]:
    """Evidence switched by a reading that is not there, or by a word it cannot hold."""
    for policy in documents.policies:
        readings = policy.get("readings", {})
        flags = [name for name, reading in readings.items() if isinstance(reading["value"], bool)]
        for fact, rule in _evidence(documents):
            yield from _unknown(rule, "when_reading", fact, flags, "reading that is true or false")
            if "source_in" in rule:
                yield from _source_mistakes(policy, fact, rule)


def _source_mistakes(policy: Block, fact: str, rule: Block) -> Iterator[Mistake]:
    name, word = rule["source_in"]
    named = Block(rule.file, rule.lines["source_in"])
    named["source_in"] = name
    wrong = list(list_mistakes(policy, named, "source_in", fact))
    yield from wrong
    choices = [] if wrong else policy["readings"][name].get("choices", [])
    if choices and word not in choices:
        yield named.mistake(None, f"{fact} source_in asks whether {name} holds {word}.{did_you_mean(word, choices)}")


def _evidence(documents: Documents) -> Iterator[tuple[str, Block]]:
    for fact, block in documents.concepts["facts"].items():
        for rule in block.get("evidence", []):
            yield fact, rule


def _unknown(block: Block, key: str, who: str, known: object, kind: str) -> Iterator[Mistake]:
    assert isinstance(known, dict | list)
    if block.get(key) is not None and block[key] not in known:
        yield block.mistake(key, f"{who} asks for {block[key]}, which is no {kind}.{did_you_mean(block[key], known)}")
