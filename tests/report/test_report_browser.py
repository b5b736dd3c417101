"""The report in a browser: quiet, alone, usable by keyboard, and as wide as the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails the test if it complains or asks for anything but itself."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
    yield opened
    opened.close()
    assert complaints == []


def shown(page: Any) -> list[str]:
    return page.locator("#worklist-table tbody tr:visible th").all_inner_texts()


def test_search_by_keyboard(page: Any, run: Path) -> None:
    page.goto((run / "report.html").as_uri())
    assert len(shown(page)) == 6
    page.keyboard.press("/")
    page.keyboard.type("M-1004")
    assert shown(page) == ["M-1004"]
    assert page.locator("#worklist-status").inner_text() == "1 of 6 shown"
    page.keyboard.press("Escape")
    assert len(shown(page)) == 6


def test_queues_by_keyboard(page: Any, run: Path) -> None:
    page.goto((run / "report.html").as_uri())
    page.locator("#worklist-controls input[value='']").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == ["M-1003"]
    page.keyboard.press("ArrowRight")
    assert shown(page) == ["M-1002", "M-1006", "M-1004"]


def test_a_link_opens_its_episode(page: Any, run: Path) -> None:
    page.goto((run / "report.html").as_uri())
    page.locator("#worklist-table tbody a").first.press("Enter")
    assert page.locator("#ESILENTECHO01").is_visible()


def test_printing_opens_everything(page: Any, run: Path) -> None:
    page.goto((run / "report.html").as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


@pytest.mark.parametrize("width", [360, 768, 1280, 2200])
def test_no_sideways_scroll(page: Any, run: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in (run / "report.html", run / "episodes" / "EREVIEW8DAYS0.html"):
        page.goto(path.as_uri())
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_the_whole_list_is_there(browser: Any, run: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((run / "report.html").as_uri())
    assert page.locator("#worklist-table tbody tr").count() == 6
    assert not page.locator("#worklist-controls").is_visible()
    context.close()


CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; }
    return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll('h1,h2,h3,p,dt,dd,th,td,a,.badge,.note,.key,.source,summary')) {
    if (!e.textContent.trim()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(ground(e).slice(0, 3))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(e.className + ' ' + e.textContent.trim().slice(0, 40));
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Any, run: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in (run / "report.html", run / "episodes" / "ESILENTECHO01.html"):
        page.goto(path.as_uri())
        assert page.evaluate(CONTRAST) == []
