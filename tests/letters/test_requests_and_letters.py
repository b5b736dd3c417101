"""Requests and letter data of the samples: complete, equal to the results, in plain words, and never a denial."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from auditor.letters import LetterPlan, Wording
from auditor.pipeline import AuditResult
from auditor.report import publish
from tests.report.pages import Page

ADDRESS = ("Health plan, records", "PO Box 1")
FILLED = Wording("commercial", (), "Our wording.", "You may appeal.", 180, "our rule 4")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def filled_run(result: AuditResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    letters = replace(result.facts.letters, return_address=ADDRESS, wording=(FILLED,))
    return publish(result.frames, replace(result.facts, letters=letters), tmp_path_factory.mktemp("runs") / "filled")


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(path: Path) -> str:
    """What a page says, spaces and breaks as one space."""
    return " ".join(" ".join(Page(path).text).split())


def episodes(run: Path) -> dict[str, dict[str, str]]:
    return {row["episode_id"]: row for row in rows(run / "episodes.csv")}


def is_undecided(episode: dict[str, str]) -> bool:
    return episode["determination"] in ("insufficient_documentation", "ino_not_shown")


def is_asked_for(episode: dict[str, str]) -> bool:
    """An undecided episode that documents would settle, and whose data need not be mended first."""
    return is_undecided(episode) and bool(episode["documents"]) and episode["next_action"] != "hold"


def test_every_episode_to_request_stands_with_each_of_its_facilities_and_no_other(run: Path) -> None:
    asked: dict[str, set[str]] = {}
    for row in rows(run / "requests.csv"):
        asked.setdefault(row["episode_id"], set()).add(row["provider"])
    expected = {name: set(row["facilities"].split("; ")) for name, row in episodes(run).items() if is_asked_for(row)}
    assert asked == expected
    actions = {episodes(run)[name]["next_action"] for name in asked}
    assert actions == {"request_records", "nurse_review"}
    assert len(expected) >= 10


def unasked(run: Path) -> dict[str, str]:
    """By episode, why the page asks nobody for its records."""
    [(_, after)] = [part.split("<dl", 1) for part in [(run / "requests.html").read_text(encoding="utf-8").split('id="not-asked"')[1]]]
    return dict(re.findall(r'href="episodes/(\w+)\.html".*?<dd>(.*?)</dd>', after, re.DOTALL))


def test_every_undecided_episode_and_every_one_of_the_queue_is_asked_for_or_told_why_not(run: Path) -> None:
    asked, told = {row["episode_id"] for row in rows(run / "requests.csv")}, unasked(run)
    [queued] = [sheet for sheet in openpyxl.load_workbook(run / "worklist.xlsx") if sheet.title == "Records requests"]
    in_queue = {str(row[0]) for row in queued.iter_rows(values_only=True)} & set(episodes(run))
    assert not asked & set(told)
    assert asked <= in_queue
    assert asked | set(told) == in_queue | {name for name, row in episodes(run).items() if is_undecided(row)}


def test_why_nobody_is_asked(run: Path) -> None:
    told = {episodes(run)[name]["member_id"]: why for name, why in unasked(run).items()}
    assert told["S-0605"].startswith("Held until our own data are mended.")
    assert told["S-0605"].endswith("Once they are mended, this may be asked for: face sheet.")
    assert told["S-0104"] == "No further document would settle it: two records that can decide it disagree. A nurse reads what we hold."
    assert told["S-0503"].startswith("It is decided (criteria met), and no document of the course would change that.")


def test_a_request_asks_plain_questions(run: Path) -> None:
    for row in rows(run / "requests.csv"):
        for question in row["must_show"].split("; "):
            assert re.fullmatch(r"[A-Z][^:;_]+\?( \([IVX]+[.\w]*\))?", question), question
    assert not re.search(r"[a-z]_[a-z]", text_of(run / "requests.html"))


def test_a_letter_names_what_is_missing_in_words(run: Path) -> None:
    for row in rows(run / "letters.csv"):
        for said in (row["missing"], row["recommendation"], row["reasons"], row["criteria_cited"]):
            assert not re.search(r"[a-z]_[a-z]|: It was done", said), said


def test_a_request_asks_for_the_documents_of_the_episode_and_bears_its_dollars(run: Path) -> None:
    asked: dict[tuple[str, str], Rows] = {}
    for row in rows(run / "requests.csv"):
        asked.setdefault((row["provider"], row["episode_id"]), []).append(row)
    for (_, name), found in asked.items():
        episode = episodes(run)[name]
        assert [row["document"] for row in found] == episode["documents"].split("; ")
        assert {row["waiting"] for row in found} == {episode["records_needed"]}
        assert all(row["send"] and row["must_show"] for row in found)
        assert {row["due_day"] for row in found} == {"2026-12-16"}


def test_providers_are_ranked_by_dollars(run: Path) -> None:
    dollars: dict[int, dict[str, float]] = {}
    for row in rows(run / "requests.csv"):
        dollars.setdefault(int(row["provider_rank"]), {})[row["episode_id"]] = float(row["waiting"])
    sums = [sum(dollars[rank].values()) for rank in sorted(dollars)]
    assert sums == sorted(sums, reverse=True)


def test_the_page_says_what_the_file_says(run: Path) -> None:
    page, written = text_of(run / "requests.html"), rows(run / "requests.csv")
    once = {row["episode_id"]: float(row["waiting"]) for row in written}
    providers = {row["provider"] for row in written}
    assert f"{len(once)} episodes and ${sum(once.values()):,.2f} wait for records of {len(providers)} providers." in page
    for row in written:
        for words in (row["member_id"], row["document"], row["send"], *row["must_show"].split("; ")[:1]):
            assert words in page


def test_settling_sets_are_the_documents_of_the_episode(run: Path) -> None:
    sets: dict[str, list[str]] = {}
    for row in rows(run / "settling.csv"):
        sets.setdefault(row["episode_id"], []).append(row["document"])
    assert sets == {name: row["documents"].split("; ") for name, row in episodes(run).items() if row["documents"]}


def test_every_episode_that_people_decide_has_a_letter(run: Path) -> None:
    kinds = {row["episode_id"]: row["kind"] for row in rows(run / "letters.csv")}
    for name, row in episodes(run).items():
        if row["next_action"] in ("medical_director", "case_review"):
            assert kinds.pop(name) == "determination"
        elif is_asked_for(row):
            assert kinds.pop(name) == "records_request"
    assert set(kinds.values()) <= {"adjustment"}


def test_a_letter_is_specific_and_its_figures_are_those_of_the_results(run: Path) -> None:
    for row in rows(run / "letters.csv"):
        episode = episodes(run)[row["episode_id"]]
        assert (row["counted"], row["at_risk_low"], row["at_risk_high"]) == tuple(
            episode[name] for name in ("counted", "at_risk_low", "at_risk_high")
        )
        assert all(row[name] for name in ("reasons", "evidence_considered", "claims"))
        assert (row["policy_version"], row["policy_effective"]) == ("2020-11-01", "2020-11-01")
        assert not any(row[name] for name in ("reviewer_name", "reviewer_credentials", "reviewed_on"))


def test_nothing_says_denied_and_people_decide(run: Path) -> None:
    for name in ("letters.csv", "requests.csv", "requests.html"):
        assert not re.search(r"\bden(y|ied|ial)", (run / name).read_text(encoding="utf-8"), re.IGNORECASE)
    for row in rows(run / "letters.csv"):
        if row["kind"] == "determination":
            assert row["recommendation"].startswith(
                ("Recommended for the medical director's decision", "Recommended for review of the case")
            )


def test_oregon_medicaid_has_no_wording_and_no_reason_code_of_ours(run: Path) -> None:
    [row] = [row for row in rows(run / "letters.csv") if row["line_of_business"] == "medicaid" and row["state"] == "OR"]
    assert row["ready"] == "false"
    assert row["missing"] == "wording of the notice; appeal rights; days to appeal; return address"
    assert not any(row[name] for name in ("notice_wording", "appeal_rights", "appeal_days", "carc", "rarc"))
    assert row["recommendation"] == "Recommended for review of the case under the plan's own rules, which decide it."


def test_a_letter_is_ready_where_the_plan_has_filled_its_slots(filled_run: Path) -> None:
    for row in rows(filled_run / "letters.csv"):
        filled = row["line_of_business"] == "commercial" or row["kind"] == "records_request"
        assert row["ready"] == str(filled).lower()
        if row["line_of_business"] == "commercial":
            assert (row["notice_wording"], row["appeal_rights"]) == ("Our wording.", "You may appeal.")
            assert (row["appeal_days"], row["appeal_citation"]) == ("180", "our rule 4")
    page = text_of(filled_run / "requests.html")
    assert ADDRESS[0] in page
    assert "is not filled in" not in page


def test_without_a_plan_nothing_is_made_up(result: AuditResult, tmp_path: Path) -> None:
    bare = publish(result.frames, replace(result.facts, letters=LetterPlan()), tmp_path / "run")
    assert {row["due_day"] for row in rows(bare / "requests.csv")} == {""}
    assert {row["ready"] for row in rows(bare / "letters.csv")} == {"false"}
    assert "The days to answer are not set" in text_of(bare / "requests.html")


def test_paragraphs_that_alone_stop_an_episode_are_counted_from_the_results(run: Path) -> None:
    judged = {name: row for name, row in episodes(run).items() if row["determination"] not in ("decided_elsewhere", "policy_silent")}
    told = {row["key"]: row for row in rows(run / "paragraphs.csv")}
    found: dict[tuple[str, bool], list[str]] = {}
    for row in rows(run / "criteria.csv"):
        if row["alone"] == "true" and row["episode_id"] in judged:
            found.setdefault((row["key"], row["outcome"] == "1"), []).append(row["episode_id"])
    assert {key for key, _ in found} == set(told)
    for (key, waits), names in found.items():
        column = "waiting" if waits else "failing"
        held = sum(float(judged[name][each]) for name in names for each in ("not_supported", "records_needed", "medical_review"))
        assert (int(told[key][f"{column}_episodes"]), float(told[key][column])) == (len(names), pytest.approx(held))
    table = text_of(run / "report.html")
    assert all(row["statement"] in table for row in told.values())
