"""The message in a browser, as wide as a phone and as a window, light and dark: nothing is cut off, nothing is fetched, all can be read."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.changes import Change, Changes
from auditor.mail import owe, preview
from tests.mail.conftest import Office
from tests.report.browsing import chromium, needs_chromium

pytestmark = needs_chromium

CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  return [...document.querySelectorAll('p, td, th, h1, h2, li, a, span')].filter(e => e.innerText.trim() && !e.querySelector('*'))
    .map(e => { const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(behind(e));
      return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.innerText.slice(0, 40)]; })
    .filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page_file(office: Office, changes: Changes, tmp_path: Path) -> Path:
    """A message with everything in it: changes of every kind, large amounts, troubles of the night, a link."""
    kinds = list(Change)
    many = tuple(
        replace(one, change=kinds[place % len(kinds)], at_risk_cents=(0, 123_456_700)) for place, one in enumerate(changes.episodes)
    )
    office.set(link="https://audits.plan.example/{run}/report.html")
    office.desk = replace(office.desk, changes=lambda run: replace(changes, episodes=many))
    owe(office.desk, office.run)
    [_, page] = preview(office.desk, office.run, tmp_path)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, *(pytest.param(one, marks=pytest.mark.thorough) for one in (360, 1200))])
def test_it_fits_and_can_be_read(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.card').offsetWidth") == min(width, 640)
    assert page.evaluate(CONTRAST) == []
    assert asked == [page_file.as_uri()]
    assert page.locator("script, link, img, iframe, form").count() == 0
    dark = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(23, 31, 38)"
    assert dark == (scheme == "dark")
    page.close()


def test_every_element_bears_its_style_for_clients_that_drop_the_style_sheet(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 640, "height": 800}, color_scheme="light")
    page.goto(page_file.as_uri())
    look = """[...document.querySelectorAll('.card *')].map(e => getComputedStyle(e))
        .map(s => [s.color, s.padding, s.fontSize, s.textAlign, s.borderBottom, s.backgroundColor].join())"""
    before = page.evaluate(look)
    page.evaluate("document.querySelectorAll('style').forEach(e => e.remove())")
    assert page.evaluate(look) == before
    assert page.evaluate("document.querySelector('.preheader').offsetHeight") == 0
    page.close()


def test_it_is_short_enough_for_clients_that_cut_messages_off(page_file: Path) -> None:
    assert len(page_file.read_bytes()) < 102_000
    message = email.message_from_bytes(page_file.with_suffix(".eml").read_bytes(), policy=email.policy.default)
    body = message.get_body(("html",))
    assert body is not None
    assert str(body.get_content()).splitlines() == page_file.read_text(encoding="utf-8").splitlines()
