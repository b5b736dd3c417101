"""The samples checked once, and the ways in which tests look at what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path

from rich.console import Console

from auditor import AuditResult, Readiness, Settings, audit, check
from auditor.places import samples_folder
from auditor.readiness.view import readiness_page
from auditor.report.terminal import show

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (60, 100, 160)
AS_OF = date(2026, 11, 22)


def settings_of(folder: Path) -> Settings:
    return Settings(paths=(folder,), as_of=AS_OF)


@cache
def samples() -> Readiness:
    return check(settings_of(samples_folder()))


@cache
def samples_audited() -> AuditResult:
    return audit(settings_of(samples_folder()))


def terminal_text(readiness: Readiness, width: int) -> str:
    """What a terminal of that width shows, without colour and without the blanks that fill its lines."""
    out = StringIO()
    show(readiness_page(replace(readiness, program="auditor")), Console(file=out, width=width, color_system=None))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def golden_path(width: int) -> Path:
    return GOLDEN / f"samples-{width}.txt"


if __name__ == "__main__":
    for each in WIDTHS:
        golden_path(each).write_text(terminal_text(samples(), each), encoding="utf-8", newline="\n")
