"""axe-core finds nothing to mend in any page, light or dark, wide or narrow."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from tests.report.browsing import OPEN_ALL, needs_chromium
from tests.report.test_episode_browser import PAGES as EPISODES
from tests.report.test_report_changes import CHANGED

pytestmark = needs_chromium
NARROW, WIDE = (390, "dark"), (1280, "light")
BOTH = ("report.html", "facilities.html", "requests.html", "episodes/EREVIEW8DAYS0.html")
# colours do not depend on the width, nor the layout on the colours: each of both is seen once; the other pages of episodes are made of
# the same parts, and are seen in turn
OTHERS = [f"episodes/{name}.html" for name in EPISODES if f"episodes/{name}.html" not in BOTH]
EVERY_DAY = {(name, *look) for name in BOTH for look in (NARROW, WIDE)} | {
    (name, *(NARROW, WIDE)[place % 2]) for place, name in enumerate(OTHERS)
}
FOUND = "axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html).slice(0, 3)]))"


@pytest.fixture(scope="module")
def changed_run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(frames, facts, tmp_path_factory.mktemp("runs") / "changed", CHANGED)


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def seen(browser: Any, path: Path, axe: str, width: int, scheme: str) -> list[Any]:
    """What the check finds on a page with everything open."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate(OPEN_ALL)
    page.evaluate(axe)
    found: list[Any] = page.evaluate(FOUND)
    context.close()
    return found


@pytest.mark.parametrize(("name", "width", "scheme"), sorted(EVERY_DAY))
def test_no_violation(browser: Any, changed_run: Path, axe: str, name: str, width: int, scheme: str) -> None:
    assert seen(browser, changed_run / name, axe, width, scheme) == []


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
@pytest.mark.parametrize("name", [*BOTH, *OTHERS])
def test_no_violation_in_any_look(browser: Any, changed_run: Path, axe: str, name: str, width: int, scheme: str) -> None:
    assert seen(browser, changed_run / name, axe, width, scheme) == []


def test_the_check_finds_what_is_wrong(browser: Any, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<img src='data:,'>")
    page.evaluate(axe)
    assert "image-alt" in {found[0] for found in page.evaluate(FOUND)}
    page.close()
