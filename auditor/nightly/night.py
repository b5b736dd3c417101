"""One night, top to bottom: what has arrived is audited, compared, published, recorded, and mailed; what is old is pruned.

Every step may be cut short. What remains to be done is told by the folders of runs and by the ledger, and the next night does it first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from auditor.changes import CHANGES, Changes
from auditor.errors import ExtractRefused, NotArrived
from auditor.nightly.account import PUBLISHED, UNCHANGED
from auditor.nightly.arrival import Hashed, look, moved
from auditor.nightly.clock import Clock
from auditor.nightly.folders import lies_elsewhere, manifest_of, newest_run, own_runs
from auditor.nightly.journal import Journal
from auditor.nightly.partners import Ledger, Post, Posted
from auditor.nightly.retention import remove, to_prune
from auditor.nightly.settings import NightlySettings
from auditor.nightly.sweep import sweep
from auditor.nightly.waiting import Wait, wait_until_whole
from auditor.outcomes import EXIT_CODES, ExitCode
from auditor.pipeline import AuditResult
from auditor.private_files import make_private
from auditor.report import publish
from auditor.runs import RunFolder, name_after, run_folders
from auditor.runs.fingerprints import fingerprint
from auditor.runs.folder import SUCCESS
from auditor.runs.make import audit_run, changes_since
from auditor.settings import Settings

# A file system may keep coarser times than the clock.
TOLERANCE_SECONDS = 5


# Brings the extract of a warehouse into a folder that is not there yet, for an audit of these settings.
Fetch = Callable[[Path, Settings], None]


@dataclass(frozen=True)
class Partners:
    """The ledger and the post of one night."""

    ledger: Ledger
    post: Post


@dataclass(frozen=True)
class Night:
    """Everything one night needs. ``partners`` opens the ledger and the post, and closes them.

    ``fetch`` brings the extract out of the warehouse, where the settings name one. ``alarm`` says that the night made no run, or
    could not go on after the one it published, without the ledger.
    """

    settings: NightlySettings
    partners: Callable[[], AbstractContextManager[Partners]]
    clock: Clock
    journal: Journal
    alarm: Callable[[ExitCode, str], Posted] = lambda trouble, run: Posted()
    fetch: Fetch | None = None


@dataclass(frozen=True)
class Done:
    """What a night did. ``run`` is None where nothing was new."""

    outcome: str
    exit_code: ExitCode
    run: RunFolder | None
    posted: Posted
    pruned: tuple[str, ...]
    why: str = ""


class Grew(Exception):
    """The extract changed while it was read."""


def hold_night(night: Night, partners: Partners) -> Done:
    """The whole night; the caller holds the lock of the folder of runs. AuditorError where it comes to no run."""
    journal = night.journal
    journal.stage("sweep")
    if swept := sweep(night.settings):
        journal.warn("an earlier night, or a run by hand, was cut short; what it left was removed.", swept)
    journal.stage("finish")
    posted = finish_earlier(night, partners)
    night = with_extract(night, partners)
    result = bring_and_audit(night)
    if result is None:
        journal.stage("prune")
        pruned = prune(night, partners)
        sweep(night.settings)
        why = _why(posted, "the same files, rules and program as the last run")
        return Done(UNCHANGED, _code(posted, ExitCode.AUDITED), None, posted, pruned, why)
    if result.nothing_to_audit:
        journal.warn(f"{EXIT_CODES[ExitCode.NOTHING_TO_AUDIT]}. See whether the extract's filter is right.")
    journal.stage("compare")
    changes = compare(night, result)
    if changes:
        journal.notice(f"since {changes.earlier}: {change_words(changes)}")
    journal.stage("publish")
    run = publish_run(night, partners, result, changes)
    journal.run = run.name
    journal.stage("record")
    partners.ledger.record(run)
    journal.stage("deliver")
    posted = posted.then(partners.post.deliver(run, journal.troubles))
    _tell(journal, posted)
    journal.stage("prune")
    pruned = prune(night, partners)
    code = ExitCode.NOTHING_TO_AUDIT if result.nothing_to_audit else ExitCode.AUDITED
    return Done(PUBLISHED, _code(posted, code), run, posted, pruned, _why(posted))


def _code(posted: Posted, otherwise: ExitCode) -> ExitCode:
    return ExitCode.NOT_DELIVERED if posted.undelivered else otherwise


def _why(posted: Posted, otherwise: str = "") -> str:
    """What a person must know of the end: mail that did not go out, and its first trouble."""
    if not posted.undelivered:
        return otherwise
    mail = f"{posted.undelivered} of the messages not delivered"
    first = f": {posted.troubles[0].removesuffix('.')}" if posted.troubles else ""
    return "; ".join(filter(None, (otherwise, mail))) + first


def _tell(journal: Journal, posted: Posted) -> None:
    for trouble in posted.troubles:
        journal.notice(trouble)


def finish_earlier(night: Night, partners: Partners) -> Posted:
    """Records and mails runs that an earlier night published and could not finish."""
    if stray := lies_elsewhere(night.settings.run.out, partners.ledger.last_name()):
        night.journal.warn(f"{stray}. Give each folder of runs a ledger of its own.")
    for run in unrecorded(night.settings.run.out, partners.ledger):
        night.journal.warn(f"an earlier night published {run.name} and could not end; it is recorded now.")
        partners.ledger.record(run)
    newest = newest_run(night.settings.run.out)
    if newest is None or not partners.ledger.knows(newest.name):
        return Posted()
    posted = partners.post.deliver(newest, night.journal.troubles)
    _tell(night.journal, posted)
    return posted


def unrecorded(out: Path, ledger: Ledger) -> tuple[RunFolder, ...]:
    """Runs newer than the last that the ledger knows, earliest first; of a new ledger, the newest alone."""
    runs = own_runs(out)
    known = [place for place, run in enumerate(runs) if ledger.knows(run.name)]
    return runs[known[-1] + 1 :] if known else runs[-1:]


def with_extract(night: Night, partners: Partners) -> Night:
    """The night with its extract on the disk: as it is, or fetched into a folder of the name that the run will have.

    A folder whose run never comes is swept when the next night begins.
    """
    warehouse = night.settings.warehouse
    if warehouse is None or night.fetch is None:
        return night
    night.journal.stage("fetch")
    folder = make_private(night.settings.extracts) / next_run(night, partners)
    night.fetch(folder, audit_settings(night))
    extract = night.settings.extract.model_copy(
        update={"paths": (str(folder),), "profile": warehouse.profile, "time_zone": warehouse.time_zone, "quiet_seconds": 0, "marker": None}
    )
    return replace(night, settings=night.settings.model_copy(update={"extract": extract}))


def bring_and_audit(night: Night) -> AuditResult | None:
    """What the audit found in what has arrived; None where the last run was made of the very same.

    Files that change while they are read are waited for again, some times over.
    """
    for _ in range(night.settings.extract.attempts):
        night.journal.stage("arrival")
        found = wait_until_whole(Wait(night.settings.extract, night.clock, night.journal, lambda hashed: same_as_last(night, hashed)))
        if found.same:
            return None
        night.journal.stage("audit")
        try:
            return audit_whole(night, found.hashed)
        except Grew:
            night.journal.warn("the extract changed while it was read; what was made of it was thrown away, and it was read again.")
    raise NotArrived("the extract changed each time it was read. See that it is complete before the night begins, or name a marker.")


def audit_whole(night: Night, hashed: Hashed) -> AuditResult:
    """The audit of files that are, when it ends, what they were when it began. Grew where they are not."""
    extract = night.settings.extract
    try:
        result = audit_run(audit_settings(night), night.journal.step)
    except ExtractRefused:
        if moved(hashed.looked, look(extract)):
            raise Grew from None
        raise
    read = {(file.name, file.sha256) for file in result.facts.inputs}
    if moved(hashed.looked, look(extract)) or not read <= set(hashed.hashes):
        raise Grew
    return result


def audit_settings(night: Night) -> Settings:
    """The settings of the audit itself. The report speaks from today, or from the newest run's day where the clock was set back."""
    run, extract = night.settings.run, night.settings.extract
    return Settings(
        paths=tuple(Path(path) for path in extract.paths),
        profile=extract.profile,
        time_zone=extract.time_zone,
        policy=run.policy,
        beside=run.beside,
        readings=run.readings,
        sensitivity=run.sensitivity,
        configs=run.configs,
        reference=run.reference,
        scratch=night.settings.scratch,
        memory=run.memory,
        threads=run.threads,
        as_of=today(night),
    )


