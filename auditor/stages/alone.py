"""Which paragraph is the only thing in the way: were it met, the episode would be supported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from auditor.outcomes import Outcome
from auditor.policy import Criterion, Policy
from auditor.stages.criteria import Evaluation, Flags, LeafTable, Outcomes, Result


def alone_in_the_way(policy: Policy, leaves: LeafTable, late: Mapping[str, Result]) -> dict[str, Flags]:
    """By paragraph, where it alone keeps an episode from support: a leaf not met or unknown, or an exclusion. Shape (episodes,) each.

    A leaf is counted as met, and exclusions that ask the same fact as not documented; all else stays as it is.
    """
    held = ~_supported(policy, late, frozenset())
    found = {}
    for leaf in (leaf for root in policy.criteria for leaf in root.walk() if leaf.condition and leaf.condition.constant is None):
        failing = held & (late[leaf.key].outcome <= Outcome.UNKNOWN)
        same = frozenset(root.key for root in policy.experimental if leaf.condition and leaf.condition.fact in _facts(root))
        found[leaf.key] = failing & _supported(policy, _granted(policy, leaves, leaf), same) if failing.any() else failing
    for root in policy.experimental:
        applies = late[root.key].outcome == Outcome.MET
        found[root.key] = applies & _supported(policy, late, frozenset((root.key,)))
    return found


def _supported(policy: Policy, results: Mapping[str, Result], without: frozenset[str]) -> Flags:
    """Where continuing is met and no exclusion is documented, some exclusions left out."""
    supported = np.asarray(results[policy.goes_on_by].outcome == Outcome.MET)
    for root in policy.experimental:
        if root.key not in without:
            supported = supported & (results[root.key].outcome != Outcome.MET)
    return supported


def _granted(policy: Policy, leaves: LeafTable, leaf: Criterion) -> Mapping[str, Result]:
    met: Outcomes = np.full(leaves.episodes, Outcome.MET, np.int8)
    return Evaluation(policy, replace(leaves, outcomes={**leaves.outcomes, leaf.key: met})).run()


def _facts(root: Criterion) -> set[str]:
    return {condition.fact for criterion in root.walk() for _, condition in criterion.conditions()}
