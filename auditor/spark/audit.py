"""The audit on Spark from above: cuts the extract, learns who is in scope, has each part audited, and joins what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.engine import Connection, named_queries, open_engine, scratch_folder
from auditor.errors import SettingsRefused
from auditor.intake import load_profile
from auditor.intake.discovery import discover, refuse_without_claims
from auditor.intake.extract import Told, land_lookups, open_intake, tell
from auditor.intake.formats import convert_foreign
from auditor.intake.pieces import cut_extract, join_notes
from auditor.partitions.groups import number_members
from auditor.partitions.join import join_partials
from auditor.partitions.members import Partial
from auditor.pipeline import AuditResult, Terms, load_terms
from auditor.settings import DEFAULT_MEMORY, Settings
from auditor.spark.cluster import Cluster
from auditor.spark.outside import audit_outside
from auditor.spark.tables import add_tables, table_feeds
from auditor.spark.tasks import Job, Look

if TYPE_CHECKING:
    import pyarrow

    from auditor.intake import Reading

Progress = Callable[[str], None]

# Members in scope that one part is made for, at least as many parts as tasks run at once.
MEMBERS = 20_000


@dataclass(frozen=True)
class Seen:
    """What the first pass came to: what was read, and, piece by piece, what each says of everyone."""

    reading: Reading
    looks: Mapping[int, Look]

    def tables(self, name: str) -> list[pyarrow.Table]:
        """One of the tables that pieces tell of, from all of them."""
        return [getattr(look, name) for _, look in sorted(self.looks.items())]


def audit_on_spark(settings: Settings, cluster: Cluster, say: Progress = lambda stage: None) -> AuditResult:
    """Audits an extract on disk as ``auditor.audit`` does, and comes to the same tables and facts.

    Its files and the cluster's scratch must lie where every executor finds them. SettingsRefused for a policy or profile,
    ExtractRefused for a file that cannot be trusted, wherever it was read.
    """
    if settings.sensitivity != "none":
        raise SettingsRefused("--sensitivity tries readings on one machine: leave it out, or leave --engine spark out")
    terms = load_terms(settings)
    with open_engine(settings.memory, settings.threads, settings.scratch) as connection:
        say("looking through the extract")
        job, seen = look_through(connection, terms, settings, cluster)
        say("auditing parts of the members")
        partials = audit_parts(connection, job, seen, cluster)
        say("gathering results")
        everyone = [*partials, audit_outside(connection, terms, seen.tables("set_aside"), _rows_in(seen, partials))]
        return join_partials(everyone, seen.reading, terms)


def look_through(connection: Connection, terms: Terms, settings: Settings, cluster: Cluster) -> tuple[Job, Seen]:
    """The first pass, over every piece of the extract."""
    profile = load_profile(settings.profile)
    intake = open_intake(connection, profile, settings.time_zone)
    discovery = discover(profile, settings.paths)
    conversion = convert_foreign(discovery.foreign, scratch_folder(connection))
    feeds = table_feeds(profile, cluster.tables)
    fed = (*discovery.feeds, *(feed for own in feeds.values() for feed in own))
    refuse_without_claims(profile, (*(feed.table.name for feed in fed), *(table.table for table in conversion.tables)))
    looked_up = land_lookups(intake, replace(discovery, feeds=fed))
    job = Job(_of_tasks(terms), add_tables(cut_extract(intake, discovery, conversion), feeds, cluster.tables, cluster))
    looks = cluster.map("looks", len(job.cut.pieces), job.look)
    notes = join_notes(job.cut, {place: look.notes for place, look in looks.items()})
    return job, Seen(tell(intake, discovery, Told((), notes, looked_up, conversion)), looks)


def _of_tasks(terms: Terms) -> Terms:
    """What tasks are told: an engine of one thread each, unless the user says otherwise; files of rules only the join needs.

    A share of the machine would be every task's: an amount goes in its place.
    """
    settings = terms.settings
    told = {
        "threads": settings.threads or 1,
        "memory": DEFAULT_MEMORY if settings.memory.endswith("%") else settings.memory,
        "reference": settings.reference.absolute() if settings.reference else None,
    }
    return replace(terms, settings=settings.model_copy(update=told), rules={})


def audit_parts(connection: Connection, job: Job, seen: Seen, cluster: Cluster) -> list[Partial]:
    """The second pass: the rows of members in scope, family by family, to the part that audits them."""
    members = find_scope(connection, seen.tables("seeds"), seen.tables("kin"))
    if not members:
        return []
    parts = max(cluster.at_once, -(-members // MEMBERS))
    number_members(connection, parts)
    numbered: pyarrow.Table = connection.sql("FROM scope_parts").to_arrow_table()
    job = replace(job, scope=cluster.name_parts(numbered, parts))
    found = cluster.shuffle("parts", len(job.cut.pieces), parts, job)
    return [found[place] for place in sorted(found)]


def find_scope(connection: Connection, seeds: Sequence[pyarrow.Table], kin: Sequence[pyarrow.Table]) -> int:
    """Makes ``scope_members`` and ``kin_ties`` of what all pieces say, as one audit would; how many members there are."""
    import pyarrow

    queries = named_queries("scope")
    for name, tables in (("seeds", seeds), ("kin", kin)):
        connection.register("told", pyarrow.concat_tables(tables))
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT DISTINCT * FROM told")
        connection.unregister("told")
    connection.execute(queries["ties"])
    connection.execute("CREATE OR REPLACE TABLE scope_members AS FROM related_to('seeds')")
    [(members,)] = connection.execute("SELECT count(*) FROM scope_members").fetchall()
    return int(members)


def _rows_in(seen: Seen, partials: Sequence[Partial]) -> dict[str, int]:
    """Rows of each canonical table that went to no part."""
    rows: dict[str, int] = {}
    for look in seen.looks.values():
        for table, count in look.rows_in.items():
            rows[table] = rows.get(table, 0) + count
    for partial in partials:
        for counted in partial.part.found[0].sums.counts if partial.part else ():
            rows[counted.table] -= counted.rows_in
    return rows
