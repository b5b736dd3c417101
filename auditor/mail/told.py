"""What one group is told of a run: its episodes now, and how they differ from the run before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.changes import Change, Changes, EpisodeChange, FindingChange
from auditor.mail.entries import Entries, Entry, is_told
from auditor.mail.settings import MailGroup
from auditor.report.queues import QUEUES, Queue


@dataclass(frozen=True)
class Compared:
    """A run beside the one before it. ``before`` is None where the earlier run's folder is gone; then who was told of what is not known."""

    changes: Changes
    now: Entries
    before: Entries | None

    def now_of(self, change: EpisodeChange) -> Entry | None:
        """The episode as it is, where it is there."""
        return self.now.get(change.episode_id or "")

    def before_of(self, change: EpisodeChange) -> tuple[Entry, ...]:
        """The episodes it came of, as they were."""
        return tuple(self.before[name] for name in change.earlier_ids if name in self.before) if self.before is not None else ()


@dataclass(frozen=True)
class QueueTold:
    """One queue of the group. ``came`` and ``left`` count episodes since the run before; None where that is not known."""

    queue: Queue
    entries: tuple[Entry, ...]
    came: int | None
    left: int | None


@dataclass(frozen=True)
class Told:
    """Everything that a group's message counts. ``earlier`` and ``changes`` are None for a first run."""

    entries: tuple[Entry, ...]
    queues: tuple[QueueTold, ...]
    earlier: str | None
    changes: tuple[EpisodeChange, ...] | None
    findings: Counter[Change]


def tell(group: MailGroup, now: Entries, compared: Compared | None) -> Told:
    """What a group is told."""
    entries = tuple(entry for entry in now.values() if is_told(group, entry))
    if compared is None:
        return Told(entries, tuple(_queues(group, entries, None)), None, None, Counter())
    changes = tuple(change for change in compared.changes.episodes if _concerns(group, compared, change))
    findings = Counter(finding.change for finding in compared.changes.findings if _is_its(group, changes, finding))
    return Told(entries, tuple(_queues(group, entries, compared)), compared.changes.earlier, changes, findings)


def _concerns(group: MailGroup, compared: Compared, change: EpisodeChange) -> bool:
    """An episode concerns a group that is told of it now, or was before."""
    now = compared.now_of(change)
    either = (*compared.before_of(change), *((now,) if now else ()))
    return group.is_told_all or any(is_told(group, entry) for entry in either)


def _is_its(group: MailGroup, changes: tuple[EpisodeChange, ...], finding: FindingChange) -> bool:
    if group.is_told_all:
        return True
    return any(finding.episode_id is not None and finding.episode_id in (change.episode_id, *change.earlier_ids) for change in changes)


def _queues(group: MailGroup, entries: tuple[Entry, ...], compared: Compared | None) -> Iterator[QueueTold]:
    for queue in QUEUES:
        if not group.queues or queue.key in group.queues:
            came, left = _moves(group, queue, compared)
            yield QueueTold(queue, tuple(entry for entry in entries if queue in entry.queues), came, left)


def _moves(group: MailGroup, queue: Queue, compared: Compared | None) -> tuple[int | None, int | None]:
    """How many episodes came into a queue, and how many left it; one that came apart or merged leaves only where no part of it stays."""
    if compared is None or compared.before is None:
        return None, None
    came, was_in, stayed = 0, set[str](), set[str]()
    for change in compared.changes.episodes:
        before = {name for name in change.earlier_ids if _is_in(group, queue, compared.before.get(name))}
        now = _is_in(group, queue, compared.now_of(change))
        came += now and not before
        was_in |= before
        stayed |= before if now else set()
    return came, len(was_in - stayed)


def _is_in(group: MailGroup, queue: Queue, entry: Entry | None) -> bool:
    return entry is not None and queue in entry.queues and is_told(group, entry)
