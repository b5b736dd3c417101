"""Pages from views: one Jinja environment, with the style and the script written into each page and named by their hashes."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.report.view import EpisodePage, FacilityPage, Report

STYLES = ("style.css", "episode.css", "funnel.css", "print.css")
SCRIPTS = ("worklist.js", "printing.js")


@dataclass(frozen=True)
class Frame:
    """What surrounds a page: its style, its script, and the policy that lets a browser run these and nothing else."""

    style: Markup
    script: Markup
    content_policy: str


@dataclass(frozen=True)
class Press:
    """Renders pages from one folder of templates."""

    environment: Environment
    frame: Frame

    def report(self, report: Report) -> str:
        """The whole report as one file."""
        return self.environment.get_template("report.html").render(report=report, frame=self.frame)

    def facilities(self, page: FacilityPage) -> str:
        """The comparison of facilities as one file."""
        return self.environment.get_template("facilities.html").render(page=page, frame=self.frame)

    def episode(self, page: EpisodePage) -> str:
        """One episode as one file."""
        return self.environment.get_template("episode_page.html").render(page=page, frame=self.frame)


def make_press(folder: Path, scripts: tuple[str, ...] = SCRIPTS) -> Press:
    """A press for the templates in ``folder``. Everything is escaped; a name that is not there is an error."""
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    environment.globals["zip"] = zip
    return Press(environment, _frame(folder, scripts))


def _frame(folder: Path, scripts: tuple[str, ...]) -> Frame:
    style, script = (_joined(folder, names) for names in (STYLES, scripts))
    rules = (
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'" if script else "script-src 'none'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Frame(Markup(style), Markup(script), "; ".join(rules))


def _joined(folder: Path, names: tuple[str, ...]) -> str:
    return "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in names)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
