"""A sheet: one page of figures and tables, the same for a terminal and a browser, with no script."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.errors import AuditorError
from auditor.places import templates_folder
from auditor.report.html import make_press
from auditor.report.view import Figure, Funnel, Grid


@dataclass(frozen=True)
class Section:
    """One question that a sheet answers. ``folded`` tables and ``plots`` are for a page; a terminal leaves them out."""

    key: str
    title: str
    grids: tuple[Grid, ...]
    folded: tuple[Grid, ...] = ()
    plots: tuple[Funnel, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """All that is told of one thing. ``eyebrow`` says what kind of sheet it is, ``stamp`` of what it was made, when and by which rules.

    ``nothing`` says that there is nothing to tell, and is empty mostly; ``heed`` is the heading of the notices.
    """

    eyebrow: str
    title: str
    stamp: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    footer: str
    nothing: str = ""
    heed: str = ""
    notices: tuple[str, ...] = ()


def sheet_html(sheet: Sheet) -> str:
    """The whole sheet as one file."""
    press = make_press(templates_folder(), scripts=())
    return press.environment.get_template("sheet.html").render(page=sheet, frame=press.frame)


def write_sheet(sheet: Sheet, path: Path, option: str) -> None:
    """The sheet as a file; AuditorError, which names the option that asked for it, where it cannot be written."""
    write_page(sheet_html(sheet), path, option)


def write_page(page: str, path: Path, option: str) -> None:
    """A page as a file; AuditorError, which names the option that asked for it, where it cannot be written."""
    try:
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise AuditorError(
            f"{option}: {path.name} cannot be written ({fault.strerror}). Choose another place, or ask for the right to write there."
        ) from fault
