"""Merkle trees over lines of text: one hash that stands for all of them, and a short proof that one of them is among them.

Leaves and knots are hashed apart (a leading 0 or 1), so that no knot can be shown as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Step:
    """The hash beside the way up, in hex, and on which side of it it stands."""

    side: Literal["left", "right"]
    sha256: str


def merkle_root(lines: Sequence[str]) -> str:
    """The hash that stands for all lines in their order; of no lines, the hash of nothing."""
    level = [_leaf(line) for line in lines]
    while len(level) > 1:
        level = _up(level)
    return (level[0] if level else hashlib.sha256(b"").digest()).hex()


def merkle_path(lines: Sequence[str], place: int) -> tuple[Step, ...]:
    """The hashes that lead from the line at ``place`` up to the root."""
    level, steps = [_leaf(line) for line in lines], []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append(Step("left" if beside < place else "right", level[beside].hex()))
        level, place = _up(level), place // 2
    return tuple(steps)


def climb(line: str, path: Sequence[Step]) -> str:
    """The root that a line and its path lead to; ValueError where a step is no hash."""
    here = _leaf(line)
    for step in path:
        beside = bytes.fromhex(step.sha256)
        here = _knot(beside, here) if step.side == "left" else _knot(here, beside)
    return here.hex()


def _up(level: list[bytes]) -> list[bytes]:
    """The level above; an odd one out goes up as it is."""
    pairs = [_knot(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _leaf(line: str) -> bytes:
    return hashlib.sha256(b"\0" + line.encode()).digest()


def _knot(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
