"""Mistakes in readings and in what refers to them: values outside the choices, unknown names, wrong units."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.documents import Documents
from auditor.policy.model import EXPOSURE_ROLES
from auditor.policy.paragraphs import consequences, keys, name_list, paragraphs
from auditor.policy.readings import misfits, shown
from auditor.yaml_lines import Block

PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
MARK = re.compile(r"[A-Z]{1,8}")
# Days of exposure become stays and episodes by these. Every revision looks at all days, and keeps the episodes that it governs.
FORM_EPISODES = ("episode_gap_days", "stitch_days")
# Roles of the exposure rules that say what an episode comes to, not which days are its.
DESCRIBE_EPISODES = ("possible_facts", "unlisted_services", "other_use_text", "ventilator_services")
RESERVED = ("policy_effective", "policy_review_by", "policy_revision", "next_effective", "listed_services", "episode_mark")


def unfit_readings(documents: Documents) -> Iterator[Mistake]:
    """A value outside the choices, or a name that SQL could not use or that something else has."""
    facts = documents.concepts["facts"]
    for policy in documents.policies:
        readings = policy.get("readings", {})
        for name, block in readings.items():
            for text in misfits(name, block, like=block["value"]):
                yield block.mistake("value", text)
            if not PLAIN_NAME.fullmatch(name):
                yield readings.mistake(name, f"{name} should be lower case letters, digits and underscores, as readings are named.")
            if name in facts or name in RESERVED:
                yield readings.mistake(name, f"{name} is the name of something else already. Choose another for this reading.")


def revisions_that_part_episodes(documents: Documents) -> Iterator[Mistake]:
    """Revisions that would form episodes in different ways: a course of therapy that crosses them would be two, or none."""
    first = min(documents.policies, key=lambda policy: policy["effective"])
    for policy in documents.policies:
        for where, key, name in _forming(policy, first):
            here, there = (_said(_forms(each).get(name)) for each in (policy, first))
            if here != there:
                text = f"{name} is {here} here and {there} in {first.file}. Episodes are formed by it and may cross revisions"
                yield where.mistake(key, f"{text}: give every revision the same.")


def unfit_marks(documents: Documents) -> Iterator[Mistake]:
    """A mark of the episodes' names that is not capital letters: it could not be told from their digits."""
    for policy in documents.policies:
        mark = policy.get("episode_mark")
        if mark is not None and not MARK.fullmatch(mark):
            yield policy.mistake("episode_mark", f"episode_mark {mark} should be one to eight capital letters.")


def _forming(policy: Block, first: Block) -> Iterator[tuple[Block, str, str]]:
    """What forms episodes, with the block and key where this revision says it, or should."""
    readings = policy.get("readings", {})
    for name in sorted({*_forms(policy), *_forms(first)}):
        if name in readings:
            yield readings[name], "value", name
        elif name in policy["exposure"]:
            yield policy["exposure"], name, name
        else:
            yield policy, name, name


def _forms(policy: Block) -> dict[str, object]:
    """What shows exposure, and the readings that join its days to episodes, by name."""
    readings = {name: block["value"] for name, block in policy.get("readings", {}).items() if name in FORM_EPISODES}
    exposure = {role: sorted(name_list(names)) for role, names in policy["exposure"].items() if role not in DESCRIBE_EPISODES}
    return {**exposure, **readings, "listed_services": policy["listed_services"], "episode_mark": policy.get("episode_mark")}


def _said(value: object) -> str:
    return "not given" if value is None else shown(value)


def unknown_numbers(documents: Documents) -> Iterator[Mistake]:
    """Hours taken from something that is no reading of hours."""
    for policy in documents.policies:
        for _, key, block in paragraphs(policy):
            yield from hours_mistakes(policy, block, "from_hour", key)
        for key, block in consequences(policy):
            yield from hours_mistakes(policy, block, "after_hours", key)


