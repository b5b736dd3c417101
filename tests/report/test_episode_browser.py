"""Episode pages in a browser: quiet, alone, as wide as the screen, and sane on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.browsing import OPEN_ALL, needs_chromium, quiet_page, settled, wider_than

PAGES = ("EMETFIVEDAYS1", "ESILENTECHO01", "EREVIEW8DAYS0", "ENOCHANGE72HR", "EEARLY33WEEKS", "ENOTINO00TEST")

pytestmark = needs_chromium


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_its_screen(page: Any, run: Path, name: str) -> None:
    page.goto((run / "episodes" / f"{name}.html").as_uri())
    page.evaluate(OPEN_ALL)
    assert wider_than(page, (360, 768, 1280, 2200)) == []


def test_a_statement_leads_to_its_evidence_and_days_by_keyboard(page: Any, run: Path) -> None:
    page.goto((run / "episodes" / "ENOCHANGE72HR.html").as_uri())
    links = page.locator(".rationale a")
    assert links.count() > 3
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href")
        links.nth(place).press("Enter")
        assert settled(page, lambda: str(page.evaluate("location.hash")), target.__eq__) == target
        assert page.locator(f'[id="{target[1:]}"]').is_visible(), target


def test_the_chart_is_read_without_scripts(browser: Any, run: Path) -> None:
    with quiet_page(browser, java_script_enabled=False) as page:
        page.goto((run / "episodes" / "EREVIEW8DAYS0.html").as_uri())
        assert page.locator("svg.plot").is_visible()
        assert page.locator("svg.plot title").text_content() == "SpO₂, FiO₂ and iNO dose, 2023-05-01 to 2023-05-20"
        assert "72 h at 2023-05-04 14:40; end of day 14 at 2023-05-17 00:00" in page.locator("svg.plot desc").text_content()


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
