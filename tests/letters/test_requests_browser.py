"""The page of requests in a browser: quiet, alone, readable by everyone, and one provider a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.browsing import chromium, needs_chromium, quiet_page

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any, run: Path) -> Iterator[Any]:
    with quiet_page(browser) as opened:
        opened.goto((run / "requests.html").as_uri())
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page.emulate_media(color_scheme=scheme)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_sideways_scroll(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_each_provider_begins_a_sheet_and_our_dollars_stay_with_us(page: Any) -> None:
    providers = page.locator(".request").count()
    assert providers > 3
    page.emulate_media(media="print")
    breaks = page.evaluate("[...document.querySelectorAll('.request')].map((e) => getComputedStyle(e).breakBefore)")
    assert breaks == ["page"] * providers
    assert page.locator(".ours:visible").count() == 0
    assert page.pdf().count(b"/Type /Page\n") > providers
