"""What the templates of a message are given: one frozen object with every text made."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.view import Figure, Grid


@dataclass(frozen=True)
class MailTable:
    """A table, and the same as lines of plain text."""

    grid: Grid
    lines: tuple[str, ...]


@dataclass(frozen=True)
class MailView:
    """One message. ``href`` is empty where the place of the run is a path; ``nothing`` says so where there was nothing to audit.

    ``troubles`` are what went wrong in the night or with earlier messages; ``preheader`` is what an inbox shows beside the subject.
    """

    subject: str
    preheader: str
    eyebrow: str
    title: str
    scope: str
    nothing: str
    troubles: tuple[str, ...]
    figures: tuple[Figure, ...]
    tables: tuple[MailTable, ...]
    notices: tuple[str, ...]
    href: str
    place: str
    enclosed: str
    footer: tuple[str, ...]
