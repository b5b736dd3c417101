"""Walks the outline of a policy as written, before it is known to be sound."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.model import CRITERION_KINDS
from auditor.yaml_lines import Block

GROUPS = ("all_of", "any_of")
CONDITION_KEYS = ("when", "each_day", "applies_when")


def paragraphs(policy: Block) -> Iterator[tuple[Block, str, Block]]:
    """Every paragraph in outline order: the block that holds it, its key, and its own block."""
    for part in ("criteria", "experimental"):
        if part in policy:
            yield from _below(policy[part])


def _below(group: Block) -> Iterator[tuple[Block, str, Block]]:
    for key, block in group.items():
        yield group, key, block
        for kind in GROUPS:
            if block.get(kind):
                yield from _below(block[kind])


def keys(policy: Block) -> set[str]:
    """The paragraph numbers of a policy."""
    return {key for _, key, _ in paragraphs(policy)}


def kinds(block: Block) -> list[str]:
    """Which of the kinds of criterion a block is written as; a sound one is exactly one."""
    return [kind for kind in CRITERION_KINDS if kind in block]


def conditions(policy: Block) -> Iterator[tuple[str, Block, str, str]]:
    """Every condition: its paragraph, the block it stands in, its key there, and its text."""
    for _, key, block in paragraphs(policy):
        for place in CONDITION_KEYS:
            if block.get(place):
                yield key, block, place, block[place]
        for consequence in block.get("if_not_met") or []:
            if consequence.get("when"):
                yield key, consequence, "when", consequence["when"]


def consequences(policy: Block) -> Iterator[tuple[str, Block]]:
    """Every consequence with its paragraph."""
    for _, key, block in paragraphs(policy):
        for consequence in block.get("if_not_met") or []:
            yield key, consequence


def name_list(value: str | list[str] | None) -> list[str]:
    """One name or several, as a list."""
    return [value] if isinstance(value, str) else list(value or [])
