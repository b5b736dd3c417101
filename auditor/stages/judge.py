"""From leaf outcomes to verdicts: reads what the SQL stages gathered, evaluates the outline, writes what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from auditor.engine import Connection
from auditor.outcomes import Outcome, Reason
from auditor.policy import Criterion, Policy, RuleBook
from auditor.settling import Settler
from auditor.stages.alone import alone_in_the_way
from auditor.stages.criteria import NO_REASON, NOT_DOCUMENTED, REASONS, Evaluation, Flags, LeafTable, Outcomes, Reasons, Result
from auditor.stages.pathways import nearest_pathway, pathways_in_question
from auditor.stages.settling import Evaluated, settling_rows
from auditor.stages.verdicts import Judged, Words, determine, judge_days, mark_days, words_where

SHOWN = ("confirmed", "probable")


@dataclass(frozen=True)
class Case:
    """What is judged together: the rules, the courses (one row an episode, in order), and their days."""

    book: RuleBook
    policy: Policy
    courses: pd.DataFrame
    days: pd.DataFrame


def judge(connection: Connection, book: RuleBook, policy: Policy) -> None:
    """Makes ``judged_courses``, ``judged_days``, ``settling_documents``, ``result_criteria`` and ``question_criteria``."""
    case = read_case(connection, book, policy)
    leaves = read_leaves(connection, case)
    late = Evaluation(policy, leaves).run()
    early = Evaluation(policy, leaves, early=True).run()
    judged = judge_courses(policy, early, late)
    days = judge_days(case.days, judged, policy)
    courses = determine(case.courses, judged, mark_days(days, len(case.courses)), policy)
    courses = describe_courses(courses, case, late, judged)
    settling = settling_rows(Settler(policy, book.concepts), Evaluated(policy, leaves, early, late, courses, days))
    add_columns(connection, Addition("judged_days", "day_facts", "day_key"), days)
    add_columns(connection, Addition("judged_courses", "routed_courses", "episode_id"), courses)
    write(connection, "settling_documents", settling)
    write(connection, "result_criteria", criteria_rows(case, late, alone_in_the_way(policy, leaves, late)))
    write(connection, "question_criteria", question_rows(case, late))


def write(connection: Connection, name: str, rows: pd.DataFrame | pa.Table) -> None:
    """Rows as a table of the database; a frame's columns of words are text even where every value is missing."""
    table = rows if isinstance(rows, pa.Table) else pa.table({column: _arrow(rows[column]) for column in rows.columns})
    connection.register("rows_to_write", table)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rows_to_write")
    connection.unregister("rows_to_write")


def _arrow(values: pd.Series) -> pa.Array[Any]:
    words: dict[str, pa.DataType] = {"instead": pa.list_(pa.string()), "paragraphs": pa.list_(pa.string())}
    kind = words.get(str(values.name), pa.string()) if values.dtype == object or values.dtype == "str" else None
    return pa.array(values, type=kind, from_pandas=True)


@dataclass(frozen=True)
class Addition:
    """A table to make from another by adding columns, matched by a key."""

    name: str
    base: str
    key: str


def add_columns(connection: Connection, addition: Addition, frame: pd.DataFrame) -> None:
    """The base table with the columns that the frame has and it has not; dates keep the database's own types."""
    known = [column[0] for column in connection.execute(f"DESCRIBE {addition.base}").fetchall()]
    write(connection, "added_columns", frame[[addition.key, *(name for name in frame.columns if name not in known)]])
    connection.execute(
        f"CREATE OR REPLACE TABLE {addition.name} AS SELECT * FROM {addition.base} JOIN added_columns USING ({addition.key})"
    )


def read_case(connection: Connection, book: RuleBook, policy: Policy) -> Case:
    """The courses of the extract in the order of their ids, and their days with the place of their course."""
    courses = connection.execute("FROM routed_courses ORDER BY episode_id").df()
    known = set(connection.execute("SELECT episode_id FROM birth_dates WHERE trusted").df()["episode_id"])
    courses["birth_in_doubt"] = ~courses["episode_id"].isin(known)
    exact = connection.execute("SELECT DISTINCT episode_id FROM ages WHERE standing = 'inside' AND birth_day = birth_last_day").df()
    courses["birth_day_known"] = courses["episode_id"].isin(set(exact["episode_id"]))
    doubted = set(connection.execute("FROM doubtful_courses").df()["episode_id"])
    courses["in_doubt"] = courses["episode_id"].isin(doubted)
    courses["shown"] = (courses["attribution"].isin(SHOWN) & (courses["kind"] == "therapy")).to_numpy(bool)
    courses["asked"] = courses["shown"] & (courses["route"] != "elsewhere") & ~courses["before_policy"].astype(bool)
    days = connection.execute("FROM day_facts ORDER BY episode_id, day").df()
    place = pd.Series(np.arange(len(courses)), index=courses["episode_id"])
    days["course"] = place.loc[days["episode_id"]].to_numpy()
    for name in ("route", "asked", "shown", "in_doubt"):
        days[name] = courses[name].to_numpy()[days["course"].to_numpy()]
    days["past_limit"] = past_limit(days, policy)
    return Case(book, policy, courses, days)


