"""What each day and each episode comes to: ladders of conditions over whole columns, first that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.outcomes import Action, Determination, Outcome, Reason, Verdict
from auditor.policy import Policy
from auditor.stages.criteria import REASONS, Flags, Result, truncation_hours

Words = NDArray[np.object_]
HOURS_A_DAY = 24
# Of a day that is shown, and of which the chart says that there was none.
IN_CONFLICT = "exposure_conflict"
NS_AN_HOUR = 3_600_000_000_000


@dataclass(frozen=True)
class Judged:
    """The whole-episode results that days rest on, shape (episodes,) each, in the order of the courses table.

    ``duration`` is None where the guideline sets no limit.
    """

    early: Result
    late: Result
    excluded: Flags
    overridden: Flags
    duration: Result | None


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: where it applies, what it says, and the cause it names."""

    where: Flags
    says: str | Words
    cause: str | Words


def climb(rungs: list[Rung], otherwise: tuple[str, str]) -> tuple[Words, Words]:
    """The first rung that applies to each row, as its word and its cause."""
    wheres = [rung.where for rung in rungs]
    size = len(wheres[0])
    words = np.select(wheres, [_column(rung.says, size) for rung in rungs], otherwise[0])
    causes = np.select(wheres, [_column(rung.cause, size) for rung in rungs], otherwise[1])
    return words.astype(object), causes.astype(object)


def words_where(where: Flags, words: Words) -> Words:
    """The words in some places, None in the others."""
    return np.where(where, words, np.array(None, object)).astype(object)


def _column(value: str | Words, size: int) -> Words:
    return np.full(size, value, object) if isinstance(value, str) else value


@dataclass(frozen=True)
class LimitPlace:
    """Where a day lies against the time limit of the initiation criteria, shape (days,) each."""

    past: Flags
    straddles: Flags


def place_against_limit(days: pd.DataFrame, policy: Policy) -> LimitPlace:
    """Days past the limit, and days inside which it falls, by instants; a start known by day only lets it fall anywhere in its day."""
    hours = truncation_hours(policy)
    if hours is None:
        nowhere = np.zeros(len(days), bool)
        return LimitPlace(nowhere, nowhere)
    clock = _hours(days["start_at"])
    clocked = ~np.isnan(clock)
    midnight = np.where(clocked, _hours(days["begins_at"]), _hours(days["day"]))
    next_midnight = np.where(clocked, _hours(days["ends_at"]), _hours(days["day"]) + HOURS_A_DAY)
    day_start = _hours(days["start_last_day"])
    earliest = np.where(clocked, clock, day_start) + hours
    latest = np.where(clocked, clock, day_start + HOURS_A_DAY - 1 / 60) + hours
    past = midnight >= latest
    return LimitPlace(past, ~past & (next_midnight > earliest))


def _hours(times: pd.Series) -> NDArray[np.float64]:
    """Times as hours since 1970; NaN where there is none."""
    stamps = pd.to_datetime(times).astype("datetime64[ns]")
    return np.where(stamps.isna(), np.nan, stamps.astype("int64") / NS_AN_HOUR)


