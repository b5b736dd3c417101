"""Which pathway an episode is really about."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from auditor.outcomes import Outcome
from auditor.policy import Policy
from auditor.stages.criteria import Flags, Result


def nearest_pathway(policy: Policy, results: Mapping[str, Result]) -> NDArray[np.int64]:
    """Place in ``roles.pathways`` of the pathway that is met, else unknown, else referred, else of the one with most signs.

    Shape (episodes,).
    """
    ranks = [_rank(policy, results, key) for key in policy.roles["pathways"]]
    return np.asarray(np.argmax(np.stack(ranks), axis=0))


def _rank(policy: Policy, results: Mapping[str, Result], key: str) -> NDArray[np.int64]:
    result = results[key]
    signs = sum(((results[sign].outcome == Outcome.MET).astype(np.int64) for sign in _signs(policy, key)), np.int64(0))
    asked = result.outcome != Outcome.NOT_APPLICABLE
    standing = np.where(result.outcome == Outcome.MET, 3, np.where(signs > 0, 2, 1))
    return np.asarray(np.where(asked, standing * 10_000 + result.lenient.astype(np.int64) * 100 + signs, 0))


def _signs(policy: Policy, pathway: str) -> list[str]:
    below = {criterion.key for criterion in policy.criterion(pathway).walk()}
    return [sign for sign in policy.roles.get("signs", ()) if sign in below]


def pathways_in_question(policy: Policy, results: Mapping[str, Result]) -> dict[str, Flags]:
    """By pathway, the episodes it is about: it is the nearest, or the record shows a sign of it. Shape (episodes,) each."""
    nearest = nearest_pathway(policy, results)
    flags = {}
    for place, key in enumerate(policy.roles["pathways"]):
        asked = results[key].outcome != Outcome.NOT_APPLICABLE
        signs = [results[sign].outcome == Outcome.MET for sign in _signs(policy, key)]
        flags[key] = asked & ((nearest == place) | np.logical_or.reduce(signs or [np.zeros(len(asked), bool)]))
    return flags