def same_as_last(night: Night, hashed: Hashed) -> bool:
    """Whether the newest run was made of these files, by these rules and this program."""
    newest = newest_run(night.settings.run.out)
    manifest = manifest_of(newest)
    taken = manifest.get("fingerprints")
    if not taken:
        return False
    passed_over = set(manifest["not_read"])
    return bool(taken == asdict(fingerprint(audit_settings(night), (one for one in hashed.hashes if one[0] not in passed_over))))


def clock_behind(night: Night) -> float:
    """By how many seconds the clock is behind the time at which the newest run was written; 0 where it is not."""
    newest = newest_run(night.settings.run.out)
    behind = written_at(newest) - night.clock.at().timestamp() if newest else 0.0
    return behind if behind > TOLERANCE_SECONDS else 0.0


def written_at(run: RunFolder) -> float:
    """When a run was published, in seconds since 1970."""
    return (run.path / SUCCESS).stat().st_mtime


def today(night: Night) -> date:
    """The day by the clock, or that on which the newest run was written if the clock says an earlier one."""
    return night.clock.hence(clock_behind(night)).date()


def next_run(night: Night, partners: Partners) -> str:
    """The name that follows all others, of the folder and of the ledger, whatever the clock says."""
    out = night.settings.run.out
    names = [path.name for path in out.iterdir()] if out.is_dir() else []
    return name_after([*names, partners.ledger.last_name() or ""], today(night).isoformat())


def compare(night: Night, result: AuditResult) -> Changes | None:
    """What differs from the newest run; None where there is none, or it cannot be read."""
    earlier = newest_run(night.settings.run.out)
    try:
        return changes_since(earlier, result) if earlier else None
    except (OSError, ValueError, KeyError):
        night.journal.warn(f"{earlier.name if earlier else ''} cannot be read, and nothing is compared with it. See `auditor verify`.")
        return None


def change_words(changes: Changes) -> str:
    """How many findings each change befell."""
    return ", ".join(f"{changes.count(change)} {word.word}" for change, word in CHANGES.items())


def publish_run(night: Night, partners: Partners, result: AuditResult, changes: Changes | None) -> RunFolder:
    """The run, which is there whole, or not at all."""
    return RunFolder(publish(result.frames, result.facts, night.settings.run.out / next_run(night, partners), changes))


def prune(night: Night, partners: Partners) -> tuple[str, ...]:
    """Removes runs by retention; the ledger is told first, so that it never believes in a folder that is gone.

    By the clock's own day: where it once was ahead, the day in the newest run's name would make every other run old.
    """
    needed = partners.ledger.needed() | partners.post.needed()
    going = to_prune(run_folders(night.settings.run.out), night.settings.retention, night.clock.at().date(), needed)
    for run in going:
        partners.ledger.prune(run.name)
        remove(run)
    if going:
        sweep(night.settings)
    return tuple(run.name for run in going)
