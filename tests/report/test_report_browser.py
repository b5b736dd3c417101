"""The report in a browser: quiet, alone, usable by keyboard and by mouse, and as wide as the screen."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from auditor.report.cells import defuse
from auditor.report.phrases import dollar_interval
from tests.report.browsing import CONTRAST, OPEN_ALL, needs_chromium, quiet_page, settled, wider_than
from tests.report.test_report_hostile import HOSTILE, poisoned

pytestmark = needs_chromium


@pytest.fixture
def report(page: Any, run: Path) -> Any:
    page.goto((run / "report.html").as_uri())
    return page


def shown(page: Any) -> list[str]:
    return page.locator("#worklist-table tbody tr:visible th").all_inner_texts()


def cards(page: Any) -> list[str]:
    # cards off the screen have no layout, and so no inner text, until they come near it
    return page.locator(".card:not([hidden]) h3").all_text_contents()


def soon(page: Any, expected: list[str]) -> list[str]:
    """What the list shows, as soon as it is what is expected: headings and addresses take effect a moment later."""
    return settled(page, lambda: shown(page), lambda rows: rows == expected)


def sort_by(page: Any, column: str) -> None:
    """A click on a heading; the list is drawn a moment later."""
    heading = page.locator(f"th[data-name={column}]")
    before = heading.get_attribute("aria-sort")
    heading.click()
    settled(page, lambda: heading.get_attribute("aria-sort"), lambda way: way != before)


def address(page: Any) -> str:
    return str(page.evaluate("location.hash"))


def address_soon(page: Any, expected: str) -> str:
    """The address, as soon as it is what is expected."""
    return settled(page, lambda: address(page), lambda said: said == expected)


def members(frames: dict[str, pd.DataFrame], keep: Callable[[Any], bool]) -> list[str]:
    """Members of the episodes that fit, most dollars at risk first."""
    episodes = frames["episodes"].sort_values(["at_risk_high_cents", "episode_id"], ascending=[False, True])
    return [str(row["member_id"]) for _, row in episodes.iterrows() if keep(row)]


def test_search_by_keyboard(report: Any) -> None:
    assert len(shown(report)) == 6
    report.keyboard.press("/")
    report.keyboard.type("M-1004")
    assert shown(report) == cards(report) == ["M-1004"]
    assert report.locator("#worklist-status").inner_text().startswith("1 of 6 episodes, $")
    assert address(report) == "#worklist?words=M-1004"
    report.keyboard.press("Escape")
    assert len(shown(report)) == len(cards(report)) == 6
    assert address(report) == "#worklist"


def test_queues_by_keyboard(report: Any) -> None:
    report.locator("#worklist-controls input[value='']").first.focus()
    report.keyboard.press("ArrowRight")
    assert shown(report) == ["M-1003"]
    report.keyboard.press("ArrowRight")
    assert shown(report) == cards(report) == ["M-1002", "M-1006", "M-1004"]
    assert address(report) == "#worklist?queue=director"


def test_queues_by_mouse(report: Any) -> None:
    report.locator(".pill", has_text="Medical director").click()
    assert shown(report) == ["M-1002", "M-1006", "M-1004"]
    report.locator(".pill", has_text="All").click()
    assert len(shown(report)) == 6


def test_what_is_counted_is_what_is_shown(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    report.locator(".pill", has_text="Medical director").click()
    episodes = frames["episodes"][frames["episodes"]["member_id"].isin(shown(report))]
    risk = dollar_interval(int(episodes["at_risk_low_cents"].sum()), int(episodes["at_risk_high_cents"].sum()))
    assert report.locator("#worklist-status").inner_text() == f"3 of 6 episodes, {risk} at risk"


@pytest.mark.parametrize(
    ("label", "value", "keep"),
    [
        ("Line of business", "commercial", lambda row: row["line_of_business"] == "commercial"),
        ("Facility", "1999999984", lambda row: "1999999984" in row["facilities"]),
        ("Determination", "experimental", lambda row: row["determination"] == "experimental"),
        ("Next action", "medical_director", lambda row: row["next_action"] == "medical_director"),
    ],
)
def test_filters(report: Any, frames: dict[str, pd.DataFrame], label: str, value: str, keep: Callable[[Any], bool]) -> None:
    field = report.get_by_label(label, exact=True)
    field.select_option(value)
    assert shown(report) == members(frames, keep)
    there = address(report)
    field.select_option("")
    assert len(shown(report)) == 6
    report.evaluate("there => { location.hash = there }", there)
    assert soon(report, members(frames, keep)) == members(frames, keep)
    assert field.input_value() == value


def test_filters_by_keyboard(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    report.get_by_label("Determination", exact=True).focus()
    report.keyboard.type("exp")
    assert shown(report) == members(frames, lambda row: row["determination"] == "experimental")
    report.keyboard.press("Tab")
    report.keyboard.press("Tab")
    assert report.evaluate("document.activeElement.name") == "least"
    report.keyboard.type("99999999")
    assert shown(report) == []
    report.keyboard.press("Tab")
    report.keyboard.press("Tab")
    assert report.evaluate("document.activeElement.id") == "worklist-clear"
    report.keyboard.press("Enter")
    assert len(shown(report)) == 6


def test_dollars_at_least(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    least = int(frames["episodes"]["at_risk_high_cents"].sort_values().iloc[-2])
    report.get_by_label("At risk, at least $").fill(f"{least / 100:.2f}")
    assert shown(report) == members(frames, lambda row: row["at_risk_high_cents"] >= least)
    report.get_by_label("At risk, at least $").fill(f"{least / 100 + 0.01:.2f}")
    assert shown(report) == members(frames, lambda row: row["at_risk_high_cents"] > least)


def test_an_amount_that_no_binary_fraction_is_counts_its_own_cents(page: Any, run: Path, tmp_path: Path) -> None:
    """1.10 times a hundred is a little more than 110 to a browser."""
    text = (run / "report.html").read_text(encoding="utf-8")
    path = tmp_path / "cents.html"
    path.write_text(re.sub(r'data-high="\d+"', 'data-high="110"', text), encoding="utf-8")
    page.goto(path.as_uri())
    page.get_by_label("At risk, at least $").fill("1.10")
    assert len(shown(page)) == 6
    page.get_by_label("At risk, at least $").fill("1.11")
    assert shown(page) == []


def test_the_address_is_remembered_and_restored(report: Any, run: Path) -> None:
    report.locator(".pill", has_text="Medical director").click()
    report.get_by_label("Line of business", exact=True).select_option("commercial")
    sort_by(report, "start")
    there, before = address(report), shown(report)
    assert there == "#worklist?queue=director&business=commercial&order=start.asc"
    report.goto("about:blank")
    report.goto((run / "report.html").as_uri() + there)
    assert shown(report) == before
    assert report.locator("input[name=queue]:checked").get_attribute("value") == "director"
    assert report.locator("th[data-name=start]").get_attribute("aria-sort") == "ascending"
    assert address(report) == there


@pytest.mark.parametrize("there", ["#worklist?queue=nonsense&facility=nowhere&order=never.asc&_=1", "#worklist?", "#%E0%A4%A", "#ENOSUCH"])
def test_an_address_that_makes_no_sense_shows_everything(page: Any, run: Path, there: str) -> None:
    page.goto((run / "report.html").as_uri() + there)
    assert len(shown(page)) == 6


def test_sorting_by_mouse_and_keyboard(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    sort_by(report, "start")
    by_start = list(frames["episodes"].sort_values(["start_day", "episode_id"])["member_id"])
    assert shown(report) == by_start
    assert report.locator("#worklist-table caption").inner_text() == "Episodes, by start"
    report.locator("th[data-name=start] [role=button]").focus()
    report.keyboard.press("Enter")
    assert soon(report, by_start[::-1]) == by_start[::-1]
    report.keyboard.press("Enter")
    assert soon(report, members(frames, lambda row: True)) == members(frames, lambda row: True)
    sort_by(report, "risk")
    highs = [int(frames["episodes"].set_index("member_id").loc[one, "at_risk_high_cents"]) for one in shown(report)]
    assert highs == sorted(highs)


def test_a_number_of_the_overview_leads_to_its_episodes(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    met = members(frames, lambda row: row["determination"] == "criteria_met")
    report.locator("a[data-narrow='determination=criteria_met']").click()
    assert soon(report, met) == met
    report.locator("a[data-narrow='queue=director']").press("Enter")
    assert soon(report, ["M-1002", "M-1006", "M-1004"]) == ["M-1002", "M-1006", "M-1004"]
    report.go_back()
    assert soon(report, met) == met


def test_back_to_the_beginning_asks_nothing_and_a_link_to_the_list_keeps_what_is_asked(report: Any) -> None:
    everyone = shown(report)
    report.locator("a[data-narrow='queue=director']").press("Enter")
    narrowed = soon(report, ["M-1002", "M-1006", "M-1004"])
    report.locator("a[href='#worklist']").first.press("Enter")
    assert address_soon(report, "#worklist?queue=director") == "#worklist?queue=director"
    assert shown(report) == narrowed
    report.go_back()
    report.go_back()
    assert soon(report, everyone) == everyone


# A date is broken where its characters lie on more than one line.
BROKEN_DATES = """() => {
  const broken = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let dates = 0;
  for (let node; (node = walker.nextNode()); )
    for (const found of node.data.matchAll(/\\d{4}-\\d\\d-\\d\\d/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.top)));
      dates += lines.size > 0;
      if (lines.size > 1) broken.push(found[0] + ' in ' + node.data.trim().slice(0, 60));
    }
  return { dates, broken };
}"""


@pytest.mark.parametrize("name", ["report.html", "facilities.html", "requests.html", "episodes/EREVIEW8DAYS0.html"])
def test_no_date_is_broken_over_two_lines(page: Any, run: Path, name: str) -> None:
    page.goto((run / name).as_uri())
    page.evaluate(OPEN_ALL)
    for width in (360, 800):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(BROKEN_DATES)
        assert found["dates"]
        assert found["broken"] == []


def test_a_member_leads_to_its_card_and_the_card_to_its_page(report: Any) -> None:
    report.locator("#worklist-table tbody a").first.press("Enter")
    card = report.locator("#ESILENTECHO01")
    assert card.is_visible()
    assert settled(report, lambda: card.evaluate("(card) => card.getBoundingClientRect().top < innerHeight"), bool)
    report.locator("#ESILENTECHO01 a").click()
    report.wait_for_url("**/episodes/ESILENTECHO01.html")


def test_a_link_shows_a_card_that_filters_hide(report: Any) -> None:
    report.keyboard.press("/")
    report.keyboard.type("M-1004")
    assert not report.locator("#EMETFIVEDAYS1").is_visible()
    report.evaluate("location.hash = 'EMETFIVEDAYS1'")
    report.locator("#EMETFIVEDAYS1").wait_for(state="visible")


def saved(page: Any) -> list[list[str]]:
    """What the button writes, read back as a spreadsheet would."""
    with page.expect_download() as download:
        page.locator("#worklist-save").click()
    assert download.value.suggested_filename == "worklist-2025-06-30.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def test_what_is_saved_is_what_is_shown(report: Any, frames: dict[str, pd.DataFrame]) -> None:
    report.locator(".pill", has_text="Medical director").click()
    sort_by(report, "start")
    head, *rows = saved(report)
    assert [row[head.index("Member")] for row in rows] == shown(report)
    cells = report.locator("#worklist-table tbody tr:visible").all()
    for row, line in zip(rows, cells, strict=True):
        said = [re.sub(r"^[✕?◆✓→○–](?=\w)", "", text.strip()) for text in line.locator("th, td").all_text_contents()]
        risk = head.index("At risk, low")
        assert row[1:risk] == said[: risk - 1]
        assert row[head.index("Next")] == said[-1]
    episodes = frames["episodes"].set_index("episode_id")
    for row in rows:
        episode = episodes.loc[row[0]]
        assert row[head.index("At risk, low")] == f"{episode['at_risk_low_cents'] / 100:.2f}"
        assert row[head.index("At risk, high")] == f"{episode['at_risk_high_cents'] / 100:.2f}"
        assert "director" in row[head.index("Queues")].split("; ")


def test_a_hostile_extract_stays_text_and_is_saved_defused(
    page: Any, frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path: Path
) -> None:
    hostile = publish(poisoned(frames), facts, tmp_path / "hostile")
    page.goto((hostile / "report.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("<img")
    page.keyboard.press("Escape")
    sort_by(page, "member")
    _, *rows = saved(page)
    assert len(rows) == 6
    assert {row[1] for row in rows} <= {defuse(text) for text in page.locator("#worklist-table tbody th").all_text_contents()}
    assert any(row[1].startswith(("'=HYPERLINK", "'@SUM")) for row in rows) == any(text.startswith(("=", "@")) for text in shown(page))
    assert any(text in HOSTILE for text in shown(page))
    page.goto((hostile / "report.html").as_uri() + "#worklist?facility=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert len(shown(page)) >= 1
    for path in sorted(hostile.glob("*.html")):
        page.goto(path.as_uri())
        assert wider_than(page, (360,)) == [], path.name


def test_thousands_are_shown_page_by_page_and_all_on_paper(browser: Any, run: Path, tmp_path: Path) -> None:
    """Two hundred and fifty copies of a row: fifty a page on screen, all of them when printed."""
    text = (run / "report.html").read_text(encoding="utf-8")
    row = re.search(r"<tr data-episode.*?</tr>", text, re.DOTALL)
    assert row
    path = tmp_path / "many.html"
    path.write_text(text.replace(row[0], row[0] * 250), encoding="utf-8")
    with quiet_page(browser) as page:
        page.goto(path.as_uri())
        assert len(shown(page)) == 50
        assert page.locator("#worklist-status").inner_text().startswith("255 of 255 episodes")
        page.locator(".dt-paging-button.next").press("Enter")
        assert page.locator(".dt-paging-button.current").inner_text() == "2"
        page.locator(".dt-paging-button", has_text="6").click()
        assert len(shown(page)) == 5
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert len(shown(page)) == 255
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert len(shown(page)) == 50
        assert len(saved(page)) == 256


def test_paper_says_what_was_asked(report: Any) -> None:
    report.locator(".pill", has_text="Medical director").click()
    report.get_by_label("At risk, at least $").fill("5")
    report.emulate_media(media="print")
    assert report.locator("#worklist-asked").inner_text() == "Queue: Medical director 3; At risk, at least $: 5"
    assert report.locator("#worklist-status").is_visible()
    assert not report.locator("#worklist-search").is_visible()


def test_printing_opens_everything(report: Any) -> None:
    report.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert report.locator("details:not([open])").count() == 0
    report.evaluate("dispatchEvent(new Event('afterprint'))")
    assert report.locator("details[open]").count() == 0


@pytest.mark.parametrize("name", ["report.html", "facilities.html"])
def test_no_sideways_scroll(page: Any, run: Path, name: str) -> None:
    page.goto((run / name).as_uri())
    page.evaluate(OPEN_ALL)
    assert wider_than(page, (360, 768, 1280, 2200)) == []


@pytest.mark.parametrize("width", [390, 900])
def test_a_narrow_screen_can_order_the_list(report: Any, frames: dict[str, pd.DataFrame], width: int) -> None:
    report.set_viewport_size({"width": width, "height": 800})
    report.get_by_label("Order").select_option("start.desc")
    assert shown(report) == list(frames["episodes"].sort_values(["start_day", "episode_id"])["member_id"])[::-1]


def test_without_a_script_everything_is_there(browser: Any, run: Path) -> None:
    with quiet_page(browser, java_script_enabled=False) as page:
        page.goto((run / "report.html").as_uri())
        assert page.locator("#worklist-table tbody tr").count() == 6
        assert page.locator(".card").count() == 6
        assert all(card.is_visible() for card in page.locator(".card").all())
        assert not page.locator("#worklist-controls").is_visible()
        assert not page.locator("[hidden]:not(form)").count()


def test_the_content_policy_stops_what_is_not_the_pages_own(browser: Any, run: Path, tmp_path: Path) -> None:
    """A script, a handler, a style and an image slipped into the file do nothing."""
    slipped = (
        "<script>document.title = 'run'</script><style>body { color: rgb(1, 2, 3) }</style>"
        "<img id='slipped' src='http://127.0.0.1:9/x.png' "
        "onerror=\"document.title = 'run'\"><p id='styled' style='color: rgb(1, 2, 3)'>x</p>"
    )
    path = tmp_path / "slipped.html"
    path.write_text((run / "report.html").read_text(encoding="utf-8").replace("</main>", f"{slipped}</main>"), encoding="utf-8")
    page = browser.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_timeout(100)
    assert page.title().startswith("Audit report")
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(1, 2, 3)"
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'stopped')") == "stopped"
    assert [url for url in asked if not url.startswith("file:")] == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Any, run: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in (run / "report.html", run / "episodes" / "ESILENTECHO01.html"):
        page.goto(path.as_uri())
        assert page.evaluate(CONTRAST) == []