def judge_days(days: pd.DataFrame, judged: Judged, policy: Policy) -> pd.DataFrame:
    """Verdict, cause and initiation of every day.

    ``days`` has the columns of ``day_facts`` with ``course`` (place of its episode in ``judged``), ``route``, ``asked``, ``in_doubt``.
    """
    course = days["course"].to_numpy()
    limit = place_against_limit(days, policy)
    early, late = judged.early.outcome[course], judged.late.outcome[course]
    initiation = np.where(limit.past, late, early)
    referred = np.where(limit.past, judged.late.referred[course], judged.early.referred[course])
    perhaps = np.where(limit.past, judged.late.perhaps_referred[course], judged.early.perhaps_referred[course])
    timed_out = (early == Outcome.MET) & (late == Outcome.NOT_MET)
    therapy = days["is_therapy_day"].to_numpy(bool)
    oxygen = np.where(therapy & days["oxygen_asked"].to_numpy(bool), days["oxygen_need"].to_numpy(np.int8), Outcome.NOT_APPLICABLE)
    straddle = str(policy.value("straddling_day"))
    oxygen_word = np.where(days["oxygen_straddles"].to_numpy(bool), straddle, Verdict.NOT_SUPPORTED).astype(object)
    past_limit = days["past_limit"].to_numpy(bool) & ~days["approved"].to_numpy(bool)
    ecmo = days["ecmo"].to_numpy(bool) & (policy.chosen("ecmo_overlap_action") == Verdict.MEDICAL_REVIEW)
    rungs = [
        Rung(~days["asked"].to_numpy(bool), Verdict.NOT_ASKED, "not_asked"),
        Rung((days["route"] == "case_review").to_numpy(), Verdict.MEDICAL_REVIEW, "case_review"),
        Rung(days["in_doubt"].to_numpy(bool), Verdict.RECORDS_NEEDED, "identity"),
        Rung(days["contradicted"].to_numpy(bool), Verdict.NOT_SUPPORTED, "outside_exposure"),
        Rung(judged.excluded[course], Verdict.NOT_SUPPORTED, "experimental"),
        Rung(judged.overridden[course], Verdict.MEDICAL_REVIEW, "exclusion_overridden"),
        Rung(limit.past & timed_out, Verdict.NOT_SUPPORTED, "time_limit"),
        Rung(limit.straddles & timed_out & (straddle != Verdict.SUPPORTED), straddle, "time_limit"),
        Rung((initiation == Outcome.NOT_MET) & referred, Verdict.MEDICAL_REVIEW, "referred"),
        Rung(initiation == Outcome.NOT_MET, np.where(perhaps, Verdict.RECORDS_NEEDED, Verdict.NOT_SUPPORTED).astype(object), "initiation"),
        Rung((oxygen == Outcome.NOT_MET) & (oxygen_word != Verdict.SUPPORTED), oxygen_word, "oxygen_need"),
        Rung(~therapy, Verdict.RECORDS_NEEDED, "days_not_documented"),
        Rung((initiation == Outcome.UNKNOWN) | (limit.straddles & (late == Outcome.UNKNOWN)), Verdict.RECORDS_NEEDED, "initiation"),
        Rung(oxygen == Outcome.UNKNOWN, Verdict.RECORDS_NEEDED, "oxygen_need"),
        Rung(days["denied"].to_numpy(bool), Verdict.RECORDS_NEEDED, IN_CONFLICT),
        Rung(past_limit, Verdict.MEDICAL_REVIEW, "past_limit"),
        Rung(ecmo & therapy, Verdict.MEDICAL_REVIEW, "ecmo"),
    ]
    verdict, cause = climb(rungs, (Verdict.SUPPORTED, "supported"))
    shown = np.where(days["shown"].to_numpy(bool), initiation, Outcome.NOT_APPLICABLE)
    return days.assign(verdict=verdict, cause=cause, initiation=shown, oxygen_outcome=oxygen)


@dataclass(frozen=True)
class DayMarks:
    """Which episodes have a day of some kind: (verdict, cause) to flags of shape (episodes,)."""

    marks: Mapping[tuple[str, str], Flags]
    episodes: int

    def any(self, verdict: str, *causes: str) -> Flags:
        """Episodes with a day of that verdict for one of those causes; for any cause, if none is named."""
        chosen = [flags for (word, cause), flags in self.marks.items() if word == verdict and (not causes or cause in causes)]
        return np.logical_or.reduce(chosen) if chosen else np.zeros(self.episodes, bool)

    def any_but(self, verdict: str, cause: str) -> Flags:
        """Episodes with a day of that verdict for another cause."""
        others = [other for word, other in self.marks if word == verdict and other != cause]
        return self.any(verdict, *others) if others else np.zeros(self.episodes, bool)


def mark_days(days: pd.DataFrame, episodes: int) -> DayMarks:
    """Gathers day verdicts by episode."""
    marks = {}
    for (verdict, cause), rows in days.groupby(["verdict", "cause"], sort=True):
        flags = np.zeros(episodes, bool)
        flags[rows["course"].to_numpy()] = True
        marks[(str(verdict), str(cause))] = flags
    return DayMarks(marks, episodes)


