"""Templates show and never reckon; nothing in a page leaves it."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from auditor.outcomes import ACTIONS, DETERMINATIONS, VERDICTS
from auditor.places import assets_folder, templates_folder
from auditor.report.html import dated

PAGES = sorted(templates_folder().glob("*.html"))
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Concat)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_arithmetic_no_raw_html_and_no_filter_but_that_of_dates(path: Path) -> None:
    tree = Environment().parse(path.read_text(encoding="utf-8"))
    assert not list(tree.find_all(ARITHMETIC))
    assert {one.name for one in tree.find_all(nodes.Filter)} <= {"dated"}


def test_a_date_is_kept_on_one_line_and_its_text_is_escaped() -> None:
    told = dated("<b> from 2024-06-02 to 2024-06-06; C2024-06-021")
    assert told == ('&lt;b&gt; from <span class="date">2024-06-02</span> to <span class="date">2024-06-06</span>; C2024-06-021')


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_template_asks_what_a_value_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in (*VERDICTS, *DETERMINATIONS, *ACTIONS):
        assert f'== "{name}"' not in text


def test_files_are_small() -> None:
    for path in templates_folder().iterdir():
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name


@pytest.mark.parametrize("name", ["report.html", "episodes/EMETFIVEDAYS1.html"])
def test_page_refers_to_nothing_outside(run: Path, name: str) -> None:
    page = re.sub(r"<script>.*?</script>", "", (run / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", page)
    assert not re.search(r"<(link|iframe|img|object|embed)\b", page)
    assert not re.search(r"\sstyle=", page)


def test_what_is_embedded_is_what_its_project_published() -> None:
    """Unchanged, with its licence, and told in the list of assets."""
    told = (assets_folder() / "README.md").read_text(encoding="utf-8")
    for folder in (path for path in assets_folder().iterdir() if path.is_dir()):
        assert f"`{folder.name}/`" in told
        assert (folder / "LICENSE.txt").is_file()
    library = (assets_folder() / "datatables" / "dataTables.min.js").read_bytes()
    assert hashlib.sha256(library).hexdigest() == "38017a5586acd9c6eb6bbfe8b6938e1a25bdc717c5acfcb07e0c9d663282c59d"
    assert library.startswith(b"/*! DataTables 3.1.5")


def test_only_the_script_and_style_of_the_page_may_run(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = policy.group(1).replace("&#39;", "'")
    assert rules.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content.group(1).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in rules


def test_headings_go_down_by_single_steps(run: Path) -> None:
    for path in (run / "report.html", run / "episodes" / "EREVIEW8DAYS0.html"):
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", path.read_text(encoding="utf-8"))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_scopes(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    assert page.count("<table") == page.count("<caption")
    assert not re.search(r"<th(?![a-z])(?![^>]*scope=)", page)


@pytest.mark.parametrize(
    "name", ["report.html", "episodes/EMETFIVEDAYS1.html", "episodes/ESILENTECHO01.html", "episodes/EREVIEW8DAYS0.html"]
)
def test_ids_are_unique_and_links_lead_somewhere(run: Path, name: str) -> None:
    page = (run / name).read_text(encoding="utf-8")
    page = re.sub(r'(<article id="[^"]+">).*?</article>', r"\1", page, flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="([^"]+)"', page):
        assert target[1:] in ids if target.startswith("#") else (run / target).is_file()
