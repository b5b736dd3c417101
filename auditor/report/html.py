"""Pages from views: one Jinja environment, with the style and the script written into each page and named by their hashes."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.places import assets_folder
from auditor.report.report_view import Report
from auditor.report.request_page import RequestPage
from auditor.report.view import EpisodePage, FacilityPage

DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
STYLES = ("style.css", "episode.css", "funnel.css", "print.css", "requests.css")
SCRIPTS = ("printing.js",)
REPORT_STYLES = ("style.css", "report.css", "print.css")
REPORT_SCRIPTS = ("datatables/dataTables.min.js", "worklist.js", "printing.js")


@dataclass(frozen=True)
class Frame:
    """What surrounds a page: its style, its script, and the policy that lets a browser run these and nothing else."""

    style: Markup
    script: Markup
    content_policy: str


@dataclass(frozen=True)
class Press:
    """Renders pages from one folder of templates. The report has a frame of its own, for its worklist; requests have no script."""

    environment: Environment
    frame: Frame
    report_frame: Frame
    still_frame: Frame

    def report(self, report: Report) -> str:
        """The whole report as one file."""
        return self.environment.get_template("report.html").render(report=report, frame=self.report_frame)

    def facilities(self, page: FacilityPage) -> str:
        """The comparison of facilities as one file."""
        return self.environment.get_template("facilities.html").render(page=page, frame=self.frame)

    def requests(self, page: RequestPage) -> str:
        """The records requests as one file."""
        return self.environment.get_template("requests.html").render(page=page, frame=self.still_frame)

    def episode(self, page: EpisodePage) -> str:
        """One episode as one file."""
        return self.environment.get_template("episode_page.html").render(page=page, frame=self.frame)


def make_press(folder: Path, scripts: tuple[str, ...] = SCRIPTS, styles: tuple[str, ...] = STYLES) -> Press:
    """A press for the templates in ``folder``. Everything is escaped; a name that is not there is an error."""
    folders = (folder, assets_folder())
    frames = ((styles, scripts), (REPORT_STYLES, REPORT_SCRIPTS), (styles, ()))
    return Press(open_templates(folder), *(_frame(folders, *names) for names in frames))


@cache
def open_templates(folder: Path) -> Environment:
    """The templates of a folder. A process that prints several runs understands each once, unless its file changes."""
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["zip"] = zip
    environment.filters["dated"] = dated
    return environment


def dated(text: str) -> Markup:
    """The text, escaped, with each date kept on one line: browsers break dates at their hyphens."""
    told = escape(text)
    # most cells hold no date, and there are hundreds in a page
    return Markup(DATE.sub(r'<span class="date">\g<0></span>', str(told))) if "-" in text else told


def _frame(folders: tuple[Path, ...], styles: tuple[str, ...], scripts: tuple[str, ...]) -> Frame:
    style, script = (_joined(folders, names) for names in (styles, scripts))
    rules = (
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'" if script else "script-src 'none'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Frame(Markup(style), Markup(script), "; ".join(rules))


def _joined(folders: tuple[Path, ...], names: tuple[str, ...]) -> str:
    """The files' text, each from the first folder that has it."""
    paths = (next(path for path in (folder / name for folder in folders) if path.is_file()) for name in names)
    return "\n".join(path.read_text(encoding="utf-8").strip() for path in paths)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
