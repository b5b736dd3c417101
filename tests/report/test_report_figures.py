"""Every figure on the page is the figure of the frames."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from auditor.outcomes import DETERMINATIONS, VERDICTS
from auditor.report import RunFacts
from auditor.report.buckets import BUCKETS
from auditor.report.build import build_report, make_edition
from auditor.report.listing import Listing
from auditor.report.queues import QUEUES, queues_of
from tests.report.pages import AMOUNT, Page, cents


@pytest.fixture(scope="module")
def page(run: Path) -> Page:
    return Page(run / "report.html")


def interval(row: pd.Series) -> list[int]:
    return sorted({int(row["at_risk_low_cents"]), int(row["at_risk_high_cents"])})


def amounts(text: str) -> list[int]:
    return [cents(found) for found in AMOUNT.findall(text)]


def test_head_says_the_sums(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    text = " ".join("".join(page.text).split())
    episodes = frames["episodes"]
    low, high = episodes["at_risk_low_cents"].sum(), episodes["at_risk_high_cents"].sum()
    assert f"Dollars audited${episodes['counted_cents'].sum() / 100:,.2f}" in text
    assert f"At risk${low / 100:,.2f} – ${high / 100:,.2f}" in text
    assert f"Episodes{len(episodes)}" in text
    assert f"Therapy days{episodes['therapy_days'].sum()}" in text


def test_determinations(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    table = page.table("Episodes by determination")
    for row in table.rows:
        name = next(name for name, word in DETERMINATIONS.items() if row[0] == f"{word.symbol}{word.word}")
        group = frames["episodes"][frames["episodes"]["determination"] == name]
        assert int(row[2]) == len(group)
        sums = [group[column].sum() for column in ("counted_cents", "at_risk_low_cents", "at_risk_high_cents")]
        assert [cents(cell) for cell in row[3:]] == sums
    assert sum(map(int, table.column("Episodes"))) == int(table.total("Episodes")) == len(frames["episodes"])
    for heading in ("Counted", "At risk, low", "At risk, high"):
        assert sum(map(cents, table.column(heading))) == cents(table.total(heading))


def test_buckets_sum_to_the_dollars_audited(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    table = page.table("Counted dollars by bucket")
    parts = frames["line_days"].groupby("bucket")["cents"].sum()
    for name, row in zip(BUCKETS, table.rows, strict=True):
        assert cents(row[2]) == parts.get(name.removesuffix("_cents"), 0)
    assert cents(table.total("Dollars")) == frames["lines"]["counted_cents"].sum()
    assert "✓ balances" in table.foot[1]


def test_reconciliation(page: Page, facts: RunFacts, frames: dict[str, pd.DataFrame]) -> None:
    for row, count in zip(page.table("Rows read").rows, facts.counts, strict=True):
        assert [int(cell) for cell in row[1:5]] == [count.rows_in, count.in_scope, count.out_of_scope, count.set_aside]
        assert row[5] == "✓ balances"
    dispositions = page.table("Claim lines in scope by what became of them")
    assert [(int(row[1]), cents(row[2])) for row in dispositions.rows] == [(total.lines, total.cents) for total in facts.line_totals]
    assert sum(map(cents, dispositions.column("Counted"))) == cents(dispositions.total("Counted")) == frames["lines"]["counted_cents"].sum()


def test_worklist_is_sorted_and_whole(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    table = page.table("Episodes, most dollars at risk first")
    expected = frames["episodes"].sort_values(["at_risk_high_cents", "episode_id"], ascending=[False, True])
    assert table.column("Member") == list(expected["member_id"])
    for cell, (_, row) in zip(table.column("At risk"), expected.iterrows(), strict=True):
        assert amounts(cell) == interval(row)


def test_rows_carry_the_cents_that_filters_compare(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    said = {named["data-episode"]: named for tag, named in page.tags if tag == "tr" and "data-episode" in named}
    assert set(said) == set(frames["episodes"]["episode_id"])
    for _, row in frames["episodes"].iterrows():
        named = said[row["episode_id"]]
        assert (int(named["data-low"] or ""), int(named["data-high"] or "")) == (row["at_risk_low_cents"], row["at_risk_high_cents"])
        assert (named["data-determination"], named["data-action"]) == (row["determination"], row["next_action"])


def test_queues_count_their_episodes_and_dollars(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    episodes, findings = frames["episodes"], frames["findings"]
    for queue, row in zip(QUEUES, page.table("Work queues").rows, strict=True):
        held = [
            place
            for place, episode in episodes.iterrows()
            if queue in queues_of(episode, findings[findings["episode_id"] == episode["episode_id"]].to_dict("records"))
        ]
        group = episodes.loc[held]
        assert (row[0], int(row[2])) == (queue.name, len(group))
        assert [cents(cell) for cell in row[3:]] == [group["at_risk_low_cents"].sum(), group["at_risk_high_cents"].sum()]


def test_findings_by_kind_carry_each_dollar_at_risk_once(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    table, findings = page.table("Findings that ask for something"), frames["findings"]
    states = findings["state"].fillna("").astype(str)
    names = findings["finding_id"].astype(str) + states.where(states == "", "." + states)
    for row in table.rows:
        number = row[1].split(" ")[0]
        group = findings[names == number]
        assert int(row[3]) == len(group)
        assert [cents(cell) for cell in row[5:]] == [group["at_risk_low_cents"].sum(), group["at_risk_high_cents"].sum()]
    for heading, column in (("At risk, low", "at_risk_low_cents"), ("At risk, high", "at_risk_high_cents")):
        assert sum(map(cents, table.column(heading))) == cents(table.total(heading)) == findings[column].sum()


def test_cards_say_what_the_frames_say(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    report = (run / "report.html").read_text(encoding="utf-8")
    cards = dict(re.findall(r'<article class="card" id="(\w+)">(.*?)</article>', report, re.DOTALL))
    assert set(cards) == set(frames["episodes"]["episode_id"])
    for _, row in frames["episodes"].iterrows():
        card = cards[row["episode_id"]]
        assert amounts(re.findall(r'class="amount">([^<]+)<', card)[0]) == interval(row)
        assert DETERMINATIONS[row["determination"]].word in card
        assert f"{row['therapy_days']} therapy day" in card
        assert all(document in card for document in row["documents"])
        days = frames["therapy_days"][frames["therapy_days"]["episode_id"] == row["episode_id"]]
        symbols = "".join(re.findall(r'class="(?:on|off)-\w+"[^>]*>([^<]+)<', card))
        assert symbols == "".join(VERDICTS[verdict].symbol for verdict in days["verdict"])


def of_episode(run: Path, name: object) -> Page:
    return Page(run / "episodes" / f"{name}.html")


def test_days_of_every_episode(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    for name, days in frames["therapy_days"].groupby("episode_id"):
        table = of_episode(run, name).table("The days, one by one")
        assert table.column("Date") == [day.isoformat() for day in days["day"]]
        assert [cell[1:] for cell in table.column("Verdict")] == [VERDICTS[verdict].word for verdict in days["verdict"]]
        headings = {word.word.capitalize(): column for column, word in BUCKETS.items()} | {"Counted $": "counted_cents"}
        for heading in set(table.head) & set(headings):
            assert [cents(cell) for cell in table.column(heading)] == list(days[headings[heading]])
            assert cents(table.total(heading)) == days[headings[heading]].sum()


def test_lines_of_every_episode(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    for name, lines in frames["lines"].dropna(subset="episode_id").groupby("episode_id"):
        table = of_episode(run, name).table("Claim lines, and where their dollars fall")
        assert sorted(map(cents, table.column("Counted $"))) == sorted(lines["counted_cents"])
        assert cents(table.total("Counted $")) == lines["counted_cents"].sum()


def test_findings_of_every_episode(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    for name, findings in frames["findings"].groupby("episode_id"):
        tables = [table for _, table in of_episode(run, name).tables if table.caption in {"Findings", "For information"}]
        cells = [cell for table in tables for cell in table.column("At risk")]
        assert sorted(map(amounts, cells)) == sorted(interval(row) for _, row in findings.iterrows())


def test_strip_shows_every_day_and_its_dollars(run: Path, frames: dict[str, pd.DataFrame]) -> None:
    for name, days in frames["therapy_days"].groupby("episode_id"):
        text = (run / "episodes" / f"{name}.html").read_text(encoding="utf-8")
        for _, row in days.iterrows():
            assert f"{row['day'].isoformat()}: {VERDICTS[row['verdict']].word}" in text
            assert f">{row['counted_cents'] / 100:,.2f}</text>" in text


def test_lines_of_no_episode_are_listed(page: Page, frames: dict[str, pd.DataFrame]) -> None:
    loose = frames["lines"][frames["lines"]["episode_id"].isna()]
    table = page.table("Lines that belong to no episode")
    assert table.column("What became of it") == list(loose["disposition"])


def test_an_unbalanced_run_says_so(frames: dict[str, pd.DataFrame], facts: RunFacts) -> None:
    episodes = frames["episodes"].assign(counted_cents=frames["episodes"]["counted_cents"] + 1)
    edition = make_edition(frames | {"episodes": episodes}, facts)
    listing = Listing(edition.book, facts)
    for case in edition.book:
        listing.add(case, ())
    report = build_report(edition, listing)
    assert "✕ does not balance" in report.buckets.totals[1]
    assert "✕ does not balance" in report.dispositions.note


def test_nothing_to_audit_is_said_with_what_was_read(empty_run: Path) -> None:
    text = "".join(Page(empty_run / "report.html").text)
    assert "There is nothing to audit" in text
    assert "40 rows of claim lines" in text
