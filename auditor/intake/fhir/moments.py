"""Times of FHIR as the contract writes them: partial dates keep their precision, clock times their offset."""

from __future__ import annotations

from auditor.intake.fhir.tree import Tree, first, part, parts, text

DAY = 10


def moment(tree: Tree, stem: str) -> tuple[str | None, str | None]:
    """Start and end of ``stem[x]``: a dateTime or instant, or a period; both None where neither is given."""
    if day := text(tree, f"{stem}DateTime"):
        return day, None
    if period := part(tree, f"{stem}Period"):
        return text(period, "start"), text(period, "end")
    return text(tree, f"{stem}Instant") or timing(tree, stem), None


def timing(tree: Tree, stem: str) -> str | None:
    """The one event of ``stemTiming``; several are no one time."""
    events = part(tree, f"{stem}Timing").get("event")
    return events[0] if type(events) is list and len(events) == 1 and type(events[0]) is str else None


def bill_day(written: str | None) -> str | None:
    """The day of a claim as written: claims count days, and a clock time beside one is an exporter's midnight."""
    return written[:DAY] if written and written[DAY : DAY + 1] == "T" else written


def timed_extension(tree: Tree, url: str) -> str | None:
    """The dateTime of the extension with that address."""
    return first(text(one, "valueDateTime") for one in parts(tree, "extension") if text(one, "url") == url)
