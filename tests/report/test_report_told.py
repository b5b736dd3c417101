"""What a run is told as: the terminal's summary, the explained episode, the rationale, the queues."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from rich.tree import Tree

from auditor.errors import AuditorError
from auditor.outcomes import Action, Determination, Outcome
from auditor.report import RunFacts, explain_data, explain_tree, summary_text
from auditor.report.queues import QUEUES, next_words, queues_of


def printed(tree: Tree) -> str:
    told = StringIO()
    Console(width=200, file=told).print(tree)
    return told.getvalue()


def test_summary_is_ten_lines_and_names_no_member(frames: dict[str, pd.DataFrame], facts: RunFacts) -> None:
    text = summary_text(frames, facts)
    assert len(text.splitlines()) == 10
    assert f"${frames['episodes']['counted_cents'].sum() / 100:,.2f}" in text
    assert not [member for member in frames["episodes"]["member_id"] if member in text]


def test_explained_days_are_ranges(run: Path) -> None:
    text = printed(explain_tree(run, "EREVIEW8DAYS0"))
    assert "day 1–14, 2023-05-01 to 2023-05-16  ✓ supported" in text
    assert "day 15–18, 2023-05-17 to 2023-05-20  ◆ medical review" in text
    assert "C-04.F More than 14 days" in text


def test_explained_evidence_has_file_and_row(run: Path) -> None:
    text = printed(explain_tree(run, "EMETFIVEDAYS1"))
    assert "for: P29.30, status present; 2023-03-11; claims.csv row 2" in text


def test_explained_as_values(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    told = json.loads(json.dumps(explain_data(run, "EEARLY33WEEKS")))
    assert told["rationale"].startswith("An exclusion of the guideline is documented: X.1")
    assert told["episode"]["start_day"] == "2023-09-04"
    assert told["dollars_cents"]["at_risk_high"] == 900001
    assert sum(days["counted_cents"] for days in told["days"]) == told["dollars_cents"]["counted"]
    gestation = told["criteria"][0]["criteria"][0]["criteria"][1]
    assert (gestation["key"], gestation["outcome"]) == ("I.A.gestation", "not_met")
    assert gestation["evidence"][0]["source_row"] == 41


@pytest.mark.parametrize("name", ["ENOSUCH", "../../etc"])
def test_an_episode_that_is_not_there(run: Path, name: str) -> None:
    with pytest.raises(AuditorError, match="has no episode"):
        explain_tree(run, name)


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="is not a run"):
        explain_tree(tmp_path, "E1")


@pytest.mark.parametrize(
    ("determination", "action", "finding", "expected"),
    [
        (Determination.CRITERIA_MET, Action.PAY, None, ["clean"]),
        (Determination.CRITERIA_MET, Action.PAY, Action.INFO, ["clean"]),
        (Determination.CRITERIA_MET, Action.PAY, Action.CODING_ADJUSTMENT, ["coding"]),
        (Determination.NOT_INO, Action.NONE, Action.CODING_ADJUSTMENT, ["coding"]),
        (Determination.NOT_INO, Action.NONE, None, ["no_work"]),
        (Determination.POLICY_SILENT, Action.PAY, None, ["silent"]),
        (Determination.DECIDED_ELSEWHERE, Action.CASE_REVIEW, None, ["case_review"]),
        (Determination.INSUFFICIENT_DOCUMENTATION, Action.HOLD, Action.NURSE_REVIEW, ["nurse", "data"]),
    ],
)
def test_queues(determination: Determination, action: Action, finding: Action | None, expected: list[str]) -> None:
    episode = {"determination": str(determination), "next_action": str(action), "rows_set_aside": 0, "documents": None}
    findings = [{"action": str(finding), "state": None}] if finding else []
    assert [queue.key for queue in queues_of(episode, findings)] == expected


@pytest.mark.parametrize(
    ("determination", "action", "documents", "state", "expected"),
    [
        (Determination.INSUFFICIENT_DOCUMENTATION, Action.NURSE_REVIEW, ["echo report"], "U", ["nurse", "records"]),
        (Determination.INSUFFICIENT_DOCUMENTATION, Action.NURSE_REVIEW, [], "U", ["nurse"]),
        (Determination.INSUFFICIENT_DOCUMENTATION, Action.HOLD, ["face sheet"], "U", ["data"]),
        (Determination.EXPERIMENTAL, Action.MEDICAL_DIRECTOR, [], "U", ["director"]),
        (Determination.CRITERIA_MET, Action.PAY, [], None, ["records"]),
    ],
)
def test_records_are_requested_where_they_could_decide_something(
    determination: Determination, action: Action, documents: list[str], state: str | None, expected: list[str]
) -> None:
    episode = {"determination": determination, "next_action": action, "rows_set_aside": 0, "documents": documents}
    assert [queue.key for queue in queues_of(episode, [{"action": Action.REQUEST_RECORDS, "state": state}])] == expected


def test_every_action_that_asks_for_work_has_a_queue() -> None:
    queued = {action for queue in QUEUES for action in queue.actions}
    assert set(Action) - queued == {Action.PAY, Action.INFO, Action.NONE}


def test_every_outcome_can_be_shown(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    assert set(frames["criteria"]["outcome"]) == set(map(int, Outcome))


@pytest.mark.parametrize(("cents", "told"), [(0, "leave as paid"), (None, "leave as paid"), (13472, "leave as paid, but for its findings")])
def test_what_still_holds_dollars_is_not_told_to_be_left_as_paid(cents: int | None, told: str) -> None:
    assert next_words({"next_action": Action.PAY, "at_risk_high_cents": cents}) == told


def test_other_actions_are_told_whatever_the_dollars() -> None:
    assert next_words({"next_action": Action.NURSE_REVIEW, "at_risk_high_cents": 1}) == "nurse review"
