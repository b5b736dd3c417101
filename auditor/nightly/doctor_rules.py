"""Checks of the rules: the policy and its review date, and whether installed releases speak for today."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.guidelines import load_books
from auditor.nightly.doctor import Check, watch, well
from auditor.nightly.night import Night, audit_settings, today
from auditor.releases import installed_releases


def check_policy(night: Night) -> Iterator[Check]:
    """The policy loads, with the readings that are set, and is not past its review date."""
    for newest in (book.policies[-1] for book in load_books(audit_settings(night))):
        found = f"{newest.name}, revision {newest.revision}"
        if newest.review_by and newest.review_by < today(night):
            yield watch("policy", f"{found}; its review was due {newest.review_by}", "Ask the payer for the revision in force.")
        else:
            yield well("policy", found)


def check_releases(night: Night) -> Iterator[Check]:
    """Each kind of reference release speaks for today."""
    installed, day = installed_releases(night.settings.run.reference), today(night)
    if not installed:
        yield watch("references", "no reference release is installed", "Install CMS's files with `auditor reference add`.")
    for kind, setting in sorted({(one.kind, one.setting) for one in installed}):
        ends = [one.last_day for one in installed if (one.kind, one.setting) == (kind, setting)]
        name = f"{kind.replace('_', ' ')} ({setting})"
        last = max((end for end in ends if end is not None), default=None)
        if None in ends or last is None or last >= day:
            yield well("references", f"{name} speak for today")
        else:
            yield watch("references", f"{name} end with {last}", "Install this quarter's with `auditor reference add`.")
