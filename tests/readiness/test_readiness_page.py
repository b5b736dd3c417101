"""The page of an extract: one file, no script, as wide as the screen, and no value of a row in it, however hostile."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from auditor import Settings, check
from auditor.readiness.share_grids import NO_DOCUMENT
from auditor.readiness.view import readiness_page
from auditor.report.sheet import sheet_html
from tests.properties.implementations import as_frames
from tests.readiness.checked import samples, terminal_text
from tests.readiness.test_readiness_arrival import INO, LINE, PERSON
from tests.report.browsing import CHROMIUM, CONTRAST
from tests.report.conftest import browser, page
from tests.report.pages import Page

__all__ = ["browser", "page"]

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / "readiness.html"
    written.write_text(sheet_html(readiness_page(samples())), encoding="utf-8")
    return written


def test_the_page_holds_no_script_and_asks_for_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r"https?://|@import|url\(|\sstyle=|\son\w+=", text)
    rules = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert rules
    said = rules.group(1).replace("&#39;", "'")
    assert said.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src 'none'" in said


def test_the_page_says_what_was_counted(path: Path) -> None:
    read = Page(path)
    documents = read.table("Documents that could settle it")
    assert documents.column("Document") == [one.document or NO_DOCUMENT for one in samples().documents]
    assert documents.total("Freed in this order") == "$113,265.00"
    paragraphs = read.table("Every paragraph that is in question")
    assert len(paragraphs.rows) == sum(one.in_question > 0 for one in samples().criteria)
    asks = read.table("What to ask of whom")
    assert len(asks.rows) == len(samples().asks)
    files = read.table("Files, and where their rows went")
    assert files.column("Set aside") == ["3", "1", "0", "0"]


def test_headings_captions_and_links_are_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert text.count("<table") == text.count("<caption")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in re.findall(r'href="([^"]+)"', text)} <= set(ids)


HOSTILE = "<script>alert(1)</script>\"'[red]x[/red] \u202eevil\x07{{7*7}}"


def test_a_hostile_name_of_a_facility_is_text_and_nothing_else(tmp_path: Path) -> None:
    frames = as_frames({"claim_lines": [LINE], "members": [PERSON], "events": [{**INO, "facility": HOSTILE}]})
    readiness = check(Settings(), frames=frames)
    text = sheet_html(readiness_page(readiness))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    for said in (text, terminal_text(readiness, 200)):
        assert "\u202e" not in said
        assert "\x07" not in said
    assert "[red]x[/red]" in terminal_text(readiness, 400)


def test_the_page_of_nothing_says_so(tmp_path: Path) -> None:
    readiness = check(Settings(), frames=as_frames({}))
    assert "there is nothing to audit" in sheet_html(readiness_page(readiness))
    assert "there is nothing to audit" in terminal_text(readiness, 120)


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 1280, 2200])
def test_no_sideways_scroll(page: Any, path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path.as_uri())
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Any, path: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    assert page.evaluate(CONTRAST) == []


@pytest.mark.browser
@needs_chromium
def test_paragraphs_of_a_facility_unfold_by_keyboard(page: Any, path: Path) -> None:
    page.goto(path.as_uri())
    folded = page.locator("#facilities details").first
    assert not folded.locator("table").is_visible()
    folded.locator("summary").press("Enter")
    assert folded.locator("table").is_visible()
