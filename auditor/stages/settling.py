"""How each undecided episode stands, and the documents that would settle it; episodes that stand alike are settled once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.outcomes import UNDECIDED, Determination, Outcome, Reason, Verdict
from auditor.policy import Policy
from auditor.settling import Needs, Settled, Settler, Standing
from auditor.stages.criteria import REASONS, Flags, LeafTable, Outcomes, Result
from auditor.stages.pathways import pathways_in_question
from auditor.stages.verdicts import HOURS_A_DAY

CONFLICTING = REASONS.index(Reason.CONFLICTING)
COLUMNS = ("episode_id", "place", "document", "instead", "paragraphs")


@dataclass(frozen=True)
class Evaluated:
    """Episodes in the order of ``courses``, with the outcomes of their leaves and paragraphs, and their judged days.

    ``early`` counts paragraphs with a time limit as met.
    """

    policy: Policy
    leaves: LeafTable
    early: Mapping[str, Result]
    late: Mapping[str, Result]
    courses: pd.DataFrame
    days: pd.DataFrame


def settling_rows(settler: Settler, evaluated: Evaluated) -> pd.DataFrame:
    """One row an undecided episode and document that is asked for, columns of ``settling`` without dollars."""
    known: dict[Standing, Settled] = {}
    rows: list[tuple[object, ...]] = []
    for episode, standing in standings(settler, evaluated):
        if standing not in known:
            known[standing] = settler.settle(standing)
        choice, paragraphs = known[standing].choice, known[standing].paragraphs
        for place, document in enumerate(choice.documents, 1):
            rows.append((episode, place, document, list(choice.instead[document]), list(paragraphs.get(document, ()))))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def standings(settler: Settler, evaluated: Evaluated) -> Iterator[tuple[str, Standing]]:
    """How each undecided episode stands, by its id."""
    courses, leaves = evaluated.courses, evaluated.leaves
    outcomes = np.stack([leaves.outcomes[name] for name in settler.names])
    agreed = np.stack([leaves.reasons[name] != CONFLICTING for name in settler.names])
    late, early = (_paragraphs(evaluated.policy, results) for results in (evaluated.late, evaluated.early))
    about = pathways_in_question(evaluated.policy, evaluated.late)
    needs = _needs(evaluated)
    births = courses["birth_day_known"].to_numpy(bool)
    starts = (courses["start_day"] == courses["start_last_day"]).to_numpy(bool)
    for place in np.flatnonzero(courses["determination"].isin(UNDECIDED).to_numpy(bool)):
        yield (
            str(courses["episode_id"].iloc[place]),
            Standing(
                conditions=tuple(outcomes[:, place].tolist()),
                open=tuple(agreed[:, place].tolist()),
                late=tuple(late[:, place].tolist()),
                early=tuple(early[:, place].tolist()),
                about=frozenset(key for key, flags in about.items() if flags[place]),
                needs=Needs(**{name: bool(flags[place]) for name, flags in needs.items()}),
                birth_known=bool(births[place]),
                start_known=bool(starts[place]),
            ),
        )


def _paragraphs(policy: Policy, results: Mapping[str, Result]) -> Outcomes:
    """Outcomes of every paragraph in outline order, shape (paragraphs, episodes)."""
    return np.stack([results[criterion.key].outcome for criterion in policy.walk()])


def _needs(evaluated: Evaluated) -> dict[str, Flags]:
    """The fields of ``Needs`` for every episode, shape (episodes,) each."""
    days, courses = evaluated.days, evaluated.courses
    waiting = (days["verdict"] == Verdict.RECORDS_NEEDED) & (days["cause"] != "identity")
    bare = days["cause"] == "days_not_documented"
    start = evaluated.policy.roles["initiation"][0]

    def episodes(flags: pd.Series) -> Flags:
        found = np.zeros(len(courses), bool)
        found[days.loc[flags, "course"].to_numpy()] = True
        return found

    return {
        "shown": (courses["determination"] != Determination.INO_NOT_SHOWN).to_numpy(bool),
        "doubt": courses["in_doubt"].to_numpy(bool) | evaluated.late[start].perhaps_referred,
        "gas": (courses["basis"] == "marker").to_numpy(bool) | episodes(waiting & bare),
        "oxygen": episodes(waiting & _asks_oxygen(evaluated)),
        "start": (evaluated.early[start].outcome == Outcome.UNKNOWN) & episodes(waiting & (bare | (days["cause"] == "initiation"))),
    }


def _asks_oxygen(evaluated: Evaluated) -> pd.Series:
    """Days whose need of oxygen is asked and unknown, once those that wait to be documented are counted as days on iNO."""
    days = evaluated.days
    on_gas = days["is_therapy_day"].astype(bool) | (days["cause"] == "days_not_documented")
    begins = min((leaf.from_hour or 0 for leaf in evaluated.policy.leaves() if leaf.kind == "each_day"), default=math.inf)
    number = on_gas.groupby(days["course"]).cumsum()
    unknown: pd.Series = on_gas & (number > np.ceil(begins / HOURS_A_DAY)) & (days["oxygen_need"] == Outcome.UNKNOWN)
    return unknown
