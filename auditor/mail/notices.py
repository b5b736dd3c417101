"""What a reader must know before the numbers are used, in our own words alone: no name of a file, which may be a person's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from auditor.outcomes import EXIT_CODES, ExitCode
from auditor.report.facts import without_papers
from auditor.report.phrases import counted, iso_day, spaced


def notices_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The notices of a run, from its manifest."""
    return tuple(_notices(manifest))


def _notices(manifest: Mapping[str, Any]) -> Iterator[str]:
    as_of = date.fromisoformat(manifest["as_of"])
    for revision in manifest["policy_revisions"]:
        yield from _revision(revision, as_of)
    for table, rows in sorted(manifest["rows_read"].items()):
        if rows["set_aside"]:
            yield f"{counted(rows['set_aside'], 'row')} of {spaced(table)} set aside; the report gives each reason."
    not_read = without_papers(manifest["not_read"])
    if not_read:
        yield f"{counted(len(not_read), 'file')} not read; the report names them."
    if manifest["notices"]:
        yield f"{counted(len(manifest['notices']), 'further notice')} in the report."


def _revision(revision: Mapping[str, Any], as_of: date) -> Iterator[str]:
    name, readings = revision["revision"], revision["readings"].values()
    if revision["review_by"] and date.fromisoformat(revision["review_by"]) < as_of:
        yield f"Policy revision {name} was due for review on {iso_day(date.fromisoformat(revision['review_by']))}."
    unsigned = sum(not reading["signed_by"] for reading in readings)
    if unsigned:
        yield f"Readings of revision {name} that no one has signed: {unsigned} of {len(readings)}."


def night_troubles(codes: tuple[ExitCode, ...]) -> tuple[str, ...]:
    """What went wrong in the night, by exit code; the log says where, and may name files."""
    return tuple(f"Exit {code.value}: {EXIT_CODES[code]}. The log of the night says where." for code in dict.fromkeys(codes))
