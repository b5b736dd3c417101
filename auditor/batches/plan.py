"""Into how many batches the members in scope go, and how many of those are audited at once, by what memory there is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from auditor.engine import Connection, megabytes_of

# What an engine holds well in each megabyte of its limit, alone; and the share of it beside others, which hand on results meanwhile.
MEMBERS, CHART_ROWS = 12, 4_000
BESIDE = 0.6
# Megabytes below which an engine spends its time on the disk.
LEAST = 250

SIZE = "SELECT (SELECT count(*) FROM scope_members), (SELECT count(*) FROM chart_rows)"


@dataclass(frozen=True)
class BatchPlan:
    """So many batches of the members in scope, so many at once, each in an engine of so many threads and megabytes."""

    batches: int
    at_once: int
    threads: int
    megabytes: int


def plan_batches(connection: Connection) -> BatchPlan:
    """The plan for what is in scope: one batch where the engine holds it as a whole."""
    [(threads,)] = connection.execute("SELECT current_setting('threads')").fetchall()
    [(members, rows)] = connection.execute(SIZE).fetchall()
    return make_plan(int(members), int(rows), int(megabytes_of(connection)), int(threads))


def make_plan(members: int, chart_rows: int, megabytes: int, threads: int) -> BatchPlan:
    """The same by numbers; as many batches as keep every engine at work to the end."""
    if _fits(members, chart_rows, megabytes):
        return BatchPlan(1, 1, threads, megabytes)
    at_once = max(1, min(threads, megabytes // LEAST))
    own = megabytes // at_once
    needed = ceil(max(members / (MEMBERS * own), chart_rows / (CHART_ROWS * own)) / BESIDE)
    return BatchPlan(-(-needed // at_once) * at_once, at_once, threads // at_once, own)


def _fits(members: int, chart_rows: int, megabytes: int) -> bool:
    return members <= MEMBERS * megabytes and chart_rows <= CHART_ROWS * megabytes
