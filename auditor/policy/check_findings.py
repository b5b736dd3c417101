"""Mistakes in finding types: none or two origins, states without an action, paragraphs that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.documents import Documents
from auditor.policy.paragraphs import keys, name_list
from auditor.policy.words import FINDING_STATES
from auditor.yaml_lines import Block

QUERY_NEEDS = ("says", "paragraph", "severity", "action")
ACTED_ON = ("severity", "action", "carc", "rarc")


def findings_of_no_one_origin(documents: Documents) -> Iterator[Mistake]:
    """A finding from both a criterion and a query, or from neither."""
    findings = documents.findings["findings"]
    for name, block in findings.items():
        if ("criterion" in block) == ("query" in block):
            yield findings.mistake(name, f"{name} needs exactly one of criterion and query.")


def findings_without_an_action(documents: Documents) -> Iterator[Mistake]:
    """A criterion's finding with no state, a query's that lacks what it needs, or keys of the other kind."""
    findings = documents.findings["findings"]
    for name, block in findings.items():
        if "criterion" in block and not any(state in block for state in FINDING_STATES):
            yield findings.mistake(name, f"{name} speaks of a criterion and needs at least one of {', '.join(FINDING_STATES)}.")
        for key in QUERY_NEEDS if "query" in block else ():
            if key not in block:
                yield findings.mistake(name, f"{name} comes from a query and lacks {key}.")
        for key in FINDING_STATES if "query" in block else ACTED_ON:
            if key in block:
                where = "on the finding itself" if "query" in block else "under F, U or X"
                yield block.mistake(key, f"{name} takes no {key} here. Write severity and action {where}.")


def findings_on_unknown_criteria(documents: Documents) -> Iterator[Mistake]:
    """A finding on a paragraph that no revision of the policy has."""
    known = set().union(*(keys(policy) for policy in documents.policies))
    for name, block in documents.findings["findings"].items():
        for key in name_list(block.get("criterion")):
            if key not in known:
                yield _lost(block, "criterion", name, key, known)


def findings_on_unknown_paragraphs(documents: Documents) -> Iterator[Mistake]:
    """A citation of something that is neither a paragraph nor a section of the policy."""
    sections = {section for policy in documents.policies for section in policy.get("sections", ())}
    known = sections.union(*(keys(policy) for policy in documents.policies))
    for name, block in documents.findings["findings"].items():
        if block.get("paragraph", next(iter(known))) not in known:
            yield _lost(block, "paragraph", name, block["paragraph"], known)


def _lost(block: Block, key: str, name: str, word: str, known: set[str]) -> Mistake:
    return block.mistake(key, f"{name} speaks of {word}, which is neither a paragraph nor a section.{did_you_mean(word, known)}")
