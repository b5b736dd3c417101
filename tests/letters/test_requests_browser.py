"""The page of requests in a browser: quiet, alone, readable by everyone, and one provider a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@pytest.fixture
def page(run: Path) -> Iterator[Any]:
    """The page, which fails the test if it complains or asks for anything but itself."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"])
        page, complaints = opened.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
        page.goto((run / "requests.html").as_uri())
        yield page
        opened.close()
        assert complaints == []


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