def unknown_bands(documents: Documents) -> Iterator[Mistake]:
    """A band of a fact whose ends are no numbers among the readings."""
    for policy in documents.policies:
        readings = policy.get("readings", {})
        for name, block in documents.concepts["facts"].items():
            for end in block.get("band", []):
                if end not in readings:
                    yield block.mistake(
                        "band", f"{name} has a band to {end}, which is no reading of {policy.file}.{did_you_mean(end, readings)}"
                    )


def hours_mistakes(policy: Block, block: Block, key: str, who: str, unit: str = "hours") -> Iterator[Mistake]:
    """What is wrong with the numbers at ``key``: each must be a number, or a reading of that unit."""
    written = block.get(key)
    for part in written if isinstance(written, list) else [written]:
        if isinstance(part, str):
            yield from _reading_of(policy, part.removeprefix("-"), unit, block, f"{who} {key}")


def _reading_of(policy: Block, name: str, unit: str, block: Block, who: str) -> Iterator[Mistake]:
    key = who.split()[-1]
    readings = policy.get("readings", {})
    if name not in readings:
        yield block.mistake(key, f"{who} takes {name}, which is no reading of {policy.file}.{did_you_mean(name, readings)}")
    elif isinstance(readings[name]["value"], bool) or not isinstance(readings[name]["value"], int | float):
        yield block.mistake(key, f"{who} takes {name}, which is no number.")
    elif readings[name].get("unit") != unit:
        yield block.mistake(key, f"{who} is in {unit}; {name} is in {readings[name].get('unit', 'no unit')}.")


def unknown_names_in_lists(documents: Documents) -> Iterator[Mistake]:
    """``binds``, ``overridden_by`` or ``elsewhere_when`` that name no list reading, or list what is no paragraph."""
    for policy in documents.policies:
        for _, key, block in paragraphs(policy):
            yield from _paragraph_list(policy, block, "overridden_by", key)
        for key, block in consequences(policy):
            yield from _paragraph_list(policy, block, "binds", key)
        for block in policy["lines_of_business"]:
            yield from list_mistakes(policy, block, "elsewhere_when", block["line"])


def _paragraph_list(policy: Block, block: Block, key: str, who: str) -> Iterator[Mistake]:
    wrong = list(list_mistakes(policy, block, key, who))
    yield from wrong
    if key not in block or wrong:
        return
    named = block[key]
    known = keys(policy)
    for name in policy["readings"][named]["value"] if isinstance(named, str) else named:
        if name not in known:
            yield block.mistake(key, f"{who} {key} lists {name}, which is no paragraph of this policy.{did_you_mean(name, known)}")


def list_mistakes(policy: Block, block: Block, key: str, who: str) -> Iterator[Mistake]:
    """What is wrong with the name at ``key``, which must be that of a list reading; a list as written is sound."""
    name = block.get(key)
    if not isinstance(name, str):
        return
    readings = policy.get("readings", {})
    lists = [each for each, reading in readings.items() if isinstance(reading["value"], list)]
    if name not in lists:
        yield block.mistake(key, f"{who} {key} names {name}, which is no reading that holds a list.{did_you_mean(name, lists)}")


def unknown_exposure_names(documents: Documents) -> Iterator[Mistake]:
    """A name in the exposure rules, or the listed services, that nothing defines."""
    known = {
        "concept": set(documents.concepts["event_concepts"]),
        "fact": set(documents.concepts["facts"]),
        "value_set": {block["value_set"] for block in documents.value_sets},
        "pattern": set(documents.patterns["text_patterns"]),
    }
    for policy in documents.policies:
        for role, named in policy["exposure"].items():
            for name in name_list(named):
                yield from _unknown_name(policy["exposure"], role, name, known)
        yield from _unknown_name(policy, "listed_services", policy["listed_services"], known)


def _unknown_name(block: Block, role: str, name: str, known: dict[str, set[str]]) -> Iterator[Mistake]:
    kind = EXPOSURE_ROLES.get(role, "value_set")
    if name not in known[kind]:
        hint = did_you_mean(name, known[kind])
        yield block.mistake(role, f"{role} names {name}, which is no {kind.replace('_', ' ')}.{hint}")