def determine(courses: pd.DataFrame, judged: Judged, marks: DayMarks, policy: Policy) -> pd.DataFrame:
    """Determination and next action of every episode. ``courses`` has kind, basis, attribution, route, birth_in_doubt, in_doubt."""
    late = judged.late
    outside = ((courses["route"] != "criteria") | courses["before_policy"] | courses["overridden_by_contract"]).to_numpy(bool)
    failed = (late.outcome == Outcome.NOT_MET) & ~late.referred & ~late.perhaps_referred
    test = (courses["kind"] == "vasoreactivity").to_numpy()
    incomplete = (
        (late.outcome == Outcome.UNKNOWN)
        | late.perhaps_referred
        | marks.any_but(Verdict.RECORDS_NEEDED, IN_CONFLICT)
        | (judged.duration.outcome == Outcome.UNKNOWN if judged.duration else False)
        | (courses["basis"] == "marker").to_numpy()
    )
    undecided = incomplete | marks.any(Verdict.RECORDS_NEEDED)
    review = late.referred | judged.overridden | marks.any(Verdict.MEDICAL_REVIEW)
    unsettled = _action_unsettled(courses, late, incomplete)
    elsewhere = np.select(
        [(courses["route"] == "case_review").to_numpy(), courses["before_policy"].to_numpy(bool)],
        [Action.CASE_REVIEW, Action.HOLD],
        Action.INFO,
    ).astype(object)
    silent = Action.MEDICAL_DIRECTOR if policy.chosen("v_action") == Action.MEDICAL_DIRECTOR else Action.PAY
    rungs = [
        Rung(((courses["attribution"] == "none") & ~test).to_numpy(bool), Determination.NOT_INO, Action.NONE),
        Rung(((courses["attribution"] == "possible") & ~test).to_numpy(bool), Determination.INO_NOT_SHOWN, Action.REQUEST_RECORDS),
        Rung(outside, Determination.DECIDED_ELSEWHERE, elsewhere),
        Rung(test, Determination.POLICY_SILENT, silent),
        Rung(judged.excluded, Determination.EXPERIMENTAL, Action.MEDICAL_DIRECTOR),
        Rung(failed | marks.any(Verdict.NOT_SUPPORTED, "oxygen_need"), Determination.CRITERIA_NOT_MET, Action.MEDICAL_DIRECTOR),
        Rung(undecided, Determination.INSUFFICIENT_DOCUMENTATION, unsettled),
        Rung(review, Determination.MEDICAL_REVIEW, Action.MEDICAL_DIRECTOR),
    ]
    words, actions = climb(rungs, (Determination.CRITERIA_MET, ""))
    actions = np.where(words == Determination.CRITERIA_MET, _after_met(courses, marks), actions)
    told = words_where(late.outcome == Outcome.UNKNOWN, _reasons(late))
    return courses.assign(determination=words, next_action=actions, initiation_reason=told)


def _action_unsettled(courses: pd.DataFrame, late: Result, incomplete: Flags) -> Words:
    """Who goes on with an undecided episode: a birth or identity comes first, then what disagrees, then what is missing."""
    whose = (courses["birth_in_doubt"] | courses["in_doubt"]).to_numpy(bool)
    disagree = np.isin(_reasons(late), [Reason.CONFLICTING, Reason.PRELIMINARY, Reason.SUGGESTIVE]) & (late.outcome == Outcome.UNKNOWN)
    steps = [whose | late.perhaps_referred, disagree | ~incomplete]
    return np.select(steps, [Action.HOLD, Action.NURSE_REVIEW], Action.REQUEST_RECORDS).astype(object)


def _reasons(result: Result) -> Words:
    return np.array([str(word) if word else "" for word in REASONS], object)[result.reason]


def _after_met(courses: pd.DataFrame, marks: DayMarks) -> Words:
    """Who does what next where the criteria are met; of two birth dates both of which meet them, which is true is still to be said."""
    return np.select(
        [courses["birth_in_doubt"].to_numpy(bool), marks.any(Verdict.NOT_SUPPORTED, "outside_exposure")],
        [Action.HOLD, Action.NURSE_REVIEW],
        Action.PAY,
    ).astype(object)
