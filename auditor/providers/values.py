"""The value of each measure for each episode, and the facility each belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from auditor.outcomes import Outcome
from auditor.providers.plan import Question

Frames = Mapping[str, pd.DataFrame]
SURE = ("confirmed", "probable")
LIVING = ("counted", "evidence_only")
HOURS, CENTS = "_h", 100


def therapy_episodes(frames: Frames) -> pd.DataFrame:
    """Courses in which iNO was given, by their ids, with the facility of each.

    That is the facility of its first living line that names one, else the first charted, else the biller of its first line.
    """
    episodes = frames["episodes"]
    shown = episodes[episodes["attribution"].isin(SURE) & (episodes["kind"] == "therapy")].set_index("episode_id")
    lines = frames["lines"]
    living = lines[lines["disposition"].isin(LIVING)].sort_values(["first_day", "line_key"])
    charted = shown["facilities"].map(lambda names: names[0] if names is not None and len(names) else None)
    facility = _first(living, "facility_npi", shown.index)
    for other in (charted, _first(living, "billing_npi", shown.index)):
        facility = facility.where(facility.notna(), other)
    return shown.assign(facility=facility)


def _first(lines: pd.DataFrame, column: str, episodes: pd.Index) -> pd.Series:
    return lines[lines[column].notna()].groupby("episode_id")[column].first().reindex(episodes).astype(object)


def measure_values(frames: Frames, episodes: pd.DataFrame, question: Question, readings: Mapping[str, object]) -> pd.Series:
    """One number an episode, by its id; missing where the question is not decided of it."""
    if question.paragraph is not None:
        return _not_met(frames["criteria"], episodes, question.paragraph)
    if question.column is not None:
        return episodes[question.column].astype("float64") / (CENTS if question.column.endswith("_cents") else 1)
    if question.determination is not None:
        return (episodes["determination"] == question.determination).astype("float64")
    if question.day_flag is not None:
        table = frames["therapy_days"]
        flagged = table.loc[table[question.day_flag].astype(bool), "episode_id"]
        return pd.Series(episodes.index.isin(flagged), index=episodes.index).astype("float64")
    if question.ends_on is not None:
        days = float(str(readings[question.ends_on])) / (24 if question.ends_on.endswith(HOURS) else 1)
        return (episodes["therapy_days"].astype("float64") == days).astype("float64")
    return _per_day(frames["lines"], episodes, str(question.per_day))


def _not_met(criteria: pd.DataFrame, episodes: pd.DataFrame, paragraph: str) -> pd.Series:
    asked = criteria[criteria["key"] == paragraph].set_index("episode_id")["outcome"].reindex(episodes.index).astype("float64")
    return (asked == int(Outcome.NOT_MET)).astype("float64").where(asked.isin((int(Outcome.NOT_MET), int(Outcome.MET))), np.nan)


def _per_day(lines: pd.DataFrame, episodes: pd.DataFrame, cents: str) -> pd.Series:
    counted = lines[lines["attribution"].isin(SURE) & (lines["disposition"] == "counted") & lines[cents].notna()]
    total = counted.groupby("episode_id")[cents].sum().astype("float64").reindex(episodes.index)
    days = episodes["therapy_days"].astype("float64")
    return total / CENTS / days.where(days > 0, np.nan)
