"""What is asked of an extract as a whole: its audit, the same under other rules, or how ready it is to be audited."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.batches import audit_batches, cut_batches, plan_batches, removed_after_failure
from auditor.pipeline import (
    AuditResult,
    Begun,
    Progress,
    audit_part,
    audit_revisions,
    begin,
    conclude,
    find_again,
    gather,
    join_parts,
    settle_scope,
    take_in,
)
from auditor.policy import RuleBook
from auditor.readiness import Audited, Readiness, begin_watch, measure, watch
from auditor.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


def audit(settings: Settings, frames: Mapping[str, pd.DataFrame] | None = None, progress: Progress | None = None) -> AuditResult:
    """Audits an extract on disk (``settings.paths``) or in memory (``frames``: canonical table to DataFrame).

    Raises SettingsRefused for a policy or profile, ExtractRefused for a file that cannot be trusted.
    """
    with ExitStack() as engine:
        begun = engine.enter_context(take_in(settings, frames, progress))
        plan = plan_batches(begun.connection)
        if plan.batches == 1:
            return audit_whole(begun)
        batches = cut_batches(begun, plan)
        with removed_after_failure(batches.folder):
            engine.close()  # what it held is the batches' now; of a large extract this takes seconds, in which a run may be ended
            return audit_batches(batches, begun.say)


def audit_whole(begun: Begun) -> AuditResult:
    """The audit of an extract that was taken in, in the engine that took it in."""
    settle_scope(begun)
    part = audit_part(begun)
    begun.say("gathering results")
    return join_parts(begun.terms, begun.reading, [part])


def audit_again(begun: Begun, book: RuleBook) -> AuditResult:
    """Audits an extract that was taken in once more, under another policy or other readings; what was read stays as it was read."""
    found = find_again(begun, book)
    begun.say("gathering results")
    return conclude(replace(begun.terms, book=book), begun.reading, [found])


def check(settings: Settings, frames: Mapping[str, pd.DataFrame] | None = None, progress: Progress | None = None) -> Readiness:
    """How ready an extract is: audits it as ``audit`` does, and tells what can be decided and what is missing, never a verdict."""
    with begin(settings, frames, progress) as begun:
        begin_watch(begun.connection)
        parts = []
        for part in audit_revisions(begun):
            watch(begun.connection)
            parts.append(part)
        result = gather(begun, parts)
        begun.say("counting")
        return measure(begun.connection, Audited(begun.book, begun.reading, result.frames, result.facts))
