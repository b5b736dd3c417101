"""What a night would do now: every line a step, and nothing on the disk changes."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.nightly.arrival import Look, hash_look, look
from auditor.nightly.night import Night, Partners, next_run, same_as_last, unrecorded
from auditor.nightly.retention import to_prune
from auditor.nightly.sweep import leftovers
from auditor.runs import run_folders

SHOWN = 20


def plan(night: Night, partners: Partners) -> Iterator[str]:
    """The steps in their order. It takes no lock, waits for nothing, and looks at the extract once."""
    left = leftovers(night.settings)
    if left:
        yield f"sweep     {len(left)} left by a run that was cut short"
    for run in unrecorded(night.settings.run.out, partners.ledger):
        yield f"record    {run.name}, which an earlier night published"
    if owed := partners.post.owed():
        yield f"deliver   {owed} messages still owed"
    if night.settings.warehouse is None:
        yield from _extract(night, partners, look(night.settings.extract))
    else:
        yield f"fetch     {len(night.settings.warehouse.queries)} queries of the warehouse; whether anything is new is known only then"
    needed = partners.ledger.needed() | partners.post.needed()
    going = to_prune(run_folders(night.settings.run.out), night.settings.retention, night.clock.at().date(), needed)
    for run in going[:SHOWN]:
        yield f"prune     {run.name}"
    if len(going) > SHOWN:
        yield f"prune     and {len(going) - SHOWN} more"


def _extract(night: Night, partners: Partners, found: Look) -> Iterator[str]:
    if found.doubts:
        yield f"wait      {'; '.join(found.doubts)}; for at most {night.settings.extract.wait_minutes:g} minutes"
        return
    yield f"read      {len(found.files)} files"
    if night.settings.extract.marker is None:
        yield f"wait      {night.settings.extract.quiet_seconds:g} seconds, to see that they stand still"
    if same_as_last(night, hash_look(found)):
        yield "unchanged the same files, rules and program as the last run: nothing to do"
        return
    yield f"audit     and publish {next_run(night, partners)}"
