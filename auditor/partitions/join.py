"""Joins the audits of partitions into the run of all of them: the same tables, whatever the partitions were."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from auditor.digests import digest_values
from auditor.errors import ExtractRefused
from auditor.intake import InputFile, Reading, load_profile, refuse_clocks
from auditor.partitions.members import Partial
from auditor.partitions.partition import Partition
from auditor.pipeline import AuditResult, Terms, join_parts, load_terms
from auditor.settings import Settings


def join_partitions(partitions: Iterable[Partition], settings: Settings) -> AuditResult:
    """What ``auditor.audit`` would say of all rows together; facilities are compared here.

    ExtractRefused where a member stands in two partitions, or where clock times of them all cannot be placed.
    """
    partials = [partition.partial for partition in partitions]
    if not partials:
        raise ExtractRefused("there is no partition to join; audit at least one, which may be empty")
    refuse_split(partials)
    reading = _joined([partial.reading for partial in partials], settings)
    return join_partials(partials, reading, load_terms(settings))


def join_partials(partials: Sequence[Partial], reading: Reading, terms: Terms) -> AuditResult:
    """The same of partials whose reading as a whole, and terms, are at hand."""
    refuse_clocks(clock for partial in partials for clock in partial.clocks)
    parts = [partial.part for partial in partials if partial.part is not None]
    return join_parts(terms, reading, parts)


def refuse_split(partials: Sequence[Partial]) -> None:
    """ExtractRefused where members in scope stand in more than one part: each would be judged on a part of the record."""
    seen = Counter(member for partial in partials for member in set(partial.members))
    if torn := sum(count > 1 for count in seen.values()):
        raise ExtractRefused(
            f"{torn} members in scope have rows, or family, in more than one partition; "
            "part the rows by the groups of kin_groups, so that all rows of a member and its family lie together"
        )


def _joined(readings: Sequence[Reading], settings: Settings) -> Reading:
    profile = load_profile(settings.profile)
    ignored = dict.fromkeys(column for reading in readings for column in reading.ignored_columns)
    return Reading(_add_files(readings), (), tuple(ignored), profile, settings.time_zone or profile.time_zone)


def _add_files(readings: Sequence[Reading]) -> tuple[InputFile, ...]:
    """One input a table; its digest is that of the partitions' digests, sorted."""
    same: dict[tuple[str, str], list[InputFile]] = defaultdict(list)
    for reading in readings:
        for file in reading.files:
            same[file.name, file.table].append(file)
    return tuple(
        own[0]
        if len(own) == 1
        else InputFile(*key, sum(one.rows for one in own), digest_values(sorted(one.sha256 for one in own)), sum(one.bytes for one in own))
        for key, own in same.items()
    )