def past_limit(days: pd.DataFrame, policy: Policy) -> Flags:
    """Days past the limit as the policy counts them; more dates than the limit and no more hours is within it. None, without a limit."""
    duration = policy.playing("duration")
    if duration is None or duration.condition is None:
        return np.zeros(len(days), bool)
    limit = float(str(duration.condition.value))
    number = days["day_number"].astype("float64")
    if policy.value("day_method") == "span":
        number = (days["day"] - days["start_last_day"]).dt.days + 1.0
    within_hours = days["elapsed_hours"].astype("float64") <= 24 * limit
    return ((number > limit) & days["is_therapy_day"].astype(bool) & ~within_hours).to_numpy(bool)


def read_leaves(connection: Connection, case: Case) -> LeafTable:
    """Every leaf's outcome and reason, arrays in the order of the courses; daily leaves from the days."""
    rows = connection.sql("SELECT outcome, reason FROM leaf_outcomes ORDER BY leaf, episode_id").to_arrow_table()
    count = len(case.courses)
    words = pa.array([str(reason) if reason else None for reason in REASONS], pa.string())
    found: Outcomes = rows["outcome"].to_numpy().astype(np.int8)
    codes: Reasons = pc.fill_null(pc.index_in(rows["reason"], words), NO_REASON).to_numpy().astype(np.int8)
    outcomes: dict[str, Outcomes] = {}
    reasons: dict[str, Reasons] = {}
    for number, leaf in enumerate(sorted(name for name, condition in case.policy.conditions() if condition.constant is None)):
        part = slice(number * count, (number + 1) * count)
        outcomes[leaf], reasons[leaf] = found[part], codes[part]
    for criterion in case.policy.leaves():
        if criterion.kind == "each_day":
            outcomes[criterion.key], reasons[criterion.key] = daily_leaf(case)
    return LeafTable(outcomes, reasons, count)


def daily_leaf(case: Case) -> tuple[Outcomes, Reasons]:
    """The least of each course's asked days: not met if any day is, unknown if any is, not documented where no day is known."""
    asked = case.days[case.days["oxygen_asked"].astype(bool)]
    outcome = np.full(len(case.courses), Outcome.UNKNOWN, np.int8)
    reason = np.full(len(case.courses), NOT_DOCUMENTED, np.int8)
    if len(asked):
        least = asked.groupby("course")["oxygen_need"].min()
        outcome[least.index.to_numpy()] = least.to_numpy(np.int8)
        unknown = asked[asked["oxygen_need"] == Outcome.UNKNOWN].groupby("course")["oxygen_reason"].first()
        reason[unknown.index.to_numpy()] = [REASONS.index(Reason(word)) for word in unknown]
    return outcome, np.where(outcome == Outcome.UNKNOWN, reason, NO_REASON).astype(np.int8)


def judge_courses(policy: Policy, early: dict[str, Result], late: dict[str, Result]) -> Judged:
    """What each whole course comes to before its days are looked at."""
    initiation, duration = policy.roles["initiation"][0], policy.playing("duration")
    count = len(late[initiation].outcome)
    excluded, overridden = np.zeros(count, bool), np.zeros(count, bool)
    for exclusion in policy.experimental:
        applies = late[exclusion.key].outcome == Outcome.MET
        excluded |= applies & ~excused(exclusion, late)
        overridden |= applies & excused(exclusion, late)
    return Judged(early[initiation], late[initiation], excluded, overridden & ~excluded, late[duration.key] if duration else None)


def first_exclusion(policy: Policy, late: dict[str, Result]) -> Words:
    """Key of the first exclusion that stands, else of the first that is overridden, else None. Shape (episodes,)."""
    found: Words = np.full(len(next(iter(late.values())).outcome), None, object)
    for standing in (False, True):
        for exclusion in reversed(policy.experimental):
            applies = late[exclusion.key].outcome == Outcome.MET
            found[applies & ~excused(exclusion, late) if standing else applies] = exclusion.key
    return found


