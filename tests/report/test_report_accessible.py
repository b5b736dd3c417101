"""axe-core finds nothing to mend in any page, light or dark, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.report import RunFacts, publish
from tests.report.browsing import chromium, needs_chromium
from tests.report.test_report_changes import CHANGED

pytestmark = needs_chromium
PAGES = ("report.html", "facilities.html", "episodes/ESILENTECHO01.html", "episodes/EREVIEW8DAYS0.html")
FOUND = "axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html).slice(0, 3)]))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def changed_run(frames: dict[str, pd.DataFrame], facts: RunFacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(frames, facts, tmp_path_factory.mktemp("runs") / "changed", CHANGED)


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


# colours do not depend on the width, nor the layout on the colours: each of both is seen once
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser: Any, changed_run: Path, axe: str, name: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((changed_run / name).as_uri())
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    page.evaluate(axe)
    assert page.evaluate(FOUND) == []
    context.close()


def test_the_check_finds_what_is_wrong(browser: Any, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<img src='data:,'>")
    page.evaluate(axe)
    assert "image-alt" in {found[0] for found in page.evaluate(FOUND)}
    page.close()
