"""Episode pages in a browser: quiet, alone, without an accessibility fault, and sane on paper."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
PAGES = ("EMETFIVEDAYS1", "ESILENTECHO01", "EREVIEW8DAYS0", "ENOCHANGE72HR", "EEARLY33WEEKS", "ENOTINO00TEST")
FOUND = "axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html).slice(0, 3)]))"
OPEN_ALL = "for (const folded of document.querySelectorAll('details')) folded.open = true"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Any, complaints: list[str]) -> Iterator[Any]:
    """A page that fails the test if it complains or asks for anything but itself."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
    yield opened
    opened.close()
    assert complaints == []


@pytest.mark.parametrize("width", [360, 768, 1280, 2200])
def test_every_page_fits_its_screen(page: Any, run: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in PAGES:
        page.goto((run / "episodes" / f"{name}.html").as_uri())
        page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Any, run: Path, name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    context = browser.new_context(viewport={"width": 1000, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((run / "episodes" / f"{name}.html").as_uri())
    page.evaluate(OPEN_ALL)
    page.evaluate((files(axe) / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(FOUND) == []
    context.close()


def test_a_statement_leads_to_its_evidence_and_days_by_keyboard(page: Any, run: Path) -> None:
    page.goto((run / "episodes" / "ENOCHANGE72HR.html").as_uri())
    links = page.locator(".rationale a")
    assert links.count() > 3
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href")
        links.nth(place).press("Enter")
        assert page.evaluate("location.hash") == target
        assert page.locator(f'[id="{target[1:]}"]').is_visible(), target


def test_the_chart_is_read_without_scripts(browser: Any, run: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((run / "episodes" / "EREVIEW8DAYS0.html").as_uri())
    assert page.locator("svg.plot").is_visible()
    assert page.locator("svg.plot title").text_content() == "SpO₂, FiO₂ and iNO dose, 2023-05-01 to 2023-05-20"
    assert "72 h at 2023-05-04 14:40; end of day 14 at 2023-05-17 00:00" in page.locator("svg.plot desc").text_content()
    context.close()


def test_the_member_is_masked(page: Any, masked_run: Path) -> None:
    page.goto((masked_run / "episodes" / "EREVIEW8DAYS0.html").as_uri())
    assert "M-1002" not in page.content()
    assert "••••002" in page.inner_text("#facts")


@pytest.mark.parametrize("name", PAGES)
def test_paper(page: Any, run: Path, name: str) -> None:
    page.goto((run / "episodes" / f"{name}.html").as_uri())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 700, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    assert page.locator(".review").is_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert 1 <= paper.count(b"/Type /Page\n") <= 8
