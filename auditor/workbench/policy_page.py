"""A policy as a page for a review meeting: its outline in plain words, what it leaves open, and room for what was decided."""

from __future__ import annotations

from pathlib import Path

from auditor.places import templates_folder
from auditor.policy import RuleBook
from auditor.policy.outline import Entry, outline_entry
from auditor.report.html import make_press
from auditor.report.sheet import write_page
from auditor.workbench.defects import Defect, find_defects

STYLES = ("style.css", "policy.css", "print.css")
OPEN = "What the guideline itself leaves open or contradicts"


def policy_html(book: RuleBook) -> str:
    """Every revision, the latest first, as one file without scripts."""
    press = make_press(templates_folder(), scripts=(), styles=STYLES)
    revisions = tuple(_with_defects(book, place) for place in reversed(range(len(book.policies))))
    return press.environment.get_template("policy.html").render(revisions=revisions, frame=press.frame)


def _with_defects(book: RuleBook, place: int) -> Entry:
    policy = book.policies[place]
    top = outline_entry(book, policy)
    found = tuple(_defect(one) for one in find_defects(book, policy) if not one.is_settled)
    return Entry(top.number, top.text, (*top.below, *((Entry("", OPEN, found),) if found else ())))


def _defect(defect: Defect) -> Entry:
    answers = tuple(Entry(str(one.question or ""), f"Answered by the reading {one.name}: {one.why}") for one in defect.answers)
    below = (Entry("", f"For example {defect.example}."), *(answers or (Entry("", "No reading answers it."),)))
    return Entry(", ".join(defect.paragraphs), defect.says, below)


def write_policy_page(book: RuleBook, path: Path) -> None:
    """The page as a file; AuditorError where it cannot be written."""
    write_page(policy_html(book), path, "--html")
