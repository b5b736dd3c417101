"""The page as one file for a browser: the report's own look, no script, nothing from outside."""

from __future__ import annotations

from auditor.places import templates_folder
from auditor.readiness.view import ReadinessPage
from auditor.report.html import make_press


def page_html(page: ReadinessPage) -> str:
    """The whole page as one file."""
    press = make_press(templates_folder(), scripts=())
    return press.environment.get_template("readiness.html").render(page=page, frame=press.frame)