def excused(exclusion: Criterion, late: dict[str, Result]) -> Flags:
    """Where a paragraph that overrides the exclusion is met. Shape (episodes,)."""
    nowhere = np.zeros(len(late[exclusion.key].outcome), bool)
    met = [late[key].outcome == Outcome.MET for key in exclusion.overridden_by]
    return np.asarray(np.logical_or.reduce(met or [nowhere]))


def describe_courses(courses: pd.DataFrame, case: Case, late: dict[str, Result], judged: Judged) -> pd.DataFrame:
    """Adds what readers ask next: the pathway and the exclusion."""
    paths = np.array(case.policy.roles["pathways"], object)
    shown = courses["attribution"].isin(SHOWN).to_numpy(bool) & (courses["kind"] == "therapy").to_numpy(bool)
    initiation = np.where(shown, judged.late.outcome, Outcome.NOT_APPLICABLE)
    continuation = np.where(shown, late[case.policy.goes_on_by].outcome, Outcome.NOT_APPLICABLE)
    return courses.assign(
        pathway=words_where(shown, paths[nearest_pathway(case.policy, late)]),
        initiation=initiation.astype(np.int8),
        initiation_reason=words_where(shown, courses["initiation_reason"].to_numpy(object)),
        continuation=continuation.astype(np.int8),
        exclusion=words_where(shown, first_exclusion(case.policy, late)),
        referred=shown & judged.late.referred,
    )


def criteria_rows(case: Case, late: dict[str, Result], alone: dict[str, Flags]) -> pa.Table:
    """One row a paragraph and episode for which iNO is shown, columns of ``criteria``, episode by episode."""
    shown = (case.courses["attribution"].isin(SHOWN) & (case.courses["kind"] == "therapy")).to_numpy(bool)
    episodes = case.courses["episode_id"].to_numpy(object)[shown]
    depths, criteria = zip(*outline(case.policy), strict=True)
    results = [late[criterion.key] for criterion in criteria]
    nowhere = np.zeros(len(shown), bool)
    places = np.tile(np.arange(len(criteria)), len(episodes))

    def of_paragraph(values: Sequence[object]) -> pa.Array[Any]:
        return _picked(places, values)

    def of_each(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.column_stack([column[shown] for column in columns]).ravel()

    return pa.table(
        {
            "episode_id": _picked(np.repeat(np.arange(len(episodes)), len(criteria)), episodes),
            "ordinal": pa.array(places),
            "key": of_paragraph([criterion.key for criterion in criteria]),
            "depth": pa.array(np.array(depths)[places]),
            "statement": of_paragraph([criterion.statement for criterion in criteria]),
            "outcome": pa.array(of_each([result.outcome for result in results])),
            "reason": _picked(of_each([result.reason for result in results]), [str(reason) if reason else None for reason in REASONS]),
            "fact": of_paragraph([criterion.condition.fact if criterion.condition else None for criterion in criteria]),
            "referred": pa.array(of_each([result.referred for result in results])),
            "alone": pa.array(of_each([alone.get(criterion.key, nowhere) for criterion in criteria])),
        }
    )


def _picked(places: NDArray[Any], words: Sequence[object] | Words) -> pa.Array[Any]:
    """The word of each place. The words themselves are held once: as Arrow's dictionary, which the database reads as text."""
    return pa.DictionaryArray.from_arrays(places.astype(np.int32), pa.array(words, type=pa.string()))


def outline(policy: Policy) -> list[tuple[int, Criterion]]:
    """Every criterion with its depth, in outline order."""

    def below(criterion: Criterion, depth: int) -> list[tuple[int, Criterion]]:
        return [(depth, criterion), *(row for member in criterion.members for row in below(member, depth + 1))]

    return [row for root in (*policy.criteria, *policy.experimental) for row in below(root, 0)]


def question_rows(case: Case, late: dict[str, Result]) -> pa.Table:
    """Which paragraphs are in question for which episode: those of pathways the record is about, and all outside pathways."""
    in_question = pathways_in_question(case.policy, late)
    of_pathway = {criterion.key: path for path in case.policy.roles["pathways"] for criterion in case.policy.criterion(path).walk()}
    everywhere = np.ones(len(case.courses), bool)
    keys = [criterion.key for criterion in case.policy.walk()]
    flags = np.stack([in_question[of_pathway[key]] if key in of_pathway else everywhere for key in keys])
    criterion, course = np.nonzero(flags)
    return pa.table(
        {
            "episode_id": _picked(course, case.courses["episode_id"].to_numpy(object)),
            "key": _picked(criterion, keys),
            "pathway": _picked(criterion, [of_pathway.get(key) for key in keys]),
        }
    )
