"""Chromium for tests: pages that fail the test if they complain or ask for anything but themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

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
Answer = TypeVar("Answer")
WAITS = 200
HERE = ("file:", "blob:")
OPEN_ALL = "for (const folded of document.querySelectorAll('details')) folded.open = true"
# Words that stand out less from their ground than they should.
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

needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; the test is skipped where playwright is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


def settled(page: Any, ask: Callable[[], Answer], fits: Callable[[Answer], bool]) -> Answer:
    """What is answered as soon as it fits, or at last. Asked again and again: the page's policy forbids a script to wait in it."""
    for _ in range(WAITS):
        if fits(ask()):
            break
        page.wait_for_timeout(50)
    return ask()


def wider_than(page: Any, widths: Iterable[int]) -> list[str]:
    """The widths of a screen on which the page would have to be moved sideways, each with how wide it is then."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if (taken := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{width}: {taken}")
    return found


@contextmanager
def quiet_page(browser: Any, **options: Any) -> Iterator[Any]:
    """A page that must not complain, open a dialogue, or ask for anything outside."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(HERE) else complaints.append(request.url))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert complaints == []
