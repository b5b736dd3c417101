"""What changed since an earlier run: counts, and each changed episode with before and after."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.changes import CHANGES, Change, Changes, EpisodeChange, FindingChange, Kinship
from auditor.report import RunFacts, publish
from auditor.report.changed import change_section
from tests.report.pages import Page

MET, REVIEW, SILENT, EARLY = "EMETFIVEDAYS1", "EREVIEW8DAYS0", "ESILENTECHO01", "EEARLY33WEEKS"
CHANGED = Changes(
    earlier="2025-06-29-001",
    episodes=(
        EpisodeChange(Change.UNCHANGED, Kinship.SAME, MET, (MET,), "criteria_met", ("criteria_met",), (0, 0), (0, 0)),
        EpisodeChange(
            Change.UPDATED,
            Kinship.MERGED,
            REVIEW,
            ("EOLD1", "EOLD2"),
            "medical_review",
            ("insufficient_documentation", "criteria_met"),
            (0, 864000),
            (0, 1_200_050),
        ),
        EpisodeChange(Change.NEW, Kinship.NEW, SILENT, (), "insufficient_documentation", (), (0, 400000), (0, 0)),
        EpisodeChange(Change.RESOLVED, Kinship.GONE, None, ("EGONE1",), None, ("experimental",), (0, 0), (500, 500)),
        EpisodeChange(Change.UNCHANGED, Kinship.SAME, EARLY, (EARLY,), "experimental", ("experimental",), (5, 5), (5, 5)),
    ),
    findings=(
        FindingChange(Change.NEW, REVIEW, "C-04", "II.3", (), 864000, 0),
        FindingChange(Change.RESOLVED, REVIEW, "A-06", "I.A.3.echo", (), 0, 500),
        FindingChange(Change.UPDATED, EARLY, "E-01", "X.1", ("at_risk_high_cents",), 5, 4),
        FindingChange(Change.UNCHANGED, MET, "DQ-17", "Appendix", (), 0, 0),
    ),
)


@pytest.fixture(scope="module")
def page(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(publish(frames, facts, tmp_path_factory.mktemp("runs") / "changed", CHANGED) / "report.html")


def test_counts_are_in_words_with_symbols(page: Page) -> None:
    table = page.table("Episodes and findings by change")
    assert [row[0] for row in table.rows] == [f"{word.symbol}{word.word}" for word in CHANGES.values()]
    for change, row in zip(CHANGES, table.rows, strict=True):
        assert int(row[2]) == sum(episode.change == change for episode in CHANGED.episodes)
        assert int(row[3]) == sum(finding.change == change for finding in CHANGED.findings)
    assert [int(cell) for cell in table.foot[2:]] == [5, 4]


def test_changed_episodes_say_before_and_after(page: Page) -> None:
    rows = page.table("Changed episodes, most dollars at risk first").rows
    assert [row[0] for row in rows] == [REVIEW, SILENT, "EGONE1", EARLY]
    assert rows[0][1:] == [
        "△updated merged from 2 episodes: EOLD1; EOLD2",
        "?insufficient documentation ✓criteria met",
        "◆medical review",
        "$0.00 – $12,000.50",
        "$0.00 – $8,640.00",
        "1 new, 1 resolved",
    ]
    assert rows[1][2:6] == ["–", "?insufficient documentation", "–", "$0.00 – $4,000.00"]
    assert rows[2][1:6] == ["✓resolved is in the earlier run alone", "✕experimental", "–", "$5.00", "–"]
    assert rows[3][1:] == ["=unchanged", "✕experimental", "✕experimental", "$0.05", "$0.05", "1 updated"]


def test_an_episode_of_this_run_is_linked_and_one_that_is_gone_is_not(page: Page) -> None:
    links = [named.get("href") for tag, named in page.tags if tag == "a"]
    assert f"#{REVIEW}" in links
    assert not [link for link in links if "EGONE1" in str(link)]


def test_what_is_cut_is_said() -> None:
    section = change_section(CHANGED, set(), 1)
    assert [episode.episode_id for episode in section.episodes] == [REVIEW]
    assert section.episodes[0].href == f"episodes/{REVIEW}.html"
    assert section.note == "The first 1 of 4 changed episodes by dollars at risk; all of them are in changes.csv."


def test_without_an_earlier_run_nothing_is_said_of_changes(run: Path) -> None:
    assert "What changed" not in "".join(Page(run / "report.html").text)
